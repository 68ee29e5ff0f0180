"""Shipping one order: the form of a parcel, what it refuses, and what the order's page says meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.outbox.queue import ObjectedError
from backoffice.users import rights
from backoffice.users.models import Scope, User
from orders import packing
from orders.models import Order, OrderLine
from shops.models import Carrier, Channel, ChannelPolicy
from tests.cast import browser_of, somebody
from tests.htmx import Element, parsed, to
from tests.orders.rows import line, place
from tests.orders.shipped import order_to_ship, parcel_asked, parcel_confirmed
from tests.orders.test_accept import hidden

pytestmark = pytest.mark.django_db

DHL: dict[str, Any] = {"carrier": "DHL", "tracking_number": "00340434", "tracking_url": "https://dhl.example/00340434"}


def form_of(browser: Client, order: Order, query: str = "") -> dict[str, Any]:
    """All fields of the form as it was opened."""
    return fields(parsed(browser.get(f"/orders/{order.pk}/ship/{query}")))


def fields(root: Element) -> dict[str, Any]:
    form = root.one("form", class_="decision")
    typed = [one.attributes for one in form.all("input")]
    kept = {one["name"]: one["value"] for one in typed if one.get("type", "") not in {"hidden", "checkbox"}}
    return {**hidden(form), **kept}


def units(order: Order, *typed: str) -> dict[str, str]:
    """What is typed for the lines, in their order."""
    return {f"line-{one.pk}": text for one, text in zip(order.lines.all(), typed, strict=True)}


def page_of(browser: Client, order: Order) -> Element:
    return parsed(browser.get(f"/orders/{order.pk}/"))


# --- the form ---------------------------------------------------------------------------------------


def test_a_parcel_becomes_one_held_action(annas_browser: Client, anna: User) -> None:
    order = order_to_ship(3, 1)

    answer = annas_browser.post(
        f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **units(order, "2", "0"), **DHL}
    )

    action = Action.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.pk}/")
    assert (action.state, action.asked_by, action.kind) == (State.HELD, anna, "orders.ship")
    first = order.lines.all()[0]
    assert action.request == {
        "items": {first.remote_id: 2}, **DHL, "return_tracking_number": "", "warehouse_id": "",
    }  # fmt: skip


def test_the_form_proposes_all_that_is_left(annas_browser: Client) -> None:
    order = order_to_ship(3, 2)
    parcel_confirmed(order, 1, 0)
    parcel_asked(order, 0, 1)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/ship/"))

    assert {name: text for name, text in fields(root).items() if name.startswith("line-")} == units(order, "2", "1")
    said = [one.text for one in root.all(class_="pack__left")]
    assert said == ["of 2 left 1 of 3 shipped", "of 1 left 1 not confirmed yet"]
    limits = [(one.attributes["min"], one.attributes["max"]) for one in root.all(class_="pack__units")]
    assert limits == [("0", "2"), ("0", "1")]


def test_a_line_with_nothing_left_stands_there_without_a_field(annas_browser: Client) -> None:
    order = order_to_ship(1, 1)
    parcel_confirmed(order, 1, 0)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/ship/"))

    assert len(root.all(class_="pack__units")) == 1
    assert root.one(class_="choice--other").text == "KETTLE-1 Kettle all of it in parcels"


def test_the_form_sent_twice_is_one_parcel(annas_browser: Client) -> None:
    order = order_to_ship(3)
    sent = {**form_of(annas_browser, order), **units(order, "2")}

    answers = [annas_browser.post(f"/orders/{order.pk}/ship/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Action.objects.count() == 1


def test_the_same_parcel_from_two_tabs_is_asked_for_once(annas_browser: Client) -> None:
    order = order_to_ship(3)
    tabs = [{**form_of(annas_browser, order), **units(order, "1"), **DHL} for _ in range(2)]

    answers = [annas_browser.post(f"/orders/{order.pk}/ship/", tab) for tab in tabs]

    assert [answer.status_code for answer in answers] == [302, 422]
    root = parsed(answers[1])
    assert "The order changed after you opened this form." in root.one(role="alert", class_="notice").text
    assert root.one(class_="changes").text == "KETTLE-1: left to ship: was 3, is 2"
    assert Action.objects.count() == 1
    # Who has seen that may send another one like it, if that is what they want.
    again = {**fields(root), "tracking_number": "00340435"}
    assert annas_browser.post(f"/orders/{order.pk}/ship/", again).status_code == 302
    assert Action.objects.count() == 2


def test_two_forms_that_were_both_right_at_the_same_moment_are_one_parcel(annas_browser: Client, anna: User) -> None:
    order = order_to_ship(3)
    both = []
    for token in ("one", "other"):
        sent = QueryDict(mutable=True)
        sent.update({**form_of(annas_browser, order), **units(order, "1"), "token": token})
        both.append(packing.filled_in(order, [], sent, None, by=anna))
    assert [form.errors for form in both] == [[], []]

    packing.send(both[0], by=anna, now=timezone.now())
    with pytest.raises(ObjectedError, match="The order changed after you opened this form"):
        packing.send(both[1], by=anna, now=timezone.now())

    assert Action.objects.get().token == "one"


def test_a_parcel_of_the_last_units_in_a_second_tab_says_why_instead_of_a_form(annas_browser: Client) -> None:
    order = order_to_ship(3)
    tabs = [{**form_of(annas_browser, order), **DHL} for _ in range(2)]

    answer = [annas_browser.post(f"/orders/{order.pk}/ship/", tab) for tab in tabs][1]

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(role="alert", class_="notice").text == "Every unit of this order is in a parcel already."
    assert root.all("form", class_="decision") == []
    assert Action.objects.count() == 1


def test_an_order_that_changed_since_is_shown_with_what_differs(annas_browser: Client) -> None:
    order = order_to_ship(3, 1)
    sent = {**form_of(annas_browser, order), **units(order, "3", "1"), **DHL}
    OrderLine.objects.filter(order=order, position=1).update(quantity=4)

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", sent)

    root = parsed(answer)
    assert answer.status_code == 422
    changes = [one.text for one in root.one(class_="changes").all("li")]
    assert changes == ["KETTLE-1: quantity: was 1, is 4", "KETTLE-1: left to ship: was 1, is 4"]
    assert {**fields(root), **DHL, **units(order, "3", "1")} == fields(root)
    assert not Action.objects.exists()
    assert annas_browser.post(f"/orders/{order.pk}/ship/", fields(root)).status_code == 302


@pytest.mark.parametrize("version", ["", "{", "[]", "{}", '{"lines": {"1": [1]}}', '{"lines": {}, "left": 7}', "[[[["])
def test_a_damaged_version_only_costs_the_list_of_changes(annas_browser: Client, version: str) -> None:
    order = order_to_ship(3)
    sent = {**form_of(annas_browser, order), "version": version, "seen": "x"}

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", sent)

    assert (answer.status_code, parsed(answer).all(class_="changes")) == (422, [])


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("4", "Only 3 are left."),
        ("100000000000000000000", "Only 3 are left."),
        ("9" * 5000, "Only 3 are left."),
        ("-1", "Write a whole number from 0 to 3."),
        ("1.5", "Write a whole number from 0 to 3."),
        ("1e0", "Write a whole number from 0 to 3."),
        ("two", "Write a whole number from 0 to 3."),
        ("٣", "Write a whole number from 0 to 3."),
        ("²", "Write a whole number from 0 to 3."),
    ],
)
def test_a_number_of_units_that_cannot_be_is_an_error_at_its_line(
    annas_browser: Client, typed: str, error: str
) -> None:
    order = order_to_ship(3, 2)
    sent = {**form_of(annas_browser, order), **units(order, "1", "1"), **units(order, typed, "1"), **DHL}

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", sent)

    root = parsed(answer)
    first = order.lines.all()[0]
    assert answer.status_code == 422
    assert root.one(id=f"line-{first.pk}-error").text == error
    assert focused(root) == [f"line-{first.pk}"]
    assert {**fields(root), **DHL} == fields(root)
    assert fields(root)[f"line-{first.pk}"] == typed[:40]
    assert not Action.objects.exists()


def focused(root: Element) -> list[str]:
    return [one.attributes["name"] for one in root.all("input") if "autofocus" in one.attributes]


@pytest.mark.parametrize("typed", ["0", "", "000", " "])
def test_a_parcel_with_nothing_in_it_is_not_sent(annas_browser: Client, typed: str) -> None:
    order = order_to_ship(3, 2)

    answer = annas_browser.post(
        f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **units(order, typed, typed)}
    )

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(role="alert", class_="notice").text == "Put at least one unit into the parcel."
    assert focused(root) == [f"line-{order.lines.all()[0].pk}"]


@pytest.mark.parametrize("without", ["tracking_number", "tracking_url"])
def test_tracking_without_a_carrier_is_an_error_at_the_carrier(annas_browser: Client, without: str) -> None:
    order = order_to_ship(3)
    sent = {**form_of(annas_browser, order), **DHL, "carrier": " ", without: ""}

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", sent)

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(id="carrier-error").text == "Name the carrier: without it nobody can follow the parcel."
    assert focused(root) == ["carrier"]
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "dhl.example/1", "ftp://dhl.example/1", "https://", "//dhl.example", "https://[", "http:x",
     "data:text/html,x", "https://dhl .example/1"],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_an_error(annas_browser: Client, url: str) -> None:
    order = order_to_ship(3)

    answer = annas_browser.post(
        f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL, "tracking_url": url}
    )

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(id="tracking_url-error").text == "Write a whole address that begins with https:// or http://."
    assert fields(root)["tracking_url"] == url
    assert not Action.objects.exists()


@pytest.mark.parametrize("inside", ["\0", "\x1b", "\t", "\u200b", "\u202e", "\u2028"])
def test_characters_that_nobody_sees_are_taken_out_and_shown_once_more(annas_browser: Client, inside: str) -> None:
    order = order_to_ship(3)

    answer = annas_browser.post(
        f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL, "tracking_number": f"003{inside}40"}
    )

    root = parsed(answer)
    assert answer.status_code == 422
    assert "cannot be seen" in root.one(id="tracking_number-error").text
    assert fields(root)["tracking_number"] == "00340"
    assert annas_browser.post(f"/orders/{order.pk}/ship/", fields(root)).status_code == 302


def test_the_end_that_a_scanner_adds_is_no_error(annas_browser: Client) -> None:
    order = order_to_ship(3)

    annas_browser.post(
        f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL, "tracking_number": "  00340434\r\n\t"}
    )

    assert Action.objects.get().request["tracking_number"] == "00340434"


@pytest.mark.parametrize(
    "name", ["carrier", "tracking_number", "tracking_url", "return_tracking_number", "warehouse_id"]
)
def test_a_text_that_is_too_long_is_an_error_and_is_kept(annas_browser: Client, name: str) -> None:
    long = f"https://x.example/{'9' * 1000}" if name == "tracking_url" else "9" * 300
    order = order_to_ship(3)

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL, name: long})

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(id=f"{name}-error").text.startswith("At most ")
    assert fields(root)[name] == long
    assert not Action.objects.exists()


def test_a_damaged_token_is_no_reason_for_a_fault(annas_browser: Client) -> None:
    order = order_to_ship(3)

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), "token": "t\0"})

    assert (answer.status_code, Action.objects.get().token) == (302, "t")


@pytest.mark.parametrize("follows", ["999999", "x", "1" * 40, "-1", "\0"])
def test_a_forged_predecessor_is_ignored(annas_browser: Client, follows: str) -> None:
    order = order_to_ship(3)

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), "follows": follows})

    assert (answer.status_code, Action.objects.get().follows) == (302, None)


# --- a number that is elsewhere ---------------------------------------------------------------------


@pytest.mark.parametrize("there", [parcel_asked, parcel_confirmed], ids=["asked for", "confirmed"])
def test_a_tracking_number_of_another_order_has_to_be_confirmed_once(annas_browser: Client, there: Any) -> None:
    other = order_to_ship(1)
    there(other, 1, **DHL)
    order = order_to_ship(3)
    before = Action.objects.count()

    answer = annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL})

    root = parsed(answer)
    assert answer.status_code == 422
    assert root.one(id="twice").one("a").attributes["href"] == f"/orders/{other.pk}/"
    assert other.number in root.one(id="twice").text
    assert focused(root) == ["all_the_same"]
    box = root.one("input", name="all_the_same").attributes
    assert "checked" not in box
    assert annas_browser.post(f"/orders/{order.pk}/ship/", fields(root)).status_code == 422
    assert Action.objects.count() == before

    confirmed = {**fields(root), "all_the_same": box["value"]}
    assert annas_browser.post(f"/orders/{order.pk}/ship/", confirmed).status_code == 302


def test_a_confirmed_number_that_is_changed_is_looked_up_again(annas_browser: Client) -> None:
    parcel_confirmed(order_to_ship(1), 1, **{**DHL, "tracking_number": "1"})
    parcel_confirmed(order_to_ship(1), 1, **{**DHL, "tracking_number": "2"})
    order = order_to_ship(3)
    sent = {**form_of(annas_browser, order), **DHL, "tracking_number": "2", "all_the_same": "1"}

    assert annas_browser.post(f"/orders/{order.pk}/ship/", sent).status_code == 422


def test_orders_that_somebody_does_not_work_for_are_counted_and_not_named(annas_browser: Client, anna: User) -> None:
    other = order_to_ship(1, channel_order_id="SECRET-1", origin={"channel_id": "channel-2", "channel_name": "Süd"})
    parcel_confirmed(other, 1, **DHL)
    order = order_to_ship(3)
    User.objects.filter(pk=anna.pk).update(all_connections=False)
    Scope.objects.create(user=anna, connection_id=order.connection_id, channel_id=order.channel_id)

    root = parsed(annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **DHL}))

    assert root.one(id="twice").one("p").text == "Also on: 1 order that you do not work for"


# --- what a channel asks for ------------------------------------------------------------------------


def test_warehouse_and_return_number_are_asked_for_only_where_the_channel_does(annas_browser: Client) -> None:
    order = order_to_ship(3)
    before = form_of(annas_browser, order)
    ChannelPolicy.objects.create(channel=order.channel, asks_warehouse=True, asks_return_number=True)

    after = form_of(annas_browser, order)

    assert {"warehouse_id", "return_tracking_number"} & before.keys() == set()
    assert {"warehouse_id", "return_tracking_number"} <= after.keys()


def test_carrier_that_the_order_names_is_suggested_without_being_filled_in(annas_browser: Client) -> None:
    order = order_to_ship(1, shipping_info={"carrier": "Colissimo"})

    root = parsed(annas_browser.get(f"/orders/{order.pk}/ship/"))

    assert [one.attributes["value"] for one in root.one("datalist").all("option")] == ["Colissimo"]
    assert root.one("input", name="carrier").attributes.get("value", "") == ""
    assert "Colissimo" not in root.one(id="tracking_url-hint").text


def test_carriers_that_worked_are_suggested_and_sent_in_the_words_of_the_channel(annas_browser: Client) -> None:
    order = order_to_ship(3)
    Carrier.objects.create(channel=order.channel, typed="dhl", name="DHL Paket", worked_at=timezone.now())
    Carrier.objects.create(channel=order.channel, typed="pigeon", name="Pigeon", worked_at=None)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/ship/"))
    annas_browser.post(f"/orders/{order.pk}/ship/", {**fields(root), **DHL})

    assert [one.attributes["value"] for one in root.one("datalist").all("option")] == ["DHL Paket"]
    assert root.one(id="carrier-hint").text == "As Nordlicht calls it. Sent under another name: dhl → DHL Paket."
    assert root.one("input", name="carrier").attributes["list"] == root.one("datalist").attributes["id"]
    assert root.one(id="tracking_url-hint").text.endswith("new to this channel; not for DHL Paket.")
    assert Action.objects.get().request["carrier"] == "DHL Paket"


def test_the_warehouse_that_worked_last_is_proposed(annas_browser: Client) -> None:
    order = order_to_ship(3)
    Channel.objects.filter(pk=order.channel_id).update(wants_warehouse=True, warehouse="LEEDS")

    assert form_of(annas_browser, order)["warehouse_id"] == "LEEDS"


def test_a_warehouse_that_worked_once_is_not_sent_to_a_channel_that_does_not_ask(annas_browser: Client) -> None:
    order = order_to_ship(3)
    Channel.objects.filter(pk=order.channel_id).update(warehouse="LEEDS")

    annas_browser.post(f"/orders/{order.pk}/ship/", form_of(annas_browser, order))

    assert Action.objects.get().request["warehouse_id"] == ""


@pytest.mark.parametrize(
    ("left", "words", "state"),
    [
        (timedelta(days=1), "Nothing leaves for 20 seconds", State.HELD),
        (timedelta(minutes=5), "leaves at once and cannot be undone", State.WAITING),
    ],
    ids=["far", "close"],
)
def test_time_to_undo_is_promised_only_where_there_is_some(
    annas_browser: Client, left: timedelta, words: str, state: State
) -> None:
    order = order_to_ship(3)
    Order.objects.update(ship_by=timezone.now() + left)

    root = parsed(annas_browser.get(f"/orders/{order.pk}/ship/"))
    annas_browser.post(f"/orders/{order.pk}/ship/", fields(root))

    assert words in root.one(class_="decision__note").text
    assert Action.objects.get().state == state


def test_a_failed_parcel_is_fixed_with_what_it_held_at_hand(annas_browser: Client) -> None:
    order = order_to_ship(3, 2)
    annas_browser.post(f"/orders/{order.pk}/ship/", {**form_of(annas_browser, order), **units(order, "2", "0"), **DHL})
    failed = Action.objects.get()
    Action.objects.update(state=State.FAILED, cause="channel", code="CARRIER_NOT_SUPPORTED")

    again = form_of(annas_browser, order, f"?follows={failed.pk}")

    assert {**again, **units(order, "2", "0"), **DHL} == again
    annas_browser.post(f"/orders/{order.pk}/ship/", {**again, "carrier": "DHL Express"})
    new = Action.objects.get(follows=failed)
    assert (new.state, new.request["carrier"]) == (State.HELD, "DHL Express")


def test_another_parcel_can_be_begun_instead_of_the_failed_one(annas_browser: Client) -> None:
    order = order_to_ship(3, 2)
    parcel_asked(order, 1, 0, **DHL)
    Action.objects.update(state=State.FAILED, cause="channel", code="OTHER")
    link = parsed(annas_browser.get(f"/orders/{order.pk}/ship/")).one(class_="decision__before").all("a")[1]

    empty = fields(parsed(annas_browser.get(link.attributes["href"])))

    assert {**empty, **units(order, "3", "2"), "carrier": "", "follows": ""} == empty
    annas_browser.post(f"/orders/{order.pk}/ship/", empty)
    assert Action.objects.latest("pk").follows is None


def test_who_may_only_look_is_told_so_and_gets_no_buttons(anna: User) -> None:
    order = order_to_ship(3)
    parcel_asked(order, 1, by=anna, **DHL)

    root = page_of(browser_of(somebody(rights.VIEWER)), order)

    assert root.one(id="ship-why").text.startswith("Your account may look, but not change anything.")
    assert root.one(class_="parcel").all("form") == []


@pytest.mark.parametrize(
    "given",
    [
        {"fulfillment": {"type": "FULFILLED_BY_PARTNER"}},
        {"status": "AWAITING_PAYMENT", "order_lines": [line(status="AWAITING_PAYMENT")]},
        {"status": "QUITE_NEW", "order_lines": [line(status="QUITE_NEW")]},
        {"status": "SHIPPED", "order_lines": [line(status="SHIPPED")]},
    ],
    ids=["partner", "not paid", "unknown status", "shipped"],
)
def test_an_order_that_cannot_be_shipped_says_why_instead(annas_browser: Client, given: dict[str, Any]) -> None:
    order = place(**{"status": "AWAITING_SHIPMENT", **given})

    for answer in (annas_browser.get(f"/orders/{order.pk}/ship/"), annas_browser.post(f"/orders/{order.pk}/ship/")):
        root = parsed(answer)
        assert len(root.one(class_="notice").text) > 20
        assert root.all("form", class_="decision") == []
    assert not Action.objects.exists()


# --- the order's page -------------------------------------------------------------------------------


def test_the_order_leads_to_the_form_by_button_and_key(annas_browser: Client) -> None:
    order = order_to_ship(3)

    button = page_of(annas_browser, order).one(id="ship").attributes

    assert (button["href"], button["data-key"]) == (f"/orders/{order.pk}/ship/", "s")
    assert "btn-primary" in button["class"]


def test_the_button_is_off_with_its_reason_once_every_unit_is_in_a_parcel(annas_browser: Client) -> None:
    order = order_to_ship(3)
    parcel_asked(order, 2, **DHL)
    assert page_of(annas_browser, order).all(id="ship")
    parcel_asked(order, 1, **DHL)

    root = page_of(annas_browser, order)

    assert root.all(id="ship") == []
    assert root.one(id="ship-why").text == "Every unit of this order is in a parcel already."
    assert "All in parcels, not confirmed yet" in root.one(class_="next-step").text


def test_the_next_step_waits_for_the_reading_once_every_parcel_is_confirmed(annas_browser: Client) -> None:
    order = order_to_ship(3)
    parcel_confirmed(order, 3, **DHL)

    said = page_of(annas_browser, order).one(class_="next-step").text

    assert said == "Every parcel is confirmed: the next reading will show it."


def test_lines_say_how_much_of_them_is_shipped(annas_browser: Client) -> None:
    order = order_to_ship(5)
    parcel_confirmed(order, 2, **DHL)
    parcel_asked(order, 1)

    root = page_of(annas_browser, order)

    assert [one.text for one in root.all(class_="lines__less")][:2] == ["2 of 5 shipped", "1 not confirmed yet"]
    assert {badge.text for badge in root.one(class_="lines").all(class_="badge")} == {"To ship"}


def test_parcels_say_what_the_channel_confirmed_and_what_not(annas_browser: Client, anna: User) -> None:
    order = order_to_ship(5)
    parcel_confirmed(order, 2, **DHL)
    asked = parcel_asked(order, 1, by=anna, carrier="Hermes", tracking_number="H1")

    newest, confirmed = page_of(annas_browser, order).all(class_="parcel")

    assert confirmed.one(class_="badge").text == "Confirmed by the channel"
    assert newest.one(class_="badge").text == "Not confirmed by the channel yet"
    link = confirmed.one("a", class_="code").attributes
    assert (link["href"], link["rel"]) == (DHL["tracking_url"], "noopener noreferrer nofollow")
    assert newest.all("a", class_="code") == []
    assert [one.text for one in newest.all(class_="code")] == ["H1"]
    assert newest.all("form", action=f"/actions/{asked.pk}/undo/")
    assert "Anna" in newest.text


def test_a_failed_parcel_leaves_its_units_and_can_be_tried_again(annas_browser: Client) -> None:
    order = order_to_ship(3)
    action = parcel_asked(order, 3, **DHL)
    Action.objects.update(
        state=State.FAILED, cause="channel", code="CARRIER_NOT_SUPPORTED", text="<b>Nope</b>", ended_at=timezone.now()
    )

    root = page_of(annas_browser, order)

    failed = root.one(class_="parcel--failed")
    assert failed.all("form", action=f"/actions/{action.pk}/again/")
    assert failed.all("a", href=f"/orders/{order.pk}/ship/?follows={action.pk}")
    assert "<b>Nope</b>" in failed.text
    assert root.all(id="ship")


def test_a_parcel_of_which_nobody_knows_keeps_its_units_and_leads_to_what_to_do(annas_browser: Client) -> None:
    order = order_to_ship(3)
    action = parcel_asked(order, 3, **DHL)
    Action.objects.update(state=State.UNKNOWN, cause="lost", departed_at=timezone.now())

    root = page_of(annas_browser, order)

    parcel = root.one(class_="parcel")
    assert parcel.one(class_="badge").text == "Unknown"
    assert parcel.one("a", class_="btn").attributes["href"] == f"/actions/{action.pk}/"
    assert root.one(id="ship-why").text == "Every unit of this order is in a parcel already."


def test_a_link_in_an_old_parcel_is_no_way_to_run_code(annas_browser: Client) -> None:
    order = order_to_ship(3)
    parcel_confirmed(order, 1, **{**DHL, "tracking_url": "javascript:alert(1)"})

    parcel = page_of(annas_browser, order).one(class_="parcel")

    assert not [link for link in parcel.all("a") if "javascript" in link.attributes["href"]]


@pytest.mark.parametrize("parcels", [1, 4])
def test_pages_cost_the_same_for_any_number_of_parcels(
    annas_browser: Client, anna: User, parcels: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = order_to_ship(20)
    for _ in range(parcels):
        parcel_confirmed(order, 1, **DHL)
        parcel_asked(order, 1, by=anna)

    with django_assert_num_queries(10):
        annas_browser.get(f"/orders/{order.pk}/", headers=to("order"))
    with django_assert_num_queries(13):
        annas_browser.get(f"/orders/{order.pk}/ship/", headers=to("order"))
