from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.mirakl import reading
from backoffice.mirakl.connect.types import (
    Adjustment,
    CustomAttribute,
    Fulfillment,
    Money,
    Order,
    OrderLine,
    Tax,
    read,
)
from backoffice.mirakl.errors import Unreadable

NEWEST = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
BARE = {"id": "A-1", "updated_at": "2026-02-03T04:05:06Z"}
EUR_5 = {"amount": 5, "currency": "EUR"}


def order(**fields: Any) -> Order:
    return read(json.dumps({**BARE, **fields}).encode(), Order)


def line(**fields: Any) -> OrderLine:
    return order(order_lines=[fields]).order_lines[0]


def price(amount: str) -> Decimal:
    """The amount that this JSON text becomes."""
    text = f'{{"id":"A-1","updated_at":"2026-02-03T04:05:06Z","order_lines":[{{"price":{{"amount":{amount}}}}}]}}'
    return read(text.encode(), Order).order_lines[0].price.amount


def why_unreadable(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(raw, Order)
    return str(caught.value)


def test_missing_fields_have_defaults() -> None:
    assert order() == Order(id="A-1", updated_at=NEWEST)


def test_null_is_like_missing_at_every_depth() -> None:
    names = [name for name in Order.__struct_fields__ if name not in BARE]
    whole = order(**dict.fromkeys(names))
    inner = order(fulfillment={"type": "FULFILLED_BY_SELLER", "code": None}, order_lines=[None, {"quantity": None}])

    assert whole == order()
    assert inner == order(fulfillment={"type": "FULFILLED_BY_SELLER"}, order_lines=[{}])


def test_unknown_fields_are_ignored() -> None:
    assert order(origin={"channel_id": "7", "channel_type": "AGENTIC"}, weather=[1, {"a": None}]) == order(
        origin={"channel_id": "7"}
    )


def test_unknown_enumeration_values_stay_as_text() -> None:
    unknown = order(status="TELEPORTED", status_reason="WHY_NOT", fulfillment={"type": "BY_DRONE"})

    assert (unknown.status, unknown.status_reason, unknown.fulfillment) == (
        "TELEPORTED",
        "WHY_NOT",
        Fulfillment("BY_DRONE"),
    )


@pytest.mark.parametrize(
    "text",
    ["0.1", "0.30000000000000000004", "1234567890123456789012345678", "12345678901234567890.12345678", "1E+2", "10.00"],
)
def test_amount_is_exact_as_number_and_as_text(text: str) -> None:
    assert [str(price(text)), str(price(f'"{text}"'))] == [text, text]


def test_amounts_add_up_where_floats_would_not() -> None:
    assert price("0.1") + price("0.2") == Decimal("0.3")


@pytest.mark.parametrize("amount", ['"NaN"', '"sNaN1"', '"Infinity"', '" -inf "', "NaN", '"12,50"', '""', "true", "{}"])
def test_amount_that_is_no_finite_number_is_unreadable(amount: str) -> None:
    with pytest.raises(Unreadable):
        price(amount)


def test_tax_rate_that_is_no_finite_number_is_unreadable() -> None:
    with pytest.raises(Unreadable, match=r"order_lines\[0\]\.taxes\[0\]\.rate: a finite number is expected"):
        line(taxes=[{"rate": "NaN"}])


def test_whole_line_is_read() -> None:
    tax = {"code": "VAT", "amount": EUR_5, "rate": 0.2, "channel_collectible": EUR_5}
    adjustment = {"id": "9", "type": "REFUND", "created_at": "2026-02-03T04:05:06Z", "quantity": 1, "price": EUR_5}
    money = Money(Decimal(5), "EUR")

    assert line(price=EUR_5, quantity=3, taxes=[tax], adjustments=[adjustment], can_refund=True) == OrderLine(
        price=money,
        quantity=3,
        taxes=[Tax("VAT", money, Decimal("0.2"), money)],
        adjustments=[Adjustment(id="9", type="REFUND", created_at=NEWEST, quantity=1, price=money)],
        can_refund=True,
    )


def test_other_spellings_are_understood() -> None:
    spelled = order(id=17, updated_at="2026-02-03T04:05:06", order_lines=[{"quantity": "10", "can_cancel": "true"}])

    assert spelled == Order(id="17", updated_at=NEWEST, order_lines=[OrderLine(quantity=10, can_cancel=True)])


def test_date_time_without_a_zone_is_utc() -> None:
    assert order(updated_at="2026-02-03T04:05:06") == order()


def test_custom_attribute_keeps_its_value_exactly() -> None:
    values = ["text", Decimal("12.10"), 12345678901234567890123, True, ["a", "b"]]
    text = b'["text", 12.10, 12345678901234567890123, true, ["a", "b"]]'
    given_ones = b",".join(b'{"id":"x","value":%s}' % value for value in text[1:-1].split(b", ", 4))
    raw = b'{"id":"A-1","updated_at":"2026-02-03T04:05:06Z","custom_attributes":[%s]}' % given_ones

    assert read(raw, Order).custom_attributes == [CustomAttribute("x", "", value) for value in values]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": None}, "id: it is missing."),
        ({"updated_at": "Carla Muster"}, "updated_at: a date-time is expected, not such a text."),
        ({"updated_at": 5}, "updated_at: a date-time is expected, not a number."),
        ({"order_lines": {}}, "order_lines: a list is expected, not an object."),
        ({"order_lines": [{}, "Carla"]}, "order_lines[1]: an object is expected, not a text."),
        ({"order_lines": [{"quantity": 1.5}]}, "order_lines[0].quantity: a whole number is expected."),
        ({"order_lines": [{"quantity": "1e99"}]}, "order_lines[0].quantity: a whole number is expected."),
        ({"order_lines": [{"can_cancel": "no"}]}, "order_lines[0].can_cancel: true or false is expected, not a text."),
        ({"shipping_info": {"address": ["x"]}}, "shipping_info.address: an object is expected, not a list."),
        ({"status": True}, "status: a text is expected, not true or false."),
    ],
)
def test_unreadable_record_names_the_field_and_not_its_value(fields: dict[str, Any], reason: str) -> None:
    assert why_unreadable(json.dumps({**BARE, **fields}).encode()) == f"The answer cannot be read. {reason}"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "It is empty."),
        (b"{", "Its JSON is broken."),
        (b'{"id":"\xff"}', "Its JSON is broken."),
        (b'{"id":"\\ud800","updated_at":"2026-02-03T04:05:06Z"}', "Its JSON is broken."),
        (b"[]", "an object is expected, not a list."),
        (b'{"id":"1","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "It is nested too deeply."),
    ],
)
def test_broken_text_is_unreadable(raw: bytes, reason: str) -> None:
    assert why_unreadable(raw) == f"The answer cannot be read. {reason}"


