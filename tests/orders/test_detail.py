"""The page of one order: what comes next, who may see what, and what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.mirakl.connect.types import Address
from backoffice.outbox.enums import State
from backoffice.timeline.models import Entry
from backoffice.users import rights
from orders.addresses import lines_of
from orders.models import Order
from shops.models import ChannelPolicy
from tests.cast import browser_of, somebody
from tests.htmx import Element, parsed, to
from tests.orders.rows import ADDRESS, MORNING, euros, line, payload, place, place_all
from tests.outbox.asking import HOLDS, MOMENT, action_in, asked, order_to_accept

pytestmark = pytest.mark.django_db

NOW = MOMENT  # 24 hours after MORNING


@pytest.fixture(autouse=True)
def at_the_moment() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(browser: Client, order: Order, query: str = "") -> Element:
    return parsed(browser.get(f"/orders/{order.pk}/{query}"))


def changed(order: Order, **fields: Any) -> Order:
    """The order as a later reading brings it."""
    at = MORNING + timedelta(hours=1)
    return place(**payload(id=order.remote_id, channel_order_id=order.number, updated_at=at, **fields))


@pytest.mark.parametrize(
    ("fields", "hours", "said", "tone"),
    [
        ({}, 28, "Accept before 12:00, 4 h left.", "attention"),
        ({}, 96, "Accept before 24 Nov, 08:00, 3 days left.", "work"),
        ({}, 20, "Accept it now: late by 4 h.", "late"),
        ({}, None, "Accept or refuse it. No deadline is known for this channel.", "attention"),
        (
            {"status": "AWAITING_SHIPMENT", "shipping_info": {"shipping_deadline": MORNING + timedelta(hours=25)}},
            48,
            "Ship before 09:00, 1 h left.",
            "attention",
        ),
        ({"status": "AWAITING_SHIPMENT", "shipping_info": {}}, 48, "Ship it. The channel gave no deadline.", "work"),
        ({"status": "AWAITING_PAYMENT"}, 48, "Nothing to do yet: the customer’s payment is awaited.", "waiting"),
        ({"status": "CLOSED"}, 48, "Nothing to do: the order is closed.", "ended"),
        (
            {"fulfillment": {"type": "FULFILLED_BY_PARTNER"}},
            48,
            "Nothing to do: a partner of the marketplace fulfils this order.",
            "ended",
        ),
    ],
)
def test_the_next_step_is_one_sentence(
    annas_browser: Client, fields: dict[str, Any], hours: int | None, said: str, tone: str
) -> None:
    if hours:
        ChannelPolicy.objects.create(acceptance_hours=hours)

    step = page_of(annas_browser, place(**fields)).one("p", class_="next-step")

    assert (step.text, f"next-step--{tone}" in step.attributes["class"].split()) == (said, True)


@pytest.mark.parametrize(
    ("state", "hours", "said", "tone"),
    [
        (State.HELD, 48, "Decided, not confirmed yet: 1 day left.", "moving"),
        (State.SENT, 1, "Decided, not confirmed yet: late by 23 h.", "late"),
        (State.SENT, None, "Decided, not confirmed yet.", "moving"),
        (State.FAILED, 1, "Accept it now: late by 23 h.", "late"),
    ],
)
def test_nobody_is_told_to_accept_what_is_decided_already(
    annas_browser: Client, state: State, hours: int | None, said: str, tone: str
) -> None:
    if hours:
        ChannelPolicy.objects.create(acceptance_hours=hours)
    action = action_in(state)

    step = parsed(annas_browser.get(f"/orders/{action.target_id}/")).one("p", class_="next-step")

    assert (step.text, f"next-step--{tone}" in step.attributes["class"].split()) == (said, True)


def test_deadlines_tell_the_channels_clock_where_it_shows_something_else(annas_browser: Client) -> None:
    ChannelPolicy.objects.create(acceptance_hours=48, time_zone="Europe/Paris")

    dates = page_of(annas_browser, place()).one("dl", class_="dates").all("dd")

    assert dates[0].text == (
        "in 23 h (22 Nov 2026, 08:00 UTC) 22 Nov 2026, 08:00 UTC 09:00 CET at the channel".replace("23 h", "1 day")
    )


@pytest.mark.parametrize(
    ("state", "fields", "banner", "said"),
    [
        (State.HELD, {}, "held", "→ Accepted, held until"),
        (State.FAILED, {"code": "OUT_OF_STOCK"}, "failed", "stock"),
        (State.FAILED, {"cause": "conflict", "now": {"lines": {}}}, "conflict", "Compare both sides"),
        (State.UNKNOWN, {}, "unknown", "See what to do"),
    ],
)
def test_what_needs_attention_stands_above_the_order(
    annas_browser: Client, state: State, fields: dict[str, Any], banner: str, said: str
) -> None:
    action = action_in(state, **fields)

    shown = parsed(annas_browser.get(f"/orders/{action.target_id}/")).one("div", class_=f"banner--{banner}")

    assert said.casefold() in shown.text.casefold()
    assert shown.all("form") or shown.one("a").attributes["href"] == f"/actions/{action.pk}/"


def test_a_paused_connection_is_said(annas_browser: Client) -> None:
    order = place()
    Connection.objects.update(state=ConnectionState.PAUSED)

    assert page_of(annas_browser, order).one(id="banner-kept").text.startswith("Nord is paused")


def test_who_may_not_see_customers_finds_nothing_of_them_on_the_page() -> None:
    order = place(
        order_lines=[line(custom_attributes=[{"id": "engraving", "value": "For Ferrari"}])],
        shipping_info={"address": ADDRESS, "email": "zoe@alias.example", "pudo_id": "SHOP-7"},
    )

    answer = browser_of(somebody(rights.VIEWER)).get(f"/orders/{order.pk}/")

    said = answer.content.decode()
    assert "Hidden: ask an administrator for the right to see customers’ data." in parsed(answer).text
    assert [word for word in ("Ferrari", "Zoë", "Hauptstra", "23456", "alias", "SHOP-7") if word in said] == []
    assert parsed(answer).all(id="technical") == []
    assert parsed(answer).one(id="decide-why").text.startswith("Your account may look, but not change anything.")


def test_raw_data_are_for_those_with_the_right_and_less_the_customer_for_others(annas_browser: Client) -> None:
    order = place(custom_attributes=[{"id": "note", "value": "secret"}])
    technical = somebody(rights.VIEWER)
    technical.user_permissions.add(*_permissions("technical"))

    hers = page_of(annas_browser, order).one("pre", class_="raw").text
    theirs = page_of(browser_of(technical), order).one("pre", class_="raw").text

    assert "Ferrari" in hers
    assert "Ferrari" not in theirs
    assert "secret" not in theirs
    assert order.remote_id in theirs


def _permissions(*codenames: str) -> list[Any]:
    from django.contrib.auth.models import Permission  # noqa: PLC0415 -- needs the apps

    return list(Permission.objects.filter(codename__in=codenames))


def test_a_reading_writes_down_what_mirakl_did_and_nothing_else(annas_browser: Client) -> None:
    order = place()
    changed(order, status="CLOSED", status_reason="ACCEPTANCE_TIMEOUT")
    place_all([payload(id=order.remote_id, updated_at=MORNING + timedelta(hours=2), status="CLOSED",
        status_reason="ACCEPTANCE_TIMEOUT", custom_attributes=[])])  # fmt: skip

    entry = Entry.objects.get()
    moments = [one.text for one in page_of(annas_browser, order).all("li", class_="moment")]

    assert (entry.object_type, entry.object_id, entry.at) == ("orders.order", order.pk, MORNING + timedelta(hours=1))
    assert entry.data == {"from": "AWAITING_ACCEPTANCE", "to": "CLOSED", "reason": "ACCEPTANCE_TIMEOUT"}
    assert moments == [
        "To accept → Closed: not accepted in time Mirakl · 20 Nov 2026, 09:00:00",
        "Placed at Nordlicht the customer · 20 Nov 2026, 08:00:00",
    ]


def test_the_timeline_tells_the_life_of_an_action_and_leads_out_of_a_failure(annas_browser: Client) -> None:
    action = action_in(State.FAILED, code="OUT_OF_STOCK", ended_at=MOMENT + timedelta(seconds=34))

    root = parsed(annas_browser.get(f"/orders/{action.target_id}/?show=errors"))

    (moment,) = root.all("li", class_="moment")
    assert "Accept 1 line: Failed" in moment.text
    assert "Asked 08:00:00 → Left us 08:00:00 → Failed 08:00:34 (34 s)" in moment.text
    assert [link.text.partition(" ")[0] for link in moment.all("a")] == ["Fix", "Details"]
    assert root.one(id="part-errors").attributes["aria-current"] == "true"
    assert [root.one(id=f"part-{part}").one("span").text for part in ("all", "actions", "mirakl", "errors")] == [
        "2", "1", "1", "1",
    ]  # fmt: skip


def test_a_part_of_the_timeline_comes_as_the_same_fragment_and_is_kept_by_what_looks_again(
    annas_browser: Client,
) -> None:
    order = order_to_accept()
    asked(order)

    answer = annas_browser.get(f"/orders/{order.pk}/?back=view%3Dall&show=actions", headers=to("order"))

    poll = parsed(answer).one(class_="poll").one("a").attributes["href"]
    assert b"<html" not in answer.content
    assert poll == f"/orders/{order.pk}/?back=view%3Dall&show=actions"
    assert len(parsed(answer).all("li", class_="moment")) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_busy_order_costs_the_same_for_any_number_of_lines_actions_and_entries(
    annas_browser: Client, number: int, django_assert_num_queries: Any
) -> None:
    order = order_to_accept(lines=number)
    for hour in range(number):
        action = action_in(State.FAILED)
        type(action).objects.filter(pk=action.pk).update(target_id=order.pk, **HOLDS[State.FAILED])
        Entry.objects.create(
            object_type="orders.order", object_id=order.pk, verb="orders.status", actor="mirakl",
            at=MORNING + timedelta(hours=hour), data={"from": "SHIPPED", "to": "CLOSED", "reason": ""},
        )  # fmt: skip

    with django_assert_num_queries(10):  # without the shell around it
        annas_browser.get(f"/orders/{order.pk}/", headers=to("order"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["Zoë Ferrari", "1 High Street", "AB1 2CD Leeds", "Elbonia"]),
        ({"country_iso_code": "GBR"}, ["Zoë Ferrari", "1 High Street", "Leeds", "AB1 2CD", "Elbonia"]),
        (
            {"country_iso_code": "USA", "state": "CA", "zip_code": "90210"},
            ["Zoë Ferrari", "1 High Street", "Leeds, CA 90210", "Elbonia"],
        ),
        (
            {"country_iso_code": "ITA", "state": "MI", "country": ""},
            ["Zoë Ferrari", "1 High Street", "AB1 2CD Leeds MI", "ITA"],
        ),
        ({"country_iso_code": "ESP", "state": "Soria"}, [
            "Zoë Ferrari", "1 High Street", "AB1 2CD Leeds (Soria)", "Elbonia"]),
        ({"first_name": "", "last_name": "", "company": "Café"}, ["Café", "1 High Street", "AB1 2CD Leeds", "Elbonia"]),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(fields: dict[str, str], expected: list[str]) -> None:
    plain = {
        "first_name": "Zoë", "last_name": "Ferrari", "street": "1 High Street", "zip_code": "AB1 2CD",
        "city": "Leeds", "country": "Elbonia",
    }  # fmt: skip

    assert lines_of(Address(**{**plain, **fields})) == expected


def test_a_price_that_cannot_be_divided_says_so(annas_browser: Client) -> None:
    order = place(order_lines=[line(quantity=3, price=euros("10.00")), line(quantity=0, price=euros("1.00"))])

    cells = [cell.text for cell in page_of(annas_browser, order).all("td", **{"data-label": "Each"})]

    assert cells == ["≈ 3.3333 EUR", "–"]


def test_the_page_leads_to_the_orders_before_and_after_in_the_list_one_came_from(annas_browser: Client) -> None:
    first, here, last = place_all([payload(created_at=MORNING + timedelta(hours=hour)) for hour in range(3)])
    place(status="SHIPPED")
    back = "?back=view%3Dto_accept%26sort%3Dcreated"

    ends = [page_of(annas_browser, order, back) for order in (first, last)]
    root = page_of(annas_browser, here, back)
    ways = {way: root.one("a", rel=way).attributes["href"] for way in ("prev", "next")}

    assert ways == {"prev": f"/orders/{first.pk}/{back}", "next": f"/orders/{last.pk}/{back}"}
    assert [len(one.all("a", rel="prev")) + len(one.all("a", rel="next")) for one in ends] == [1, 1]
    assert page_of(annas_browser, here).all("a", rel="next") == []
