"""Cancelling, refunding, shipping, reporting: what exactly leaves, and what is never sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.inputs.orders import (
    Cancelation,
    Refund,
    Report,
    ReportedFault,
    Shipment,
    ShippedItem,
    Tax,
)
from backoffice.mirakl.errors import NotYet, OutcomeUnknown
from backoffice.mirakl.limits import Amount
from tests.mirakl.calling import client_at
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.test_accept_order_lines import LOST, TAKEN, answer
from tests.mirakl.watched import Watched

LATER = datetime(2026, 2, 3, 6, 5, 6, 789_000, tzinfo=timezone(timedelta(hours=2)))
REPORTED = answer('{"actions":[{"action_id":"a-1"}]}', "200 OK")


def eur(text: str) -> Amount:
    return Amount(amount=Decimal(text), currency="EUR")


def cancelation(**fields: Any) -> Cancelation:
    least = {"order_line_id": "L-1", "quantity": 1, "price": eur("10.00"), "shipping_price": eur("0")}
    return Cancelation(**{**least, "reason": "OUT_OF_STOCK", **fields})


def refund(**fields: Any) -> Refund:
    least = {"order_line_id": "L-1", "price": eur("0.10"), "shipping_price": eur("0")}
    return Refund(**{**least, "reason": "DEFECT", **fields})


def shipment(**fields: Any) -> Shipment:
    return Shipment(**{"items": [ShippedItem(order_line_id="L-1", quantity=1)], **fields})


def report(**fields: Any) -> Report:
    least = {"type": "SYNCHRONIZE_ORDER", "status": "SUCCESS", "entity_type": "ORDER", "entity_id": "O-1"}
    return Report(**{**least, "executed_at": LATER, **fields})


VERBS: dict[str, tuple[str, str, Callable[[Connect, str], object]]] = {
    "cancel": (TAKEN, "v2-cancelOrderLines", lambda api, order_id: api.cancel_order_lines(order_id, [cancelation()])),
    "refund": (TAKEN, "v2-refundOrderLines", lambda api, order_id: api.refund_order_lines(order_id, [refund()])),
    "ship": (TAKEN, "v2-createShipment", lambda api, order_id: api.create_shipment(order_id, shipment())),
    "report": (
        REPORTED,
        "v2-reportOrderActions",
        lambda api, order_id: api.report_order_actions([report(entity_id=order_id)]),
    ),
}
AIMED = {name: verb for name, verb in VERBS.items() if name != "report"}


def sent(call: Callable[[Connect], object], text: str = TAKEN) -> tuple[str, str]:
    """The request line and the body that leave, in a request that says it is JSON of that length."""
    with Scripted(text) as server:
        call(client_at(server.url))

    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert {"Content-Type: application/json", f"Content-Length: {len(body)}"} <= set(lines)
    return lines[0], body.decode()


def test_least_cancelation_is_these_bytes() -> None:
    request = sent(lambda api: api.cancel_order_lines("O-1", [cancelation()]))

    assert request == (
        "POST /v2/orders/O-1/cancel HTTP/1.1",
        (
            '{"cancelations":[{"order_line_id":"L-1","quantity":1,"price":{"amount":10.00,"currency":"EUR"},'
            '"shipping_price":{"amount":0,"currency":"EUR"},"reason":"OUT_OF_STOCK"}]}'
        ),
    )


def test_whole_cancelation_is_these_bytes() -> None:
    whole = cancelation(
        product_id="SKU é",
        quantity=0,
        price=Amount(amount=Decimal("12345678901234.5678"), currency="JPY"),
        shipping_price=eur("4.90"),
        taxes=[Tax(code="VAT", amount=eur("2.10")), Tax(code="ECO", amount=eur("0.013"))],
        shipping_taxes=(Tax(code="VAT", amount=eur("0.98")),),
    )

    request = sent(lambda api: api.cancel_order_lines("O-1", [whole, cancelation(order_line_id="L-2")]))

    assert request[1] == (
        '{"cancelations":[{"order_line_id":"L-1","product_id":"SKU é","quantity":0,'
        '"price":{"amount":12345678901234.5678,"currency":"JPY"},"shipping_price":{"amount":4.90,"currency":"EUR"},'
        '"reason":"OUT_OF_STOCK","taxes":[{"code":"VAT","amount":{"amount":2.10,"currency":"EUR"}},'
        '{"code":"ECO","amount":{"amount":0.013,"currency":"EUR"}}],'
        '"shipping_taxes":[{"code":"VAT","amount":{"amount":0.98,"currency":"EUR"}}]},'
        '{"order_line_id":"L-2","quantity":1,"price":{"amount":10.00,"currency":"EUR"},'
        '"shipping_price":{"amount":0,"currency":"EUR"},"reason":"OUT_OF_STOCK"}]}'
    )


def test_least_refund_is_these_bytes() -> None:
    request = sent(lambda api: api.refund_order_lines("O-1", [refund()]))

    assert request == (
        "POST /v2/orders/O-1/refund HTTP/1.1",
        (
            '{"refunds":[{"order_line_id":"L-1","price":{"amount":0.10,"currency":"EUR"},'
            '"shipping_price":{"amount":0,"currency":"EUR"},"reason":"DEFECT"}]}'
        ),
    )


def test_whole_refund_is_these_bytes_and_a_quantity_of_nought_is_not_left_out() -> None:
    taxes = [Tax(code="VAT", amount=eur("0.02"))]
    whole = refund(product_id="SKU", quantity=0, shipping_price=eur("1"), taxes=taxes, shipping_taxes=taxes)

    request = sent(lambda api: api.refund_order_lines("O-1", [whole]))

    assert request[1] == (
        '{"refunds":[{"order_line_id":"L-1","product_id":"SKU","quantity":0,'
        '"price":{"amount":0.10,"currency":"EUR"},"shipping_price":{"amount":1,"currency":"EUR"},"reason":"DEFECT",'
        '"taxes":[{"code":"VAT","amount":{"amount":0.02,"currency":"EUR"}}],'
        '"shipping_taxes":[{"code":"VAT","amount":{"amount":0.02,"currency":"EUR"}}]}]}'
    )


def test_least_shipment_is_these_bytes_and_empty_texts_are_left_out() -> None:
    least = shipment(carrier="", tracking_number="", tracking_url="", return_tracking_number="", warehouse_id="")

    request = sent(lambda api: api.create_shipment("O-1", least))

    assert request == (
        "POST /v2/orders/O-1/shipments HTTP/1.1",
        '{"items":[{"order_line_id":"L-1","quantity":1}]}',
    )


def test_whole_shipment_is_these_bytes() -> None:
    whole = Shipment(
        items=[ShippedItem(order_line_id="L-1", id="SKU", quantity=2), ShippedItem(order_line_id="L-2", quantity=1)],
        carrier="DHL Express",
        tracking_number="JD 0146/é",
        tracking_url="https://track.test/?n=1&m=2",
        return_tracking_number="R-1",
        warehouse_id="W-1",
    )

    request = sent(lambda api: api.create_shipment("O-1", whole))

    assert request[1] == (
        '{"items":[{"order_line_id":"L-1","id":"SKU","quantity":2},{"order_line_id":"L-2","quantity":1}],'
        '"carrier":"DHL Express","tracking_number":"JD 0146/é","tracking_url":"https://track.test/?n=1&m=2",'
        '"return_tracking_number":"R-1","warehouse_id":"W-1"}'
    )


def test_least_report_is_these_bytes() -> None:
    request = sent(lambda api: api.report_order_actions([report()]), REPORTED)

    assert request == (
        "POST /v2/orders/actions HTTP/1.1",
        (
            '{"actions":[{"type":"SYNCHRONIZE_ORDER","status":"SUCCESS","entity_type":"ORDER","entity_id":"O-1",'
            '"executed_at":"2026-02-03T04:05:06.789Z"}]}'
        ),
    )


def test_whole_report_is_these_bytes() -> None:
    faults = [ReportedFault(code="OTHER", message="é" * 2000), ReportedFault(code="TOO_MANY_REQUEST", message="M")]
    whole = report(type="SYNCHRONIZE_ORDER_UPDATE", status="FAILED", errors=faults)

    request = sent(lambda api: api.report_order_actions([whole]), REPORTED)

    assert request[1] == (
        '{"actions":[{"type":"SYNCHRONIZE_ORDER_UPDATE","status":"FAILED","entity_type":"ORDER","entity_id":"O-1",'
        '"executed_at":"2026-02-03T04:05:06.789Z","errors":[{"code":"OTHER","message":"%s"},'
        '{"code":"TOO_MANY_REQUEST","message":"M"}]}]}' % ("é" * 2000)
    )


@pytest.mark.parametrize("name", AIMED)
def test_order_id_is_one_segment_of_the_address(name: str) -> None:
    _, _, call = AIMED[name]

    line, _ = sent(lambda api: call(api, "0002_a/b %2F+é?#..;"))

    verb = {"ship": "shipments"}.get(name, name)
    assert line == f"POST /v2/orders/0002_a%2Fb%20%252F%2B%C3%A9%3F%23..%3B/{verb} HTTP/1.1"


@pytest.mark.parametrize("order_id", ["", ".", ".."])
@pytest.mark.parametrize("name", AIMED)
def test_order_id_that_is_no_segment_is_not_sent(name: str, order_id: str) -> None:
    with Scripted(TAKEN) as server, pytest.raises(ValueError, match=r"order_id: .* cannot be a part of an address"):
        AIMED[name][2](client_at(server.url), order_id)

    assert server.connections == 0


def cancel(*cancelations: Cancelation) -> Callable[[Connect], object]:
    return lambda api: api.cancel_order_lines("O", cancelations)


def give_back(*refunds: Refund) -> Callable[[Connect], object]:
    return lambda api: api.refund_order_lines("O", refunds)


def ship(**fields: Any) -> Callable[[Connect], object]:
    return lambda api: api.create_shipment("O", shipment(**fields))


def tell(*reports: Report) -> Callable[[Connect], object]:
    return lambda api: api.report_order_actions(reports)


REASONS = "AGREEMENT, CUSTOMER_CANCELATION, DEFECT, ITEM_NOT_RECEIVED, OUT_OF_STOCK, RETURN, UNABLE_TO_DELIVER"
NO_TAX = Tax(code="", amount=eur("1"))
REFUSED: list[tuple[Callable[[Connect], object], str]] = [
    (cancel(), "cancelations: a list of 1 or more items is expected."),
    (cancel(cancelation(order_line_id="")), "cancelations[0].order_line_id: a text of 1 or more characters"),
    (cancel(cancelation(), cancelation(quantity=-1)), "cancelations[1].quantity: a whole number of 0 or more"),
    (cancel(cancelation(quantity=1.5)), "cancelations[0].quantity: a whole number of 0 or more is expected."),
    (cancel(cancelation(quantity=None)), "cancelations[0].quantity: a whole number of 0 or more is expected."),
    (cancel(cancelation(reason="CHANNEL_SPECIFIC")), f"cancelations[0].reason: one of {REASONS} is expected."),
    (cancel(cancelation(price=eur("-0.01"))), "cancelations[0].price.amount: a number of 0 or more is expected."),
    (cancel(cancelation(price=None)), "cancelations[0].price: an Amount is expected."),
    (cancel(cancelation(shipping_price=None)), "cancelations[0].shipping_price: an Amount is expected."),
    (cancel(cancelation(taxes=[NO_TAX])), "cancelations[0].taxes[0].code: a text of 1 or more characters"),
    (give_back(), "refunds: a list of 1 or more items is expected."),
    (give_back(refund(order_line_id="")), "refunds[0].order_line_id: a text of 1 or more characters is expected."),
    (give_back(refund(quantity=-1)), "refunds[0].quantity: a whole number of 0 or more is expected."),
    (give_back(refund(quantity=None)), "refunds[0].quantity: a whole number of 0 or more is expected."),
    (give_back(refund(reason="")), f"refunds[0].reason: one of {REASONS} is expected."),
    (give_back(refund(price=Amount(amount=Decimal(1), currency="eur"))), "refunds[0].price.currency: a currency of"),
    (give_back(refund(shipping_taxes=[NO_TAX])), "refunds[0].shipping_taxes[0].code: a text of 1 or more"),
    (ship(items=[]), "items: a list of 1 or more items is expected."),
    (ship(items=[ShippedItem(order_line_id="L", quantity=0)]), "items[0].quantity: a whole number of 1 or more is"),
    (ship(items=[ShippedItem(order_line_id="", quantity=1)]), "items[0].order_line_id: a text of 1 or more"),
    (ship(carrier=None), "carrier: a text is expected."),
    (ship(warehouse_id=7), "warehouse_id: a text is expected."),
    (tell(), "actions: a list of 1 to 100 items is expected."),
    (tell(*[report()] * 101), "actions: a list of 1 to 100 items is expected."),
    (tell(report(status="FAILED")), "actions[0].errors: a report of FAILED needs at least one."),
    (tell(report(), report(type="SHIP")), "actions[1].type: one of SYNCHRONIZE_ORDER, SYNCHRONIZE_ORDER_UPDATE is"),
    (tell(report(status="PENDING")), "actions[0].status: one of FAILED, SUCCESS is expected."),
    (tell(report(entity_type="RETURN")), "actions[0].entity_type: ORDER is expected."),
    (tell(report(entity_id="")), "actions[0].entity_id: a text of 1 or more characters is expected."),
    (tell(report(executed_at=LATER.replace(tzinfo=None))), "actions[0].executed_at: a date-time with a time zone is"),
    (
        tell(report(errors=[ReportedFault(code="OTHER", message="")])),
        "actions[0].errors[0].message: a text of 1 to 2000 characters is expected.",
    ),
    (
        tell(report(errors=[ReportedFault(code="OTHER", message="M" * 2001)])),
        "actions[0].errors[0].message: a text of 1 to 2000 characters is expected.",
    ),
]


@pytest.mark.parametrize(("call", "fault"), REFUSED, ids=[fault for _, fault in REFUSED])
def test_what_connect_would_refuse_is_named_and_not_sent(call: Callable[[Connect], object], fault: str) -> None:
    with Scripted(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        call(client_at(server.url))

    assert server.connections == 0


def test_code_that_connect_does_not_take_in_a_report_is_not_sent() -> None:
    code: Any = "PAYMENT_REQUIRED"  # Connect's own actions may fail with it
    told = report(status="FAILED", errors=[ReportedFault(code=code, message="M")])

    with pytest.raises(ValueError, match=r"^actions\[0\]\.errors\[0\]\.code: one of ACTION_NOT_SUPPORTED, ") as caught:
        client_at("http://127.0.0.1:9").report_order_actions([told])

    assert code not in str(caught.value)


def test_ids_of_reports_come_in_their_order() -> None:
    body = '{"new":1,"actions":[{"action_id":"a-2","x":{}},{"action_id":"a-1"}]}'
    with Scripted(answer(body, "200 OK")) as server:
        ids = client_at(server.url).report_order_actions([report(), report()])

    assert ids == ["a-2", "a-1"]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"actions":null}',
        '{"actions":[]}',
        '{"actions":[{"action_id":"a-1"},{"action_id":"a-2"}]}',
        '{"actions":[{"action_id":""}]}',
        '{"actions":[null]}',
    ],
)
def test_report_without_an_id_for_each_leaves_the_outcome_unknown(body: str) -> None:
    with Scripted(answer(body, "200 OK")) as server, pytest.raises(OutcomeUnknown):
        client_at(server.url).report_order_actions([report()])

    assert server.connections == 1


@pytest.mark.parametrize("lost", ["closed after the request is read", "cut in the body", "a web page", "without an id"])
@pytest.mark.parametrize("name", VERBS)
def test_answer_that_is_lost_or_unreadable_leaves_the_outcome_unknown(name: str, lost: str) -> None:
    watcher, naps = Watched(), list[float]()
    with Scripted(LOST[lost]) as server, pytest.raises(OutcomeUnknown):
        VERBS[name][2](client_at(server.url, watcher=watcher, sleep=naps.append), "O-1")

    assert (server.connections, naps) == (1, [])
    assert watcher.told == [f"departing {VERBS[name][1]}", f"{VERBS[name][1]} OutcomeUnknown"]


def test_reports_are_told_once_a_minute(client_of: MakeClient) -> None:
    with Scripted(REPORTED) as server:
        api = client_of(base_url=server.url, paced=True)
        api.report_order_actions([report()])
        before = datetime.now(UTC)

        with pytest.raises(NotYet) as caught:
            api.report_order_actions([report()])

    assert timedelta(seconds=55) < caught.value.until - before <= timedelta(seconds=60, milliseconds=100)
    assert len(server.requests) == 1
