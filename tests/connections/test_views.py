from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.connections import checking, health, states
from backoffice.connections.enums import CheckState, Layer, State, Trouble
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.connections.steps import failed, good
from backoffice.outbox.models import Action
from backoffice.sync.enums import RunState
from backoffice.sync.models import Cursor, Parked, Run
from backoffice.users import rights
from backoffice.users.models import User
from backoffice.web.scope import EVERYTHING
from tests.cast import browser_of, somebody
from tests.htmx import Element, parsed, to
from tests.outbox.asking import asked, order_to_accept

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def connect(name: str = "Nord", **fields: Any) -> Connection:
    fields = {"base_url": "https://mirakl.example:8443/api", "secret": "s3cret", "state": State.ACTIVE, **fields}
    return Connection.objects.create(name=name, **fields)


def follow(connection: Connection, **fields: object) -> Cursor:
    return Cursor.objects.create(connection=connection, resource="orders", **{"next_at": NOON, **fields})


def facts(root: Element) -> dict[str, str]:
    """Of the first list of facts in this part of a page."""
    found = root.all(class_="facts")[0]
    return dict(zip([one.text for one in found.all("dt")], [one.text for one in found.all("dd")], strict=True))


def reading(root: Element) -> dict[str, str]:
    return facts(root.one(class_="reading"))


def test_list_without_connections_says_what_one_is(annas_browser: Client, boriss_browser: Client) -> None:
    anna = parsed(annas_browser.get("/connections/")).one(class_="nothing")
    boris = parsed(boriss_browser.get("/connections/")).one(class_="nothing")

    assert (anna.one("h2").text, anna.all("a")) == ("No connections yet", [])
    assert "An administrator can add one" in anna.text
    assert boris.one("a").attributes["href"] == "/connections/add/"


@pytest.mark.parametrize(
    ("fields", "badges"),
    [
        ({}, ["Active", "Not tried yet"]),
        ({"last_success_at": NOON - timedelta(minutes=2)}, ["Active"]),
        ({"trouble": Trouble.BROKEN}, ["Active", "Trouble"]),
        ({"state": State.PAUSED, "trouble": Trouble.BROKEN}, ["Paused"]),
        ({"state": State.OBSERVE}, ["Observes only", "Not tried yet"]),
        ({"state": State.STOPPED, "trouble": Trouble.CREDENTIALS}, ["Stopped: credentials refused"]),
    ],
)
def test_connection_shows_how_it_is(annas_browser: Client, fields: dict[str, Any], badges: list[str]) -> None:
    connect(**fields)

    head = parsed(annas_browser.get("/connections/")).one(class_="connection__head")

    assert [badge.text for badge in head.all(class_="badge")] == badges
    assert head.one("p").text == "Mirakl Connect · mirakl.example:8443"


@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_says_what_since_when_and_what_to_do(annas_browser: Client, trouble: Trouble) -> None:
    connect(trouble=trouble, trouble_text="<b>401</b>", trouble_since=NOON - timedelta(hours=3))

    notice = parsed(annas_browser.get("/connections/")).one(class_="connection").one(class_="notice--error")

    advice, answer = [part.text for part in notice.all("p")]
    assert (notice.one("strong").text, notice.one("time").text) == (str(trouble.label), "09:00:00")
    assert answer == "What was answered: <b>401</b>"
    assert len(advice) > 40


def test_list_says_when_it_is_read_what_waits_and_what_could_not_be_stored(annas_browser: Client) -> None:
    order = order_to_accept()
    connection = order.connection
    Connection.objects.update(last_success_at=NOON - timedelta(minutes=2))
    cursor = follow(connection, next_at=NOON + timedelta(minutes=4))
    Parked.objects.create(cursor=cursor, remote_id="a", reason="r", payload="{}", first_at=NOON, last_at=NOON)
    asked(order, now=NOON)

    root = parsed(annas_browser.get("/connections/"))

    assert facts(root) == {
        "Last success": "2 min ago (20 Nov 2026, 11:58 UTC)",
        "Next reading": "12:04:00",
        "Waits to be sent": f"1 held {_deadline(root)}".strip(),
        "Could not be stored": "1 record",
    }
    assert root.one(class_="facts").one("a").attributes["href"] == f"/actions/?connection={connection.pk}"


