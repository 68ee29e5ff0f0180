"""Accepting many orders: the review sheet says what will be done, and the database has the last word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Batch
from backoffice.users.models import User
from orders import reviewing
from orders.models import Order, OrderLine
from tests.htmx import Element, parsed
from tests.orders.rows import line, payload, place, place_all
from tests.orders.test_accept import hidden, ticked
from tests.outbox.asking import action_in, asked, order_to_accept

pytestmark = pytest.mark.django_db


def sheet(browser: Client, *orders: Order, **query: str) -> Element:
    chosen = [("pick", str(order.pk)) for order in orders]
    return parsed(browser.get("/orders/accept/", [*chosen, *query.items()]))


def fields(root: Element) -> dict[str, Any]:
    return hidden(root.one("form", class_="review"))


def half_open() -> Order:
    """An order of which one line waits and one does not."""
    return place(status="AWAITING_ACCEPTANCE", order_lines=[line(status="AWAITING_ACCEPTANCE"), line(status="CLOSED")])


def test_the_most_urgent_order_stands_first_and_leaves_first(annas_browser: Client) -> None:
    later, soon = order_to_accept(), order_to_accept()
    Order.objects.filter(pk=soon.pk).update(due_at=timezone.now() + timedelta(hours=1))
    Order.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(days=2))

    root = sheet(annas_browser, later, soon)

    assert [link.text for link in root.one("table", "reviewed").all("a")] == [soon.number, later.number]
    assert [int(pair.partition(":")[0]) for pair in fields(root)["orders"].split()] == [soon.pk, later.pk]


def test_the_sheet_says_what_will_be_done_what_not_and_what_needs_a_decision(annas_browser: Client, anna: User) -> None:
    ready = [order_to_accept(), order_to_accept(lines=2)]
    taken = [order_to_accept(), order_to_accept()]
    partner, open_one = order_to_accept(fulfillment={"type": "FULFILLED_BY_PARTNER"}), half_open()
    for order in taken:
        asked(order, by=anna)

    root = sheet(annas_browser, *ready, *taken, partner, open_one)

    assert [head.text for head in root.one("form", class_="review").all("h2")] == [
        "Will be accepted: 2 orders",
        "Needs your decision: 1 order",
        "Will not be done, and why",
    ]
    assert [reason.one("summary").text for reason in root.all(class_="review__reason")] == [
        "Anna Berg already asked for this. (2)",
        "A partner of the marketplace fulfils this order: it is not ours to accept. (1)",
    ]
    assert root.one(class_="review__send").one("button").text == "Accept 2 orders and what you decided above"
    assert [total.text for total in root.one(aria_labelledby="will").all(class_="review__total")] == ["90.00 EUR"]


def test_confirming_makes_one_batch_of_exactly_these_orders(annas_browser: Client) -> None:
    orders = [order_to_accept() for _ in range(3)]
    place(status="AWAITING_ACCEPTANCE", order_lines=[line(status="AWAITING_ACCEPTANCE")])

    answer = annas_browser.post("/orders/accept/", fields(sheet(annas_browser, *orders)))

    batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/actions/batches/{batch.pk}/")
    assert {action.target_id for action in batch.actions.all()} == {order.pk for order in orders}
    assert set(batch.actions.values_list("state", flat=True)) == {State.HELD}
    assert batch.skipped == []


def test_pressing_twice_makes_one_batch(annas_browser: Client) -> None:
    values = fields(sheet(annas_browser, order_to_accept()))

    answers = [annas_browser.post("/orders/accept/", values)["Location"] for _ in range(2)]

    assert len(set(answers)) == 1
    assert (Batch.objects.count(), Action.objects.count()) == (1, 1)


def test_what_changed_or_was_taken_meanwhile_is_left_out_with_its_reason(annas_browser: Client) -> None:
    fine, changed, taken = order_to_accept(), order_to_accept(), order_to_accept()
    values = fields(sheet(annas_browser, fine, changed, taken))
    OrderLine.objects.filter(order=changed).update(quantity=9)
    asked(taken)

    annas_browser.post("/orders/accept/", values)

    batch = Batch.objects.get()
    assert [action.target_id for action in batch.actions.all()] == [fine.pk]
    assert {(one["label"], one["reason"]) for one in batch.skipped} == {
        (changed.number, "It changed after it was reviewed. Look at it again."),
        (taken.number, "A rule already asked for this."),
    }


def test_lines_of_an_open_order_are_decided_on_the_sheet(annas_browser: Client) -> None:
    order = half_open()
    root = sheet(annas_browser, order)
    values = fields(root)
    assert root.one(class_="review__send").one("button").text == "Send what you decided above"
    waiting = order.lines.get(status="AWAITING_ACCEPTANCE")

    annas_browser.post("/orders/accept/", {**values, f"line-{waiting.pk}": "refuse"})

    assert Action.objects.get().request == {"lines": {waiting.remote_id: False}}


def test_an_open_order_that_nobody_decided_is_left_out_and_said_so(annas_browser: Client) -> None:
    values = fields(sheet(annas_browser, order_to_accept(), half_open()))

    annas_browser.post("/orders/accept/", values)

    assert [one["reason"] for one in Batch.objects.get().skipped] == ["Nobody decided about its lines."]


def test_a_half_decided_order_is_an_error_and_nothing_is_asked(annas_browser: Client) -> None:
    waiting = [line(status="AWAITING_ACCEPTANCE"), line(status="AWAITING_ACCEPTANCE"), line(status="CLOSED")]
    order = place(status="AWAITING_ACCEPTANCE", order_lines=waiting)
    values = fields(sheet(annas_browser, order, order_to_accept()))
    first = order.lines.all()[0]

    answer = annas_browser.post("/orders/accept/", {**values, f"line-{first.pk}": "accept"})

    root = parsed(answer)
    assert answer.status_code == 422
    assert "Decide for every line of an order, or for none" in root.one(class_="notice", role="alert").text
    assert ticked(root) == {f"line-{first.pk}": "accept"}
    assert [box.attributes["name"] for box in root.all("input") if "autofocus" in box.attributes] == [
        f"line-{order.lines.all()[1].pk}"
    ]
    assert not Batch.objects.exists()


def test_a_sheet_that_comes_back_keeps_every_decision_and_says_what_changed(annas_browser: Client) -> None:
    decided, untouched, changed = half_open(), half_open(), order_to_accept()
    root = sheet(annas_browser, decided, untouched, changed, decision="refuse")
    waiting = decided.lines.get(status="AWAITING_ACCEPTANCE")
    OrderLine.objects.filter(order=changed).update(quantity=9)

    answer = annas_browser.post("/orders/accept/", {**fields(root), f"line-{waiting.pk}": "accept"})

    again = parsed(answer)
    assert answer.status_code == 422
    assert ticked(again) == {f"line-{waiting.pk}": "accept"}
    assert again.all(class_="choice__error") == []
    assert [error.text for error in again.one(class_="notice", role="alert").all("p")] == [
        "1 order changed meanwhile. The sheet shows it as it is now.",
        "Tick that you have read what refusing means.",
    ]


def test_an_order_of_which_nobody_knows_whether_an_action_arrived_is_left_out(annas_browser: Client) -> None:
    unknown = action_in(State.UNKNOWN)

    root = parsed(annas_browser.get(f"/orders/accept/?pick={unknown.target_id}"))

    assert "It is unknown whether an earlier action arrived." in root.one(class_="review__reason").text
    assert root.all(class_="review__send") == []


def test_what_the_channel_confirmed_is_not_asked_again_before_a_reading_shows_it(annas_browser: Client) -> None:
    confirmed, free = order_to_accept(), order_to_accept()
    values = fields(sheet(annas_browser, confirmed, free))
    asked(confirmed)
    Action.objects.update(state=State.CONFIRMED, ended_at=timezone.now())

    assert [head.text for head in sheet(annas_browser, confirmed).all(class_="review__reason")]
    annas_browser.post("/orders/accept/", values)

    batch = Batch.objects.get()
    assert [action.target_id for action in batch.actions.all()] == [free.pk]
    assert [one["reason"] for one in batch.skipped] == [
        "The channel confirmed what was decided. The order is being read again."
    ]


def test_orders_that_leave_at_once_are_counted(annas_browser: Client) -> None:
    soon, far = order_to_accept(), order_to_accept()
    Order.objects.filter(pk=soon.pk).update(ship_by=timezone.now() + timedelta(minutes=5))

    said = sheet(annas_browser, soon, far).one(class_="review__send").text

    assert "Except 1 order: its deadline is close, so it leaves at once." in said


def test_refusing_many_names_the_effect_and_wants_a_tick(annas_browser: Client) -> None:
    orders = [order_to_accept(), order_to_accept()]
    root = sheet(annas_browser, *orders, decision="refuse")
    assert root.one(class_="review__send").one("button").text == "Refuse 2 orders"

    without = annas_browser.post("/orders/accept/", fields(root))
    assert without.status_code == 422
    assert "Tick that you have read what refusing means." in parsed(without).one(class_="notice", role="alert").text

    annas_browser.post("/orders/accept/", {**fields(root), "read": "yes"})
    assert {tuple(action.request["lines"].values()) for action in Action.objects.all()} == {(False,)}


def all_of(browser: Client, view: str) -> Element:
    """The sheet of everything that the view shows, chosen as the list does it."""
    chosen = browser.post(f"/orders/select/?view={view}")["Location"].rpartition("selection=")[2]
    return parsed(browser.get("/orders/accept/", {"selection": chosen, "decision": "accept"}))


def test_everything_that_matches_is_fixed_when_it_is_chosen(annas_browser: Client) -> None:
    orders = [order_to_accept() for _ in range(3)]
    chosen = annas_browser.post("/orders/select/?view=to_accept")["Location"].rpartition("selection=")[2]
    order_to_accept()
    root = parsed(annas_browser.get("/orders/accept/", {"selection": chosen, "decision": "accept"}))

    annas_browser.post("/orders/accept/", fields(root))

    assert {action.target_id for action in Action.objects.all()} == {order.pk for order in orders}


def test_more_than_one_sheet_takes_is_said(annas_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reviewing, "MOST", 2)
    for _ in range(5):
        order_to_accept()

    root = all_of(annas_browser, "to_accept")

    assert "Will be accepted: 2 orders" in root.text
    assert "3 more wait: come back for them afterwards." in root.text


@pytest.mark.parametrize("packed", ["", "x", "1", "1:", ":a", "1:<b>", "9" * 30 + ":abc", "1:abc 2"])
def test_a_damaged_form_is_refused_with_a_sentence(annas_browser: Client, packed: str) -> None:
    answer = annas_browser.post("/orders/accept/", {"orders": packed, "decision": "accept", "token": "t"})

    assert answer.status_code == 422
    assert parsed(answer).one(class_="notice", role="alert").text
    assert not Batch.objects.exists()


@pytest.mark.parametrize("token", ["", "t" * 41, "t\0"])
def test_a_form_without_its_token_never_finds_somebody_elses_batch(annas_browser: Client, token: str) -> None:
    values = fields(sheet(annas_browser, order_to_accept()))

    answer = annas_browser.post("/orders/accept/", {**values, "token": token})

    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_orders_that_are_not_there_are_no_reason_for_a_fault(annas_browser: Client) -> None:
    answer = annas_browser.post("/orders/accept/", {"orders": "999:abc", "decision": "accept", "token": "t"})

    assert answer.status_code == 422
    assert "None of these orders can be decided any more." in parsed(answer).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Nothing was chosen."),
        ("?pick=x", "Nothing was chosen."),
        ("?pick=999999", "None of what was chosen."),
        ("?selection=nonsense", "Nothing was chosen."),
        ("?pick=" + "9" * 40, "Nothing was chosen."),
    ],
)
def test_a_sheet_without_orders_says_so(annas_browser: Client, query: str, said: str) -> None:
    root = parsed(annas_browser.get(f"/orders/accept/{query}"))

    assert said in root.text
    assert root.all(class_="review__send") == []


def _waiting() -> dict[str, Any]:
    return payload(status="AWAITING_ACCEPTANCE", order_lines=[line(status="AWAITING_ACCEPTANCE")])


@pytest.mark.parametrize("count", [1, 3, 100])
def test_any_number_of_orders_costs_the_same_queries(annas_browser: Client, count: int) -> None:
    place_all([_waiting() for _ in range(count)])
    chosen = annas_browser.post("/orders/select/?view=to_accept")["Location"].rpartition("selection=")[2]

    with CaptureQueriesContext(connection) as shown:
        values = fields(parsed(annas_browser.get("/orders/accept/", {"selection": chosen})))
    with CaptureQueriesContext(connection) as confirmed:
        assert annas_browser.post("/orders/accept/", values).status_code == 302

    # Session, user, rights, what was chosen, orders, lines, channels, actions; 7 for the frame of every page.
    assert len(shown) == 15
    # Session, user, rights, orders, lines, channels, actions, then queue.ask_many. SQLite takes 24 to a statement.
    assert len(confirmed) == 15 + ((count - 1) // 24 if connection.vendor == "sqlite" else 0)
    assert Action.objects.count() == count
