"""Django's administration of every model: what is registered, what may be changed, what a list costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from pytest_django import DjangoAssertNumQueries

from backoffice.connections.models import Change, Connection, ConnectionCheck
from backoffice.lists.models import SavedView
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Attempt, Batch, Heartbeat, Valve
from backoffice.sync.models import Cursor, Parked, Run
from backoffice.timeline.models import Entry
from backoffice.users import rights, roles
from backoffice.users.models import Scope, User
from orders.models import Parcel, Report
from shops.models import Carrier, Channel, ChannelPolicy
from tests.cast import browser_of, somebody
from tests.htmx import parsed
from tests.orders import rows
from tests.outbox import asking

pytestmark = pytest.mark.django_db

# Models without a page of their own, each with its reason.
EXEMPT = {
    "auth.Permission": "chosen in a role",
    "contenttypes.ContentType": "Django's own bookkeeping",
    "sessions.Session": "whoever reads a session can take it over",
    "users.Scope": "inside its person",
    "lists.Habit": "a person's own choice, made and given up in the list",
    "lists.Selection": "rows that somebody chose a moment ago",
    "orders.OrderLine": "inside its order",
    "django_celery_beat.PeriodicTasks": "one row that tells the scheduler of a change",
    "django_celery_beat.ClockedSchedule": "shown with the periodic task that has it",
    "django_celery_beat.CrontabSchedule": "shown with the periodic task that has it",
    "django_celery_beat.IntervalSchedule": "shown with the periodic task that has it",
    "django_celery_beat.SolarSchedule": "shown with the periodic task that has it",
}

# What administrators may change; of everything else Mirakl, a worker or the settings are the source.
EDITABLE = {"auth.Group", "users.User", "connections.Connection", "shops.ChannelPolicy", "shops.Carrier"}

CAN_BE_DELETED = {"lists.SavedView"}


def connections(number: int) -> list[Connection]:
    return [
        Connection.objects.create(name=f"C{one}", base_url="https://mirakl.example/api", secret="x")
        for one in range(number)
    ]


def cursors(number: int) -> list[Cursor]:
    return [Cursor.objects.create(connection=one, resource="orders") for one in connections(number)]


def channels(number: int) -> list[Channel]:
    shop = rows.shop()
    return [Channel.objects.create(connection=shop, remote_id=f"c{one}") for one in range(number)]


def parcels(number: int) -> list[Parcel]:
    return [
        Parcel.objects.create(order=order, action_id=key, items={"1": 1}, shipped_at=AT)
        for key, order in enumerate(rows.place_all([rows.payload() for _ in range(number)]))
    ]


def actions(number: int) -> list[Action]:
    """Each of its own order and with its own asker."""
    return [asking.action_in(State.FAILED, by=person) for person in people(number)]


def people(number: int) -> list[User]:
    found = []
    for one in range(number):
        person = somebody(rights.AGENT, f"p{one}@example.test", all_connections=False)
        Scope.objects.create(user=person, connection_id=one)
        found.append(person)
    return found


def tasks(number: int) -> None:
    for one in range(number):
        every = IntervalSchedule.objects.create(every=one + 1, period="seconds")
        PeriodicTask.objects.create(name=f"t{one}", task="sync.due", interval=every)


def log_entries(number: int) -> None:
    kind = ContentType.objects.get_for_model(Group)
    for person in people(number):
        LogEntry.objects.create(user=person, content_type=kind, object_id="1", object_repr="x", action_flag=2)


AT = asking.MOMENT
MAKE: dict[str, Callable[[int], object]] = {
    "admin.LogEntry": log_entries,
    "auth.Group": lambda number: [Group.objects.create(name=f"g{one}") for one in range(number)],
    "users.User": people,
    "connections.Connection": connections,
    "connections.Change": lambda number: [
        Change.objects.create(connection=one, at=AT, what="added") for one in connections(number)
    ],
    "connections.ConnectionCheck": lambda number: [
        ConnectionCheck.objects.create(connection=one, revision=1, asked_at=AT, due_at=AT)
        for one in connections(number)
    ],
    "sync.Cursor": cursors,
    "sync.Run": lambda number: [Run.objects.create(cursor=one, started_at=AT) for one in cursors(number)],
    "sync.Parked": lambda number: [
        Parked.objects.create(cursor=one, remote_id="a", reason="r", payload="{}", first_at=AT, last_at=AT)
        for one in cursors(number)
    ],
    "outbox.Action": actions,
    "outbox.Attempt": lambda number: [
        Attempt.objects.create(action=one, at=AT, operation="v2-x") for one in actions(number)
    ],
    "outbox.Batch": lambda number: [
        Batch.objects.create(kind="orders.accept", asked=1, token=one.email, asked_by=one, asked_at=AT)
        for one in people(number)
    ],
    "outbox.Valve": lambda number: [Valve.objects.create(connection=one) for one in connections(number)],
    "outbox.Heartbeat": lambda number: [
        Heartbeat.objects.create(at=AT + timedelta(seconds=one)) for one in range(number)
    ],
    "shops.Channel": channels,
    "shops.ChannelPolicy": lambda number: [ChannelPolicy.objects.create(channel=one) for one in channels(number)],
    "orders.Order": lambda number: rows.place_all(
        [rows.payload(origin={"channel_id": f"c{one}", "channel_name": f"C{one}"}) for one in range(number)]
    ),
    "orders.Parcel": parcels,
    "shops.Carrier": lambda number: [
        Carrier.objects.create(channel=one, typed="dhl", name="DHL") for one in channels(number)
    ],
    "orders.Report": lambda number: [
        Report.objects.create(connection=one, remote_id="a", executed_at=AT, due_at=AT, most_together=1)
        for one in connections(number)
    ],
    "lists.SavedView": lambda number: [
        SavedView.objects.create(list="orders", name="v", owner=one) for one in people(number)
    ],
    "timeline.Entry": lambda number: [
        Entry.objects.create(object_type="orders.order", object_id=1, verb="x", actor="person", person=one, at=AT)
        for one in people(number)
    ],
    "django_celery_beat.PeriodicTask": tasks,
}
# Session and person, count, rows; and one for each date hierarchy, each filter that asks the database, each prefetch.
QUERIES = {
    "admin.LogEntry": 6,
    "auth.Group": 5,
    "users.User": 8,
    "connections.Connection": 4,
    "connections.Change": 7,
    "connections.ConnectionCheck": 7,
    "sync.Cursor": 6,
    "sync.Run": 4,
    "sync.Parked": 8,
    "outbox.Action": 5,
    "outbox.Attempt": 4,
    "outbox.Batch": 6,
    "outbox.Valve": 4,
    "outbox.Heartbeat": 4,
    "shops.Channel": 5,
    "shops.ChannelPolicy": 5,
    "shops.Carrier": 5,
    "orders.Parcel": 4,
    "orders.Order": 5,
    "orders.Report": 5,
    "timeline.Entry": 4,
    "lists.SavedView": 5,
    "django_celery_beat.PeriodicTask": 4,
}


def address(label: str, more: str = "") -> str:
    return f"/admin/{label.lower().replace('.', '/')}/{more}"


def test_every_model_has_a_page_or_a_reason_to_have_none() -> None:
    labels = {model._meta.label for model in apps.get_models()}
    registered = {model._meta.label for model in apps.get_models() if admin.site.is_registered(model)}

    assert registered == MAKE.keys() == QUERIES.keys()
    assert labels - registered == EXEMPT.keys()


@pytest.mark.parametrize("number", [1, 50])
@pytest.mark.parametrize("label", sorted(MAKE))
def test_list_costs_the_same_for_any_number_of_rows(
    boriss_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, label: str, number: int
) -> None:
    ContentType.objects.clear_cache()
    ContentType.objects.get_for_models(*apps.get_models())
    MAKE[label](number)

    with django_assert_num_queries(QUERIES[label]):
        response = boriss_browser.get(address(label))

    shown = len(parsed(response).one(id="result_list").all("tr")) - 1
    assert (response.status_code, shown >= number) == (200, True)


@pytest.mark.parametrize("label", sorted(MAKE))
def test_search_of_a_list_takes_any_text(boriss_browser: Client, label: str) -> None:
    MAKE[label](1)

    statuses = [boriss_browser.get(address(label), {"q": text}).status_code for text in ("nothing", "%_'\"<script>")]

    assert statuses == [200, 200]


@pytest.mark.parametrize("label", sorted(MAKE.keys() - EDITABLE))
def test_what_comes_from_elsewhere_is_only_looked_at(boriss_browser: Client, label: str) -> None:
    MAKE[label](1)
    row = apps.get_model(label).objects.order_by("-pk")[0]

    assert boriss_browser.get(address(label, f"{row.pk}/change/")).status_code == 200
    verbs = ["add/", f"{row.pk}/change/", f"{row.pk}/delete/"]
    refused = [verb for verb in verbs if boriss_browser.post(address(label, verb)).status_code == 403]
    assert refused == verbs[: 2 if label in CAN_BE_DELETED else 3]


@pytest.mark.parametrize("label", sorted(EDITABLE))
def test_what_is_ours_is_changed_by_an_administrator(label: str) -> None:
    MAKE[label](1)
    row = apps.get_model(label).objects.order_by("-pk")[0]
    window = browser_of(somebody(rights.ADMINISTRATOR))

    assert [window.get(address(label, verb)).status_code for verb in ("add/", f"{row.pk}/change/")] == [200, 200]


def test_script_in_what_mirakl_sends_stays_text(boriss_browser: Client) -> None:
    evil = "<script>alert(1)</script>"
    order = rows.place(channel_order_id=evil, origin={"channel_id": "c", "channel_name": evil}, status=evil)

    for page in (address("orders.Order"), address("orders.Order", f"{order.pk}/change/")):
        assert evil not in boriss_browser.get(page).content.decode()


def test_lines_of_an_order_can_be_scrolled_by_keyboard(boriss_browser: Client) -> None:
    page = parsed(boriss_browser.get(address("orders.Order", f"{rows.place().pk}/change/")))

    lines = page.one(class_="scrolls")

    assert (lines.attributes["tabindex"], lines.attributes["aria-label"]) == ("0", "Order lines")
    assert len(lines.all("table")) == 1


def test_order_is_found_by_a_part_of_its_number(boriss_browser: Client) -> None:
    rows.place(channel_order_id="MR-4711")
    rows.place(channel_order_id="MR-4712")

    page = boriss_browser.get(address("orders.Order"), {"q": "4711"}).content.decode()

    assert ("MR-4711" in page, "MR-4712" in page) == (True, False)


def test_schedule_says_what_runs_how_often_and_when_it_last_did(boriss_browser: Client) -> None:
    every = IntervalSchedule.objects.create(every=2, period="seconds")
    PeriodicTask.objects.create(name="sync_due", task="sync.due", interval=every, last_run_at=AT, total_run_count=7)

    text = parsed(boriss_browser.get(address("django_celery_beat.PeriodicTask"))).one(id="result_list").text

    assert "sync_due sync.due every 2 seconds" in text
    assert "Nov. 21, 2026, 8 a.m. 7" in text


def test_administrator_gives_a_colleague_a_role_and_a_channel(boriss_browser: Client) -> None:
    order = rows.place()
    person = somebody("", "dora@example.test")
    agent = Group.objects.get(name=rights.AGENT)
    form = {
        "email": person.email,
        "is_active": "on",
        "groups": str(agent.pk),
        "language": "en",
        "time_zone": "Europe/Berlin",
        "theme": "auto",
        "density": "compact",
        "scope_rows-TOTAL_FORMS": "1",
        "scope_rows-INITIAL_FORMS": "0",
        "scope_rows-0-place": f"{order.connection_id}/{order.channel_id}",
    }

    response = boriss_browser.post(address("users.User", f"{person.pk}/change/"), form)

    assert response.status_code == 302, parsed(response).text
    person = User.objects.get(pk=person.pk)
    assert (person.has_perm(rights.ACT), person.all_connections, person.time_zone) == (True, False, "Europe/Berlin")
    assert person.scopes == [(order.connection_id, order.channel_id)]
    page = boriss_browser.get(address("users.User", f"{person.pk}/change/"))
    assert parsed(page).one("option", selected="", value=f"{order.connection_id}/{order.channel_id}").text == (
        "Nord: Nordlicht"
    )


def test_scope_that_is_none_is_refused_in_words(boriss_browser: Client) -> None:
    person = somebody("", "dora@example.test")
    form = {
        "email": person.email,
        "language": "en",
        "time_zone": "Mars/Base",
        "theme": "auto",
        "density": "compact",
        "scope_rows-TOTAL_FORMS": "1",
        "scope_rows-INITIAL_FORMS": "0",
        "scope_rows-0-place": "99/x",
    }

    response = boriss_browser.post(address("users.User", f"{person.pk}/change/"), form)

    text = parsed(response).text
    assert response.status_code == 200
    assert "Mars/Base is not one of the available choices" in text
    assert "99/x is not one of the available choices" in text


def test_place_that_is_chosen_twice_is_refused_in_words(boriss_browser: Client) -> None:
    place = f"{rows.shop().pk}/*"
    person = somebody("", "dora@example.test")
    form = {"email": person.email, "language": "en", "time_zone": "UTC", "theme": "auto", "density": "compact"}
    form |= {"scope_rows-TOTAL_FORMS": "2", "scope_rows-INITIAL_FORMS": "0"}

    response = boriss_browser.post(
        address("users.User", f"{person.pk}/change/"), form | {f"scope_rows-{row}-place": place for row in (0, 1)}
    )

    assert "The same place is chosen twice." in parsed(response).text
    assert not Scope.objects.exists()


def test_who_may_everything_gets_into_the_administration_and_whoever_no_longer_may_does_not(
    boriss_browser: Client,
) -> None:
    person = somebody("", "dora@example.test")
    window = browser_of(person)
    form = {"email": person.email, "is_active": "on", "language": "en", "time_zone": "UTC", "theme": "auto"}
    form |= {"density": "compact", "scope_rows-TOTAL_FORMS": "0", "scope_rows-INITIAL_FORMS": "0"}
    page = address("users.User", f"{person.pk}/change/")

    boriss_browser.post(page, {**form, "is_superuser": "on"})
    inside = window.get("/admin/").status_code
    boriss_browser.post(page, form)

    assert (inside, window.get("/admin/").status_code) == (200, 403)


def test_administrator_cannot_make_themselves_or_others_more_than_an_administrator(boris: User) -> None:
    person = somebody(rights.ADMINISTRATOR)
    window = browser_of(person)
    own = address("users.User", f"{person.pk}/change/")
    form = {"email": person.email, "is_superuser": "on", "is_active": "on", "language": "en", "time_zone": "UTC"}
    form |= {"theme": "auto", "density": "compact", "scope_rows-TOTAL_FORMS": "0", "scope_rows-INITIAL_FORMS": "0"}

    window.post(own, {**form, "groups": str(Group.objects.get(name=rights.ADMINISTRATOR).pk)})

    person.refresh_from_db()
    assert (person.language, person.is_superuser) == ("en", False)
    assert window.post(address("users.User", f"{boris.pk}/change/"), form).status_code == 403
    assert window.post(address("users.User", f"{boris.pk}/password/"), {}).status_code == 403
    assert window.post(address("users.User", f"{boris.pk}/delete/"), {}).status_code == 403


def test_administrator_of_one_channel_sees_only_its_orders() -> None:
    mine, other = rows.place(), rows.place(origin={"channel_id": "c2", "channel_name": "Südlicht"})
    person = somebody(rights.ADMINISTRATOR, all_connections=False)
    Scope.objects.create(user=person, connection_id=mine.connection_id, channel_id=mine.channel_id)
    window = browser_of(person)

    listed = window.get(address("orders.Order")).content.decode()

    assert (mine.number in listed, other.number in listed) == (True, False)
    assert window.get(address("orders.Order", f"{other.pk}/change/")).status_code == 302  # "doesn't exist"


@pytest.mark.parametrize("label", ["shops.ChannelPolicy", "shops.Carrier"])
def test_administrator_of_one_channel_sets_what_holds_for_no_other(label: str) -> None:
    mine = rows.place()
    rows.place(origin={"channel_id": "c2", "channel_name": "Südlicht"})
    person = somebody(rights.ADMINISTRATOR, all_connections=False)
    Scope.objects.create(user=person, connection_id=mine.connection_id, channel_id=mine.channel_id)

    form = parsed(browser_of(person).get(address(label, "add/")))

    offered = [choice.attributes["value"] for choice in form.one("select", id="id_channel").all("option")]
    assert offered == ["", str(mine.channel_id)]


def test_administrator_of_one_channel_sees_only_its_actions() -> None:
    mine, other = (
        asking.order_to_accept(origin={"channel_id": one, "channel_name": one}) for one in ("Nordlicht", "Südlicht")
    )
    for order in (mine, other):
        Attempt.objects.create(action=asking.asked(order), at=AT, operation=f"v2-{order.channel}")
    person = somebody(rights.ADMINISTRATOR, all_connections=False)
    Scope.objects.create(user=person, connection_id=mine.connection_id, channel_id=mine.channel_id)
    window = browser_of(person)

    actions = window.get(address("outbox.Action")).content.decode()
    attempts = window.get(address("outbox.Attempt")).content.decode()

    assert (mine.number in actions, other.number in actions) == (True, False)
    assert ("v2-Nordlicht" in attempts, "v2-Südlicht" in attempts) == (True, False)


def test_roles_come_back_after_every_migrate_and_additions_stay(db: None) -> None:
    agent = Group.objects.get(name=rights.AGENT)
    export = agent.permissions.get(codename="export")
    agent.permissions.remove(export)
    more = agent.permissions.model.objects.get(codename="approve")
    agent.permissions.add(more)

    roles.make_groups(apps.get_app_config("users"))

    held = set(agent.permissions.values_list("codename", flat=True))
    assert held == {rights.codename(right) for right in rights.ROLES[rights.AGENT]} | {"approve"}