def _deadline(root: Element) -> str:
    """A policy may give the order a deadline, which then stands beside the number."""
    return " ".join(one.text for one in root.one(class_="facts").all(class_="deadline") if "deadline" in one.text)


@pytest.mark.parametrize(("state", "said"), [(State.PAUSED, "Paused"), (State.STOPPED, "Stopped: credentials refused")])
def test_connection_that_stands_still_is_not_read(annas_browser: Client, state: State, said: str) -> None:
    connection = connect(state=state)
    follow(connection)

    assert facts(parsed(annas_browser.get("/connections/")))["Next reading"] == "none: it stands still"
    assert reading(parsed(annas_browser.get(f"/connections/{connection.pk}/")))["Next"] == said


def test_reading_shows_how_far_it_came(annas_browser: Client) -> None:
    connection = connect()
    cursor = follow(
        connection, complete_to=NOON - timedelta(minutes=1), next_at=NOON + timedelta(minutes=4), here=412, there=412
    )
    Run.objects.create(
        cursor=cursor, started_at=NOON - timedelta(hours=2), ended_at=NOON, state=RunState.DONE, created=99
    )
    Run.objects.create(
        cursor=cursor, started_at=NOON - timedelta(minutes=1), ended_at=NOON, state=RunState.DONE,
        created=3, changed=12, unchanged=30,
    )  # fmt: skip
    Run.objects.create(cursor=cursor, started_at=NOON)

    assert reading(parsed(annas_browser.get(f"/connections/{connection.pk}/"))) == {
        "Complete up to": "11:59:00",
        "Next": "12:04:00",
        "Compared with Mirakl": "412 here, 412 there",
        "Could not be stored": "none",
        "Last run": "1 min ago (20 Nov 2026, 11:59 UTC) : 3 new, 12 changed, 30 unchanged",
    }


def test_reading_shows_what_is_not_right(annas_browser: Client) -> None:
    connection = connect()
    cursor = follow(connection, here=411, there=412, failures=2)
    Run.objects.create(cursor=cursor, started_at=NOON, ended_at=NOON, state=RunState.FAILED)
    for remote_id in ("a", "<script>b</script>"):
        Parked.objects.create(
            cursor=cursor, remote_id=remote_id, reason="<b>r</b>", payload="{}", first_at=NOON, last_at=NOON
        )

    root = parsed(annas_browser.get(f"/connections/{connection.pk}/"))

    assert reading(root) == {
        "Complete up to": "not read yet",
        "Next": "now",
        "Compared with Mirakl": "411 here, 412 there some are missing here",
        "Could not be stored": "2 records",
        "Last run": "just now (20 Nov 2026, 12:00 UTC) : Failed (2 times in a row)",
    }
    assert {one.text for one in root.all(class_="code")} >= {"a", "<script>b</script>"}


