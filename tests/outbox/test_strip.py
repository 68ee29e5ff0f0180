from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from backoffice.connections.models import Connection
from backoffice.outbox import queue, strips
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Heartbeat
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from tests.htmx import Element, parsed, to
from tests.outbox.asking import MOMENT, action_in, decision, order_to_accept

pytestmark = pytest.mark.django_db

POLL = to("strip", **{"X-Poll": "1"})


@pytest.fixture(autouse=True)
def at_the_moment() -> object:
    with time_machine.travel(MOMENT, tick=False):
        yield


@pytest.fixture(autouse=True)
def alive(db: None) -> None:
    Heartbeat.objects.create(pk=1, at=MOMENT)


def strip_of(browser: Client, url: str = "/orders/") -> Element:
    return parsed(browser.get(url)).one("aside", id="strip")


def batch_of(number: int, by: User) -> list[Action]:
    orders = [order_to_accept() for _ in range(number)]
    wishes = [queue.Wish(order, decision(order)) for order in orders]
    batch = queue.ask_many(ACCEPT_LINES, wishes, by=by, token="form-1", skipped=[], now=MOMENT)
    return list(batch.actions.order_by("pk"))


@pytest.mark.parametrize("url", ["/orders/", "/connections/", "/actions/"])
def test_strip_shows_nothing_when_nothing_is_open(annas_browser: Client, url: str) -> None:
    action_in(State.CONFIRMED, seen_at=MOMENT)
    action_in(State.UNDONE)

    page = parsed(annas_browser.get(url))

    assert "strip--empty" in page.one("aside", id="strip").attributes["class"].split()
    assert page.one(id="outbox-chip").text == ""


def test_chip_of_a_narrowed_page_counts_what_its_links_lead_to_and_undo_stays(
    annas_browser: Client, anna: User
) -> None:
    held = action_in(State.HELD, by=anna)
    elsewhere = Connection.objects.create(name="Elsewhere", base_url="https://else.example/", secret="x")
    scope = f"connection={elsewhere.pk}"

    for page in (
        parsed(annas_browser.get(f"/orders/?{scope}")),
        parsed(annas_browser.get(f"/actions/strip/?{scope}", headers=POLL)),
    ):
        assert page.one(id="outbox-chip").text == ""
        strip = page.one("aside", id="strip")
        assert len(strip.all("li", id=f"strip-{held.pk}")) == 1
        assert len(strip.all("a", hx_get=f"/actions/strip/?{scope}")) == 1


def test_chip_counts_what_is_open_and_links_to_it(annas_browser: Client) -> None:
    for state in State:
        action_in(state)
    action_in(State.HELD)

    chip = parsed(annas_browser.get("/orders/")).one(id="outbox-chip")
    links = {link.attributes["title"]: link.attributes["href"] for link in chip.all("a", "outgoing__link")}

    assert links == {
        "2 held": "/actions/?view=held",
        "2 waiting": "/actions/?view=waiting",
        "1 sent": "/actions/?view=sent",
        "2 need you": "/actions/?view=attention",
        "1 failed": "/actions/?view=attention",
    }


def test_chip_comes_along_when_the_strip_looks_again(annas_browser: Client) -> None:
    action_in(State.WAITING)

    chip = parsed(annas_browser.get("/actions/strip/", headers=POLL)).one(id="outbox-chip")

    assert (chip.attributes["hx-swap-oob"], chip.one("a").attributes["title"]) == ("true", "1 waiting")


