"""Who may do what: every URL and verb, as every kind of person, against a table written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from backoffice import access
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.lists.models import SavedView
from backoffice.outbox import queue
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from backoffice.users import rights, roles
from backoffice.users.models import Scope, User
from orders.actions import ACCEPT_LINES
from orders.models import Order
from tests.cast import browser_of, somebody
from tests.htmx import parsed, to
from tests.outbox import asking

pytestmark = pytest.mark.django_db

# An anonymous visitor; somebody without a role; the four roles; an agent who works for another connection only.
PEOPLE = ("anonymous", "nobody", "viewer", "agent", "manager", "administrator", "foreign")
# 302 of an anonymous visitor leads to the log-in; 405: the URL has no such method; 422: an empty form.
STATUSES = {
    "start": ("GET 302 403 302 302 302 302 302", "POST 302 405 405 405 405 405 405"),
    "login": ("GET 200 302 302 302 302 302 302", "POST 422 302 302 302 302 302 302"),
    "logout": ("GET 302 405 405 405 405 405 405", "POST 302 302 302 302 302 302 302"),
    "log_in_again": ("GET 302 302 302 302 302 302 302", "POST 422 422 422 422 422 422 422"),
    "shortcuts": ("GET 302 200 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "preferences": ("GET 302 200 200 200 200 200 200", "POST 302 302 302 302 302 302 302"),
    "search": ("GET 302 403 200 200 200 200 200", "POST 302 403 200 200 200 200 200"),
    "palette": ("GET 302 403 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "live": ("GET 200 200 200 200 200 200 200", "POST 405 405 405 405 405 405 405"),
    "ready": ("GET 200 200 200 200 200 200 200", "POST 405 405 405 405 405 405 405"),
    "admin_login": ("GET 302 302 302 302 302 302 302", "POST 405 405 405 405 405 405 405"),
    "orders:list": ("GET 302 403 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "orders:export": ("GET 302 403 403 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "orders:select": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:lookup": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:columns": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:begin": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:views": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:view": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "orders:detail": ("GET 302 403 200 200 200 200 404", "POST 302 405 405 405 405 405 405"),
    "orders:accept": ("GET 302 403 403 200 200 200 404", "POST 302 403 403 422 422 422 404"),
    "orders:ship": ("GET 302 403 403 200 200 200 404", "POST 302 403 403 422 422 422 404"),
    "orders:accept_many": ("GET 302 403 403 200 200 200 200", "POST 302 403 403 422 422 422 422"),
    "actions:list": ("GET 302 403 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "actions:export": ("GET 302 403 403 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "actions:columns": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "actions:begin": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "actions:views": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "actions:view": ("GET 302 405 405 405 405 405 405", "POST 302 403 302 302 302 302 302"),
    "actions:strip": ("GET 302 403 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "actions:detail": ("GET 302 403 200 200 200 200 404", "POST 302 405 405 405 405 405 405"),
    "actions:batch": ("GET 302 403 200 200 200 200 404", "POST 302 405 405 405 405 405 405"),
    "actions:undo_batch": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 302 302 302 404"),
    "actions:undo": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 302 302 302 404"),
    "actions:send_now": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 302 302 302 404"),
    "actions:again": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 302 302 302 404"),
    "actions:again_many": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 422 422 422 422"),
    "actions:give_up": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 422 422 422 404"),
    "actions:resolve": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 422 422 403"),
    "actions:settle": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 422 422 403"),
    "actions:approve": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 302 302 403"),
    "actions:refuse": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 422 422 403"),
    "connections:list": ("GET 302 403 200 200 200 200 200", "POST 302 405 405 405 405 405 405"),
    "connections:check_now": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 302 302 302 404"),
    "connections:detail": ("GET 302 403 200 200 200 200 404", "POST 302 405 405 405 405 405 405"),
    "connections:progress": ("GET 302 403 200 200 200 200 404", "POST 302 405 405 405 405 405 405"),
    "connections:add": ("GET 302 403 403 403 403 200 403", "POST 302 403 403 403 403 422 403"),
    "connections:edit": ("GET 302 403 403 403 403 200 403", "POST 302 403 403 403 403 422 403"),
    "connections:check": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 403 302 403"),
    "connections:pause": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 302 302 403"),
    "connections:observe": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 403 302 403"),
    "connections:activate": ("GET 302 405 405 405 405 405 405", "POST 302 403 403 403 403 302 403"),
}


OF_NO_ACTION = {"list", "strip", "again_many", "export", "columns", "begin", "views"}
NO_AGENT = "With your account you may not ask for changes at Mirakl. That takes the role “agent”, or a higher one."


@dataclass(frozen=True)
class World:
    """One of each thing, all of one connection; `elsewhere` is another, to which nothing of it belongs."""

    order: Order
    action: Action
    cursor: Cursor
    check: ConnectionCheck
    view: SavedView
    actions_view: SavedView
    elsewhere: Connection

    def url(self, name: str) -> str:
        arguments = {
            "orders:view": self.view.pk,
            "actions:view": self.actions_view.pk,
            "connections:progress": self.check.pk,
            "orders:detail": self.order.pk,
            "orders:accept": self.order.pk,
            "orders:ship": self.order.pk,
            "actions:batch": self.action.batch_id,
            "actions:undo_batch": self.action.batch_id,
            "connections:check_now": self.cursor.pk,
        }
        if name in arguments:
            return reverse(name, args=[arguments[name]])
        if name.startswith("connections:") and name.partition(":")[2] not in {"list", "add"}:
            return reverse(name, args=[self.order.connection_id])
        if name.startswith("actions:") and name.partition(":")[2] not in OF_NO_ACTION:
            return reverse(name, args=[self.action.pk])
        return reverse(name)


@pytest.fixture
def world(chloe: User) -> World:
    order = asking.order_to_accept()
    target = asking.order_to_accept()
    wish = queue.Wish(target, asking.decision(target))
    batch = queue.ask_many(ACCEPT_LINES, [wish], by=chloe, now=asking.MOMENT, token="t", skipped=[])
    cursor = Cursor.objects.create(connection=order.connection, resource="orders", next_at=asking.MOMENT)
    elsewhere = Connection.objects.create(name="Elsewhere", base_url="https://else.example/", secret="x")
    check = ConnectionCheck.objects.create(
        connection=order.connection, revision=1, asked_at=asking.MOMENT, due_at=asking.MOMENT
    )
    views = [SavedView.objects.create(list=one, name="V", shared=True, owner=chloe) for one in ("orders", "actions")]
    return World(order, batch.actions.get(), cursor, check, views[0], views[1], elsewhere)


def browser(person: str, world: World) -> Client:
    if person == "anonymous":
        return Client()
    if person == "foreign":
        return browser_of(limited_to(world.elsewhere.pk))
    return browser_of(somebody("" if person == "nobody" else person))


def limited_to(connection: int, channel: int | None = None, role: str = rights.AGENT) -> User:
    user = somebody(role, "foreign@example.test", all_connections=False)
    Scope.objects.create(user=user, connection_id=connection, channel_id=channel)
    return user


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL of the project by its full name; "" for one that has none."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name or ''}", one


def test_every_url_stands_in_the_table_of_rights_and_in_this_one() -> None:
    names = {name for name, _ in patterns(get_resolver()) if not name.startswith("admin:")}

    assert names == access.TABLE.keys()
    assert names == STATUSES.keys()


@pytest.mark.parametrize("person", PEOPLE)
def test_every_url_and_verb_answers_this_person_as_the_table_says(person: str, world: World) -> None:
    expected, found = {}, {}
    window = browser(person, world)
    cookies = deepcopy(window.cookies)

    for name, lines in STATUSES.items():
        for line in lines:
            method, *statuses = line.split()
            expected[method, name] = int(statuses[PEOPLE.index(person)])
            window.cookies = deepcopy(cookies)
            with transaction.atomic():  # what one verb changes is not there for the next
                ask = window.get if method == "GET" else window.post
                found[method, name] = ask(world.url(name), {"format": "csv"}).status_code
                transaction.set_rollback(True)

    assert found == expected


@pytest.mark.parametrize(("person", "statuses"), [("anonymous", {302}), ("manager", {403})])
def test_administration_is_closed_to_everybody_else(person: str, statuses: set[int], world: World) -> None:
    window = browser(person, world)
    found = {}

    for name, pattern in patterns(get_resolver()):
        if name.startswith("admin:") and pattern.name:
            names = pattern.pattern.regex.groupindex
            url = reverse(name, kwargs={one: "orders" if one == "app_label" else "1" for one in names})
            # Refused in a sentence: no page is drawn for any of them.
            headers = {} if person == "anonymous" else to("content")
            found[name] = {ask(url, headers=headers).status_code for ask in (window.get, window.post)}
    # Shadowed by the log-in for everybody.
    found.pop("admin:login")

    assert {name: got for name, got in found.items() if got != statuses} == {}


def test_url_that_is_not_listed_is_refused_even_to_who_may_everything(
    boriss_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(access.TABLE, "orders:list")

    assert boriss_browser.get("/orders/").status_code == 403


def test_refusal_says_what_it_takes_and_whom_to_ask(boris: User, world: World) -> None:
    response = browser("viewer", world).post(world.url("actions:undo"))

    root = parsed(response)
    assert (response.status_code, root.one("h1").text) == (403, "You may not do this")
    said = [one.text for one in root.one("main").all("p")]
    assert said[:2] == [f"{NO_AGENT} Nothing was changed.", "Who can give it to you: Boris ."]


def test_refusal_to_htmx_is_the_sentence_alone(boris: User, world: World) -> None:
    response = browser("viewer", world).post(world.url("actions:undo"), headers=to("results"))

    assert (response.status_code, response.headers["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert response.content.decode() == f"{NO_AGENT} Who can give it to you: Boris."


def test_person_without_a_role_learns_whom_to_ask_and_can_leave(boris: User, world: World) -> None:
    response = browser("nobody", world).get("/orders/")

    root = parsed(response)
    assert "nobody has given it a role yet" in root.one("main").text
    assert "Boris" in root.one("main").text
    assert root.one("form").attributes["action"] == "/logout/"


def test_role_that_is_given_or_taken_counts_at_the_next_press(world: World) -> None:
    person = somebody(rights.VIEWER)
    window = browser_of(person)
    before = window.get(world.url("orders:accept")).status_code

    roles.give(person, rights.AGENT)
    given = window.get(world.url("orders:accept")).status_code
    person.groups.clear()

    assert (before, given, window.get("/orders/").status_code) == (403, 200, 403)


def test_administrator_gets_into_the_administration_only_as_long_as_they_are_one(world: World) -> None:
    person = somebody(rights.AGENT)
    window = browser_of(person)
    before = window.get("/admin/").status_code

    Group.objects.get(name=rights.ADMINISTRATOR).user_set.add(person)
    inside = window.get("/admin/").status_code
    roles.give(person, rights.AGENT)

    assert (before, inside, window.get("/admin/").status_code) == (403, 200, 403)


@pytest.mark.parametrize("verb", ["give_up", "again"])
def test_what_may_have_arrived_is_for_a_manager_to_end_or_repeat(verb: str, world: World) -> None:
    Action.objects.update(state=State.UNKNOWN, departed_at=asking.MOMENT, cause="lost")

    answers = [browser(person, world).post(world.url(f"actions:{verb}")).status_code for person in ("agent", "manager")]

    assert answers == [403, {"give_up": 422, "again": 302}[verb]]


def test_person_of_one_channel_sees_its_orders_and_actions_and_no_others(world: World) -> None:
    mine = asking.order_to_accept(origin={"channel_id": "channel-2", "channel_name": "Südlicht"})
    action = asking.asked(mine)
    window = browser_of(limited_to(mine.connection_id, mine.channel_id))

    orders = [window.get(f"/orders/{order.pk}/").status_code for order in (mine, world.order)]
    actions = [window.get(f"/actions/{one.pk}/").status_code for one in (action, world.action)]
    listed = window.get("/orders/?view=all").content.decode(), window.get("/actions/?view=all").content.decode()

    assert (orders, actions) == ([200, 404], [200, 404])
    assert [mine.number in page and world.order.number not in page for page in listed] == [True, True]


def test_batch_is_hidden_from_who_must_not_see_all_of_it(world: World, chloe: User) -> None:
    mine = asking.order_to_accept(origin={"channel_id": "channel-2", "channel_name": "Südlicht"})
    foreign = asking.order_to_accept()
    wishes = [queue.Wish(asking.fresh(one), asking.decision(asking.fresh(one))) for one in (mine, foreign)]
    mixed = queue.ask_many(ACCEPT_LINES, wishes, by=chloe, now=asking.MOMENT, token="mixed", skipped=[])
    window = browser_of(limited_to(mine.connection_id, mine.channel_id))

    assert window.get(f"/actions/batches/{mixed.pk}/").status_code == 404


def test_person_with_no_scope_at_all_sees_nothing(world: World) -> None:
    window = browser_of(somebody(rights.MANAGER, all_connections=False))

    assert window.get(f"/orders/{world.order.pk}/").status_code == 404
    assert window.get("/orders/").status_code == 200