def test_what_others_say_is_never_markup(boriss_browser: Client, boris: User) -> None:
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    connection = connect(attack, client_id=attack, audience=attack)
    health.record_trouble(connection, Trouble.CREDENTIALS, attack, now=NOON)
    check = checking.start(connection, by=boris, now=NOON)
    check.steps = [
        failed("connection_refused", host=attack, address=attack, text=attack).as_step(Layer.ADDRESS, 1),
        good("sample", number=attack, lines=1, status=attack, channel=attack).as_step(Layer.SAMPLE, None),
        good(attack).as_step(Layer.CLOCK, None),
    ]
    check.save()

    for url in ("/connections/", f"/connections/{connection.pk}/", f"/connections/{connection.pk}/edit/",
                f"/connections/checks/{check.pk}/", "/connections/add/"):  # fmt: skip
        response = boriss_browser.get(url)
        assert (response.status_code, attack in parsed(response).text) == (200, True)
        assert "<script>alert" not in response.content.decode()
        assert "<img src=x" not in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_for_any_number_of_connections(
    annas_browser: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(number):
        fill(connect(f"Connection {at}"), 2)

    with django_assert_num_queries(LIST):
        root = parsed(annas_browser.get("/connections/"))

    assert len(root.all(class_="facts")) == number


@pytest.mark.parametrize("number", [1, 3])
def test_page_of_a_connection_costs_the_same_whatever_happened_to_it(
    annas_browser: Client, boris: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connection = connect()
    fill(connection, number)
    for _ in range(number):
        check = checking.start(connection, by=boris, now=NOON)
        ConnectionCheck.objects.filter(pk=check.pk).update(state=CheckState.DONE, ok=True)
        states.move(connection, State.PAUSED, by=boris, now=NOON)
        states.move(connection, State.ACTIVE, by=boris, now=NOON)

    with django_assert_num_queries(DETAIL):
        root = parsed(annas_browser.get(f"/connections/{connection.pk}/"))

    assert len(root.one("section", aria_labelledby="history").all("li")) == 2 * number


# With what every page asks for: session, user, rights, navigation, scope switch, outbox chip and strip, health.
LIST = 14
DETAIL = 18


def fill(connection: Connection, number: int) -> None:
    for at in range(number):
        cursor = Cursor.objects.create(connection=connection, resource=f"orders{at or ''}", next_at=NOON)
        Run.objects.create(cursor=cursor, started_at=NOON, ended_at=NOON)
        Parked.objects.create(cursor=cursor, remote_id="a", reason="r", payload="{}", first_at=NOON, last_at=NOON)


def test_check_now_makes_the_reading_due_and_says_when(annas_browser: Client) -> None:
    cursor = follow(connect(), next_at=NOON + timedelta(minutes=4))

    response = annas_browser.post(f"/connections/readings/{cursor.pk}/check/", follow=True)

    cursor.refresh_from_db()
    assert (cursor.next_at, cursor.asked_at) == (NOON, NOON)
    assert response.redirect_chain == [("/connections/", 302)]
    assert (
        parsed(response).one(id="messages").text
        == "Asked. Nord is checked from 12:00:00 on, as soon as Mirakl's call frequency allows."
    )


def test_check_now_leads_back_to_the_page_it_was_asked_on(annas_browser: Client) -> None:
    cursor = follow(connect())
    url = f"/connections/readings/{cursor.pk}/check/"

    assert annas_browser.post(url, {"next": "/orders/?view=late"})["Location"] == "/orders/?view=late"
    assert annas_browser.post(url, {"next": "https://evil.example/"})["Location"] == "/connections/"


@pytest.mark.parametrize(("state", "said"), [(State.PAUSED, "Paused"), (State.STOPPED, "Stopped: credentials refused")])
def test_check_now_of_a_connection_that_stands_still_says_why_not(
    annas_browser: Client, state: State, said: str
) -> None:
    cursor = follow(connect(state=state))

    response = annas_browser.post(f"/connections/readings/{cursor.pk}/check/", follow=True)

    cursor.refresh_from_db()
    assert cursor.asked_at is None
    assert parsed(response).one(id="messages").text == f"Nothing is read from Nord: {said}."


def test_check_now_needs_a_form_and_a_reading(annas_browser: Client) -> None:
    cursor = follow(connect())

    assert annas_browser.get(f"/connections/readings/{cursor.pk}/check/").status_code == 405
    assert annas_browser.post("/connections/readings/99999/check/").status_code == 404


def test_who_works_for_another_connection_sees_nothing_of_this_one() -> None:
    mine, other = connect("Mine"), connect("Other")
    check = checking.start(other, by=None, now=NOON)
    ella = somebody(rights.MANAGER, all_connections=False)
    ella.scope_rows.create(connection_id=mine.pk)
    browser = browser_of(ella)

    shown = parsed(browser.get("/connections/")).all(class_="connection")
    assert [one.one("h2").text for one in shown] == ["Mine"]
    for url in (f"/connections/{other.pk}/", f"/connections/checks/{check.pk}/"):
        assert browser.get(url).status_code == 404
    assert browser.post(f"/connections/{other.pk}/pause/").status_code == 404
    assert browser.post(f"/connections/readings/{follow(other).pk}/check/").status_code == 404


def buttons(browser: Client, connection: Connection) -> list[str]:
    root = parsed(browser.get(f"/connections/{connection.pk}/"))
    return [move.one("button").text for move in root.all(class_="move")]


@pytest.mark.parametrize(
    ("fields", "administrator", "manager"),
    [
        ({"state": State.ACTIVE}, ["Observe only", "Pause"], ["Pause"]),
        ({"state": State.OBSERVE}, ["Let it send", "Pause"], ["Pause"]),
        ({"state": State.STOPPED}, ["Pause"], ["Pause"]),
        (
            {"state": State.PAUSED, "resumes_to": State.OBSERVE},
            ["Resume: observe only", "Resume: read and send"],
            [],
        ),
    ],
)
def test_page_offers_what_the_person_may_do_now(
    fields: dict[str, Any],
    administrator: list[str],
    manager: list[str],
    annas_browser: Client,
    boriss_browser: Client,
) -> None:
    connection = connect(**fields)

    assert (buttons(boriss_browser, connection), buttons(annas_browser, connection)) == (administrator, manager)


def test_letting_it_send_says_how_much_leaves_at_once(boriss_browser: Client) -> None:
    order = order_to_accept()
    asked(order, now=NOON)
    Connection.objects.update(state=State.OBSERVE)
    Action.objects.update(state="waiting")

    root = parsed(boriss_browser.get(f"/connections/{order.connection_id}/"))

    assert root.all(class_="move")[0].one("p").text == "It reads and sends: 1 change that waits leaves at once."


def test_pausing_says_what_follows_and_records_who(annas_browser: Client, anna: User) -> None:
    connection = connect()

    response = annas_browser.post(f"/connections/{connection.pk}/pause/", follow=True)

    root = parsed(response)
    assert response.redirect_chain == [(f"/connections/{connection.pk}/", 302)]
    assert root.one(id="messages").text == "Nord is paused: nothing is read or sent, and nothing is lost."
    assert root.one("section", aria_labelledby="history").one("li").text == "12:00:00 Anna Berg: Active → Paused"


def test_a_button_of_a_page_that_is_old_does_nothing_and_says_so(boriss_browser: Client) -> None:
    connection = connect(state=State.STOPPED)

    response = boriss_browser.post(f"/connections/{connection.pk}/activate/", follow=True)

    assert Connection.objects.get().state == State.STOPPED
    assert "Nothing was done: Nord is in another state now" in parsed(response).one(id="messages").text


def test_banner_on_every_page_tells_those_who_can_help_that_credentials_are_refused(
    annas_browser: Client, boriss_browser: Client
) -> None:
    connection = connect()
    health.record_trouble(connection, Trouble.CREDENTIALS, "401", now=NOON - timedelta(hours=2, minutes=48))

    banner = parsed(boriss_browser.get("/actions/")).one(class_="stopped-banner")

    assert "Nord : Mirakl refuses the credentials since 09:12:00 ." in banner.text
    assert banner.one("a").attributes["href"] == f"/connections/{connection.pk}/edit/"
    assert not parsed(annas_browser.get("/actions/")).all(class_="stopped-banner")


def test_banner_and_health_come_and_go_with_the_strip_that_looks_again(boriss_browser: Client) -> None:
    connection = connect()
    poll = to("strip", **{"X-Poll": "1"})
    health.record_trouble(connection, Trouble.CREDENTIALS, "401", now=NOON)

    stopped = parsed(boriss_browser.get("/actions/strip/", headers=poll))
    states.accepted(connection, now=NOON)
    well = parsed(boriss_browser.get("/actions/strip/", headers=poll))

    for answer in (stopped, well):
        assert all("hx-swap-oob" in answer.one(id=name).attributes for name in ("refused", "health"))
    assert len(stopped.one(id="refused").all(class_="stopped-banner")) == 1
    assert "health--late" in stopped.one(id="health").attributes["class"]
    assert not well.one(id="refused").all(class_="stopped-banner")
    assert "health--done" in well.one(id="health").attributes["class"]


@pytest.mark.parametrize(
    ("fields", "tone", "sentence"),
    [
        ([], "unknown", "No connection yet"),
        ([{}], "attention", "A: not tried yet"),
        ([{"last_success_at": NOON}], "done", "All connections work"),
        ([{"last_success_at": NOON, "trouble": "busy"}], "attention", "A: Mirakl asks us to slow down"),
        ([{"trouble": "broken"}, {"trouble": "rights"}], "late", "A: Mirakl has a fault, and 1 more"),
        ([{"state": "paused", "trouble": "broken", "last_success_at": NOON}], "attention", "A: Paused"),
        ([{"state": "stopped", "trouble": "credentials"}], "late", "A: The credentials were refused"),
    ],
)
def test_health_of_all_connections_in_one_sentence(
    fields: list[dict[str, Any]],
    tone: str,
    sentence: str,
    anna: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for name, one in zip("ABC", fields, strict=False):
        connect(name, **one)

    with django_assert_num_queries(1):
        found = health.overall(anna, EVERYTHING)

    assert (found.tone, found.sentence) == (tone, sentence)
