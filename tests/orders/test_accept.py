"""Accepting and refusing one order: a decision for every line, and what the pages say meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.users.models import User
from orders.models import Order, OrderLine
from tests.htmx import Element, parsed, to
from tests.orders.rows import line, place
from tests.outbox.asking import asked, order_to_accept

pytestmark = pytest.mark.django_db


def form_of(browser: Client, order: Order, query: str = "") -> dict[str, Any]:
    """The hidden fields of the form as it was opened."""
    root = parsed(browser.get(f"/orders/{order.pk}/accept/{query}"))
    return hidden(root.one("form", class_="decision"))


def hidden(form: Element) -> dict[str, Any]:
    return {
        field.attributes["name"]: field.attributes.get("value", "")
        for field in form.all("input", type="hidden")
        if field.attributes["name"] != "csrfmiddlewaretoken"
    }


def ticked(root: Element) -> dict[str, str]:
    """What is chosen for each line."""
    return {
        box.attributes["name"]: box.attributes["value"]
        for box in root.all("input", type="radio")
        if "checked" in box.attributes
    }


def decide(order: Order, *words: str) -> dict[str, str]:
    """Fields for the lines, in their order; "" leaves one open."""
    return {f"line-{line.pk}": word for line, word in zip(order.lines.all(), words, strict=True) if word}


def test_a_decision_for_every_line_becomes_one_held_action(annas_browser: Client, anna: User) -> None:
    order = order_to_accept(lines=2)

    answer = annas_browser.post(
        f"/orders/{order.pk}/accept/", {**form_of(annas_browser, order), **decide(order, "accept", "refuse")}
    )

    first, second = order.lines.all()
    action = Action.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.pk}/")
    assert (action.state, action.asked_by) == (State.HELD, anna)
    assert action.request == {"lines": {first.remote_id: True, second.remote_id: False}}


def test_nothing_is_chosen_beforehand(annas_browser: Client) -> None:
    root = parsed(annas_browser.get(f"/orders/{order_to_accept(lines=3).pk}/accept/"))

    assert (len(root.all("input", type="radio")), ticked(root)) == (6, {})


def test_an_undecided_line_is_an_error_at_that_line_and_the_others_are_kept(annas_browser: Client) -> None:
    order = order_to_accept(lines=2)
    fields = {**form_of(annas_browser, order), **decide(order, "refuse", "")}

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    root = parsed(answer)
    first, second = order.lines.all()
    assert answer.status_code == 422
    assert root.one(role="alert", class_="notice").text == "Decide for every line: one is still open."
    assert ticked(root) == {f"line-{first.pk}": "refuse"}
    assert root.one(id=f"line-{second.pk}-error").text == "Accept or refuse this line."
    assert [box.attributes["name"] for box in root.all("input") if "autofocus" in box.attributes] == [
        f"line-{second.pk}"
    ]
    assert not Action.objects.exists()


@pytest.mark.parametrize(("word", "accepted"), [("accept", True), ("refuse", False)])
def test_one_button_decides_for_all_lines(annas_browser: Client, word: str, accepted: bool) -> None:
    order = order_to_accept(lines=3)

    annas_browser.post(f"/orders/{order.pk}/accept/", {**form_of(annas_browser, order), "all": word})

    assert set(Action.objects.get().request["lines"].values()) == {accepted}


def test_the_same_form_sent_twice_is_one_action(annas_browser: Client) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "accept"}

    answers = [annas_browser.post(f"/orders/{order.pk}/accept/", fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Action.objects.count() == 1


def test_an_order_that_changed_since_the_form_was_opened_is_shown_again(annas_browser: Client) -> None:
    order = order_to_accept(lines=2)
    fields = {**form_of(annas_browser, order), **decide(order, "accept", "refuse")}
    OrderLine.objects.filter(order=order, position=1).update(quantity=7)

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    root = parsed(answer)
    assert answer.status_code == 422
    assert "The order changed after you opened this form." in root.one(role="alert", class_="notice").text
    assert [one.text for one in root.one(class_="changes").all("li")] == ["KETTLE-1: quantity: was 2, is 7"]
    assert sorted(ticked(root).values()) == ["accept", "refuse"]
    assert not Action.objects.exists()

    again = annas_browser.post(
        f"/orders/{order.pk}/accept/", {**hidden(root.one("form", class_="decision")), **ticked(root)}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("version", ["", "{", "[]", "{}", '{"lines": {"1": [1]}}', '{"lines": null}', "[[[[[["])
def test_a_damaged_version_only_costs_the_list_of_changes(annas_browser: Client, version: str) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "accept", "version": version}
    OrderLine.objects.filter(order=order).update(quantity=7)

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    assert answer.status_code == 422
    assert parsed(answer).all(class_="changes") == []


def test_a_damaged_token_is_no_reason_for_a_fault(annas_browser: Client) -> None:
    order = order_to_accept()

    answer = annas_browser.post(
        f"/orders/{order.pk}/accept/", {**form_of(annas_browser, order), "all": "accept", "token": "t\0"}
    )

    assert (answer.status_code, Action.objects.get().token) == (302, "t")


def test_an_order_that_moved_on_meanwhile_says_why_instead_of_a_form(annas_browser: Client) -> None:
    order = order_to_accept(lines=2)
    fields = {**form_of(annas_browser, order), "all": "accept"}
    OrderLine.objects.filter(order=order).update(status="AWAITING_SHIPMENT")

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(role="alert", class_="notice").text == "No line of this order waits to be accepted any more."
    assert root.all("form", class_="decision") == []


@pytest.mark.parametrize(
    ("left", "words", "state"),
    [
        (timedelta(days=1), "Nothing leaves for 20 seconds", State.HELD),
        (timedelta(minutes=5), "leaves at once and cannot be undone", State.WAITING),
        (timedelta(days=-1), "leaves at once and cannot be undone", State.WAITING),
    ],
    ids=["far", "close", "past"],
)
def test_time_to_undo_is_promised_only_where_there_is_some(
    annas_browser: Client, left: timedelta, words: str, state: State
) -> None:
    order = order_to_accept()
    Order.objects.update(ship_by=timezone.now() + left)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/accept/"))
    annas_browser.post(f"/orders/{order.pk}/accept/", {**hidden(root.one("form", class_="decision")), "all": "accept"})

    assert words in root.one(class_="decision__note").text
    assert Action.objects.get().state == state


def test_a_colleague_who_was_faster_is_named_and_linked(annas_browser: Client, boris: User) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "accept"}
    other = asked(order, by=boris)

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    notice = parsed(answer).one(role="alert", class_="notice")
    assert answer.status_code == 422
    assert f"Boris already asked for this (action #{other.pk})." in notice.text
    assert notice.one("a").attributes["href"] == f"/actions/{other.pk}/"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"fulfillment": {"type": "FULFILLED_BY_PARTNER"}}, "A partner of the marketplace fulfils this order"),
        ({"order_lines": [line(status="AWAITING_SHIPMENT")]}, "No line of this order waits to be accepted any more."),
        ({"order_lines": [line(status="QUITE_NEW")]}, "No line of this order waits to be accepted any more."),
    ],
    ids=["partner", "moved on", "unknown status"],
)
def test_an_order_that_cannot_be_decided_says_why_instead(
    annas_browser: Client, fields: dict[str, Any], reason: str
) -> None:
    order = place(**{"order_lines": [line(status="AWAITING_ACCEPTANCE")], **fields})

    root = parsed(annas_browser.get(f"/orders/{order.pk}/accept/"))

    assert reason in root.one(class_="notice").text
    assert root.all("form", class_="decision") == []


def test_an_anonymised_order_cannot_be_decided(annas_browser: Client) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "accept"}
    Order.objects.update(anonymized_at=timezone.now())

    for answer in (
        annas_browser.get(f"/orders/{order.pk}/accept/"),
        annas_browser.post(f"/orders/{order.pk}/accept/", fields),
    ):
        assert "Mirakl removed this customer’s data" in parsed(answer).one(class_="notice").text
        assert parsed(answer).all("form", class_="decision") == []
    assert not Action.objects.exists()


@pytest.mark.parametrize("query", ["?follows={}", ""], ids=["from the action", "from the order"])
def test_a_failed_action_is_fixed_with_the_same_decisions_at_hand(annas_browser: Client, query: str) -> None:
    order = order_to_accept(lines=2)
    first, second = order.lines.all()
    fields = {**form_of(annas_browser, order), **decide(order, "accept", "refuse")}
    annas_browser.post(f"/orders/{order.pk}/accept/", fields)
    failed = Action.objects.get()
    Action.objects.update(state=State.FAILED, cause="channel", code="OTHER")

    root = parsed(annas_browser.get(f"/orders/{order.pk}/accept/{query.format(failed.pk)}"))
    assert ticked(root) == {f"line-{first.pk}": "accept", f"line-{second.pk}": "refuse"}

    annas_browser.post(f"/orders/{order.pk}/accept/", {**hidden(root.one("form", class_="decision")), "all": "accept"})
    again = Action.objects.get(follows=failed)
    assert (again.state, set(again.request["lines"].values())) == (State.HELD, {True})


@pytest.mark.parametrize("follows", ["999999", "x", "1" * 40, "-1"])
def test_a_forged_predecessor_is_ignored(annas_browser: Client, follows: str) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "accept", "follows": follows}

    assert annas_browser.post(f"/orders/{order.pk}/accept/", fields).status_code == 302
    assert Action.objects.get().follows is None


def test_only_a_failed_action_is_followed(annas_browser: Client) -> None:
    order = order_to_accept()
    undone = asked(order)
    Action.objects.update(state=State.UNDONE, ended_at=timezone.now())
    fields = {**form_of(annas_browser, order), "all": "accept", "follows": str(undone.pk)}

    assert annas_browser.post(f"/orders/{order.pk}/accept/", fields).status_code == 302
    assert Action.objects.latest("pk").follows is None


def test_the_form_and_the_order_fill_the_same_fragment(annas_browser: Client) -> None:
    order = order_to_accept()

    form = annas_browser.get(f"/orders/{order.pk}/accept/", headers=to("order"))
    shown = annas_browser.get(f"/orders/{order.pk}/", headers=to("order"))

    for answer in (form, shown):
        assert b"<html" not in answer.content
        assert parsed(answer).one("div", id="order").attributes["tabindex"] == "-1"


def test_the_order_page_shows_intent_and_never_a_state_that_is_not_true(annas_browser: Client, anna: User) -> None:
    order = order_to_accept(lines=2)
    action = asked(order, by=anna, now=timezone.now())

    held = parsed(annas_browser.get(f"/orders/{order.pk}/"))
    Action.objects.update(state=State.SENT, departed_at=timezone.now(), sent_at=timezone.now(), remote_id="x")
    sent = parsed(annas_browser.get(f"/orders/{order.pk}/"))

    for root in (held, sent):
        assert {badge.text for badge in root.one(class_="lines").all(class_="badge")} == {"To accept"}
        assert root.one(id="order").one(class_="poll").one("a").attributes["hx-get"] == f"/orders/{order.pk}/"
        assert root.one(id="decide-why").text.endswith(f"already asked for this (action #{action.pk}).")
    assert "→ Accepted, waiting for Mirakl" in sent.one(class_="order-head").text
    assert lines_say(sent) == 2 * ["→ Accepted, waiting for Mirakl"]
    assert {said.partition(" held")[0] for said in lines_say(held)} == {"→ Accepted,"}
    assert held.all("form", action=f"/actions/{action.pk}/undo/")
    assert not sent.all("form", action=f"/actions/{action.pk}/undo/")


def lines_say(root: Element) -> list[str]:
    return [one.text for one in root.one(class_="lines").all(class_="intent")]


def test_what_the_channel_confirmed_is_not_decided_again_before_a_reading_shows_it(annas_browser: Client) -> None:
    order = order_to_accept()
    fields = {**form_of(annas_browser, order), "all": "refuse"}
    asked(order)
    Action.objects.update(state=State.CONFIRMED, ended_at=timezone.now())

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", fields)

    why = "The channel confirmed what was decided. The order is being read again."
    assert answer.status_code == 422
    assert why in parsed(answer).one(class_="notice", role="alert").text
    assert parsed(annas_browser.get(f"/orders/{order.pk}/")).one(id="decide-why").text == why
    assert parsed(annas_browser.get("/orders/")).one("input", name="pick").attributes["data-can"] == ""
    assert Action.objects.count() == 1


def test_an_order_that_differs_from_what_was_confirmed_can_be_decided_again_once_that_is_settled(
    annas_browser: Client,
) -> None:
    order = order_to_accept()
    asked(order)
    Action.objects.update(state=State.CONFIRMED, ended_at=timezone.now(), differs_at=timezone.now())
    assert not parsed(annas_browser.get(f"/orders/{order.pk}/accept/")).all("form", class_="decision")
    Action.objects.update(settled_at=timezone.now())

    answer = annas_browser.post(f"/orders/{order.pk}/accept/", {**form_of(annas_browser, order), "all": "accept"})

    assert answer.status_code == 302
    assert Action.objects.filter(state=State.HELD).count() == 1


def test_each_line_says_what_is_asked_of_it_until_a_reading_shows_it(annas_browser: Client) -> None:
    order = order_to_accept(lines=2)
    annas_browser.post(
        f"/orders/{order.pk}/accept/", {**form_of(annas_browser, order), **decide(order, "accept", "refuse")}
    )

    said = {}
    for state in (State.SENT, State.UNKNOWN, State.CONFIRMED, State.FAILED):
        Action.objects.update(state=state, departed_at=timezone.now(), sent_at=timezone.now(), remote_id="x")
        said[state] = lines_say(parsed(annas_browser.get(f"/orders/{order.pk}/")))
    Action.objects.update(state=State.CONFIRMED, seen_at=timezone.now())
    seen = lines_say(parsed(annas_browser.get(f"/orders/{order.pk}/")))

    assert said == {
        State.SENT: ["→ Accepted, waiting for Mirakl", "→ Refused, waiting for Mirakl"],
        State.UNKNOWN: ["→ Accepted, unknown whether it arrived", "→ Refused, unknown whether it arrived"],
        State.CONFIRMED: [
            "→ Accepted, confirmed; the next reading will show it",
            "→ Refused, confirmed; the next reading will show it",
        ],
        State.FAILED: [],
    }
    assert seen == []


def test_a_page_on_which_nothing_moves_does_not_ask_again(annas_browser: Client) -> None:
    order = order_to_accept()
    asked(order)
    Action.objects.update(state=State.CONFIRMED, ended_at=timezone.now(), seen_at=timezone.now())

    assert parsed(annas_browser.get(f"/orders/{order.pk}/")).one(id="order").all(class_="poll") == []


def test_undo_leads_back_to_the_order(annas_browser: Client) -> None:
    order = order_to_accept()
    action = asked(order)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/"))
    above, in_the_panel = root.one(id="order").all("form", action=f"/actions/{action.pk}/undo/")
    form = root.one(class_="banner--held").one("form")
    assert form is above
    assert root.one(class_="acts").one("form") is in_the_panel
    answer = annas_browser.post(
        f"/actions/{action.pk}/undo/", {"next": form.one("input", name="next").attributes["value"]}
    )

    action.refresh_from_db()
    assert (action.state, answer["Location"]) == (State.UNDONE, f"/orders/{order.pk}/")


def test_the_list_shows_what_is_asked_and_what_failed(annas_browser: Client) -> None:
    waiting, failed = order_to_accept(), order_to_accept()
    asked(waiting)
    action = asked(failed)
    Action.objects.filter(pk=action.pk).update(
        state=State.FAILED, cause="channel", code="OUT_OF_STOCK", departed_at=None
    )

    root = parsed(annas_browser.get("/orders/?view=to_accept"))

    assert "→ Accepted, held until" in root.one(id=f"order-{waiting.pk}").one(class_="intent").text
    assert (
        root.one(id=f"order-{failed.pk}").one(class_="intent").one("a").attributes["href"] == f"/actions/{action.pk}/"
    )


def test_boxes_say_what_can_be_decided(annas_browser: Client) -> None:
    free, taken = order_to_accept(), order_to_accept()
    asked(taken)
    shipped = place(status="SHIPPED")

    root = parsed(annas_browser.get("/orders/?view=all"))

    boxes = {box.attributes["value"]: box.attributes["data-can"] for box in root.all("input", name="pick")}
    assert boxes == {str(free.pk): "accept refuse", str(taken.pk): "", str(shipped.pk): ""}


def test_an_unknown_order_is_not_found_and_nobody_decides_without_logging_in(annas_browser: Client) -> None:
    assert annas_browser.get("/orders/999/accept/").status_code == 404
    assert Client().get("/orders/1/accept/").status_code == 302
    assert Client().post("/orders/accept/").status_code == 302