names = st.sampled_from((*Order.__struct_fields__, *OrderLine.__struct_fields__, "amount", "currency", "rate"))
json_values = st.recursive(
    st.sampled_from([None, True, 0, 1.5, -7, 10**30, "", "10", "NaN", "x", "2026-02-03T04:05:60", "true"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(database=None, deadline=None)
@given(st.dictionaries(names, json_values, max_size=4))
def test_any_json_is_read_or_unreadable(fields: dict[str, Any]) -> None:
    raw = json.dumps({**BARE, **fields}).encode()

    try:
        found = read(raw, Order)
    except Unreadable:
        return
    assert isinstance(found, Order)


def test_both_ways_of_reading_agree() -> None:
    whole = {
        **BARE,
        "anonymized_at": "2026-02-03T04:05:06.5Z",
        "shipping_info": {"email": "a@b.test", "delivery_date": {"latest": "2026-02-03T04:05:06Z"}},
        "order_lines": [{"price": {"amount": 1.10, "currency": "EUR"}, "taxes": [{"rate": 0.2}], "can_cancel": True}],
        "custom_attributes": [{"id": "x", "type": "LIST", "value": ["a"]}],
    }
    raw = json.dumps(whole).encode()

    assert reading._read_slowly(raw, Order) == read(raw, Order)