def test_chip_and_strip_are_looked_up_once_for_a_page(annas_browser: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        annas_browser.get("/connections/")

    assert sum("outbox_heartbeat" in query["sql"] for query in asked.captured_queries) == 1


def test_strip_offers_undo_of_what_is_mine_and_held(anna: User, boris: User, annas_browser: Client) -> None:
    mine = action_in(State.HELD, by=anna)
    action_in(State.HELD, by=boris)

    line = strip_of(annas_browser).one("li", "strip__line")

    assert line.one("a").text == f"Accept 1 line, {mine.label}"
    left = line.one(class_="strip__left")
    assert (left.text, left.attributes["data-left"], left.attributes["data-words"]) == ("until 08:00:20", "20", "0 s")
    form = line.one("form").attributes
    assert (form["method"], form["action"]) == ("post", f"/actions/{mine.pk}/undo/")


def test_strip_shows_a_batch_as_one_line(anna: User, annas_browser: Client) -> None:
    batch = batch_of(4, anna)
    Action.objects.filter(pk=batch[0].pk).update(state=State.SENT, departed_at=MOMENT)

    line = strip_of(annas_browser).one("li", "strip__line")

    assert line.one("a").text == "Accept 3 orders"
    assert line.one("button").text == "Undo 3 : Accept 3 orders"
    assert line.one("form").attributes["action"] == f"/actions/batches/{batch[0].batch_id}/undo/"


def test_strip_shows_three_lines_and_how_many_more(anna: User, annas_browser: Client) -> None:
    batch_of(3, anna)
    for _ in range(4):
        action_in(State.HELD, by=anna)

    strip = strip_of(annas_browser)

    assert len(strip.all("li", "strip__line")) == strips.LINES
    assert strip.one("ul", "strip__lines").all("li")[-1].text == "and 2 more"


@pytest.mark.parametrize("number", [1, 3])
def test_strip_costs_two_queries(
    anna: User, annas_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for _ in range(number):
        action_in(State.HELD, by=anna)

    # Session, person and rights besides.
    with django_assert_num_queries(6):  # session, person, rights, the two, and how connections are
        annas_browser.get("/actions/strip/", headers=POLL)


def test_strip_says_since_when_nothing_is_sent(annas_browser: Client) -> None:
    action_in(State.WAITING)
    Heartbeat.objects.update(at=MOMENT - timedelta(seconds=48))

    alert = strip_of(annas_browser).one(role="alert")

    assert alert.text.startswith("Actions have not been sent since 07:59:12 . Nothing is lost")


def test_strip_says_that_nothing_was_ever_sent(annas_browser: Client) -> None:
    action_in(State.WAITING)
    Heartbeat.objects.all().delete()

    assert strip_of(annas_browser).one(role="alert").text.startswith("Actions are not being sent. Nothing is lost")


def test_strip_is_quiet_while_actions_are_seen_to(annas_browser: Client) -> None:
    action_in(State.WAITING)

    assert strip_of(annas_browser).all(role="alert") == []


def test_strip_looks_again_by_itself(annas_browser: Client) -> None:
    poll = strip_of(annas_browser).one(class_="poll")

    link = poll.one("a").attributes
    assert (link["hx-get"], link["hx-target"], link["hx-trigger"]) == ("/actions/strip/", "#strip", "every 4s")
    assert json.loads(poll.attributes["hx-headers"]) == {"X-Poll": "1"}


def test_looking_again_brings_the_strip_alone(annas_browser: Client) -> None:
    response = annas_browser.get("/actions/strip/", headers=POLL)

    assert parsed(response).all("aside", id="strip")
    assert "<html" not in response.content.decode()
    assert "HX-Trigger" not in response


def test_strip_after_a_button_makes_the_page_look_again(anna: User, annas_browser: Client) -> None:
    action = action_in(State.HELD, by=anna)
    fields = {"next": "/actions/strip/"}

    response = annas_browser.post(f"/actions/{action.pk}/undo/", fields, headers=to("strip"))
    response = annas_browser.get(response["Location"], headers=to("strip"))

    event = json.loads(response["HX-Trigger"])
    assert "actionsChanged" in event
    assert event["toasts"]["items"][0]["level"] == "success"


def test_strip_without_a_script_is_a_page(annas_browser: Client) -> None:
    root = parsed(annas_browser.get("/actions/strip/"))

    assert root.one("h1").text == "On its way"
    assert len(root.all(id="strip")) == 1


def test_message_waits_for_an_answer_that_somebody_asked_for(anna: User, annas_browser: Client) -> None:
    action = action_in(State.HELD, by=anna)
    annas_browser.post(f"/actions/{action.pk}/undo/", {"next": "/actions/"})

    poll = annas_browser.get("/actions/strip/", headers=POLL)
    page = parsed(annas_browser.get("/actions/"))

    assert "HX-Trigger" not in poll
    assert page.one(id="messages").text == f"Undone: Accept 1 line, {action.label}. Nothing was sent."


def test_looking_again_after_the_log_out_leaves_the_page_alone(client: Client) -> None:
    response = client.get("/actions/strip/", headers=POLL)

    assert (response.status_code, response.content, "HX-Redirect" in response) == (401, b"", False)


def test_strip_escapes_what_comes_from_outside(anna: User, annas_browser: Client) -> None:
    action_in(State.HELD, by=anna, label="<b>x</b>")

    assert "<b>x</b>" not in annas_browser.get("/orders/").content.decode()
