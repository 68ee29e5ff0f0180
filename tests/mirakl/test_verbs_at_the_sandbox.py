"""What our verbs do to an order, seen through another call; and what each way of failing is for our client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.inputs.orders import Report, ReportedFault, Shipment, ShipmentV1, ShippedItem
from backoffice.mirakl.connect.types import Money, Order, OrderLine, read
from backoffice.mirakl.errors import Invalid, NotAuthorised, NotFound, OutcomeUnknown, TooSoon
from backoffice.mirakl.values import parse_moment
from tests.mirakl.calling import first_page
from tests.mirakl.conftest import MakeClient
from tests.mirakl.test_order_verbs import AIMED, LATER, VERBS, cancelation, eur, refund, report, shipment
from tests.sandbox.lines import place
from tests.sandbox_server import RunningSandbox


def order_of(api: Connect, order_id: str) -> Order:
    (raw,) = first_page(api, order_ids=[order_id]).data
    return read(raw, Order)


def line_of(api: Connect, order_id: str) -> OrderLine:
    return order_of(api, order_id).order_lines[0]


def end(api: Connect, action_id: str) -> tuple[str, list[str]]:
    found = api.get_action_status(action_id)
    return found.status, [error.code for error in found.errors]


def parcel(order_id: str, quantity: int = 3, **fields: Any) -> Shipment:
    return Shipment(items=[ShippedItem(order_line_id=f"{order_id}-1", quantity=quantity)], **fields)


def test_cancelation_takes_units_and_money_off_the_line(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox)

    action_id = api.cancel_order_lines(order_id, [cancelation(order_line_id=f"{order_id}-1", shipping_price=eur("1"))])

    assert end(api, action_id) == ("SUCCESS", [])
    line = line_of(api, order_id)
    assert (line.quantity, line.price, line.total_shipping_price) == (
        2,
        Money(Decimal("20.00"), "EUR"),
        Money(Decimal("3.90"), "EUR"),
    )
    assert [(one.type, one.quantity, one.price.amount) for one in line.adjustments] == [("CANCELATION", 1, Decimal(10))]


def test_refund_is_an_adjustment_and_leaves_the_units(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox, "SHIPPED")

    action_id = api.refund_order_lines(order_id, [refund(order_line_id=f"{order_id}-1", price=eur("0.10"))])

    assert end(api, action_id) == ("SUCCESS", [])
    line = line_of(api, order_id)
    assert (line.quantity, line.price.amount) == (3, Decimal("30.00"))
    assert [(one.type, one.reason, one.price) for one in line.adjustments] == [
        ("REFUND", "DEFECT", Money(Decimal("0.10"), "EUR"))
    ]


def test_refund_above_what_is_left_fails_the_action(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox, "SHIPPED")

    action_id = api.refund_order_lines(order_id, [refund(order_line_id=f"{order_id}-1", price=eur("30.01"))])

    assert end(api, action_id) == ("FAILED", ["INVALID_INPUT"])
    assert line_of(api, order_id).adjustments == []


def test_shipment_of_all_units_ships_the_order_and_keeps_what_was_said(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox)

    action_id = api.create_shipment(order_id, parcel(order_id, carrier="DHL", tracking_number="T-1"))

    assert end(api, action_id) == ("SUCCESS", [])
    assert order_of(api, order_id).status == "SHIPPED"
    (kept,) = sandbox.shipments()
    assert (kept["carrier"], kept["tracking_number"]) == ("DHL", "T-1")


def test_second_identical_shipment_fails_its_action(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox)

    ends = [end(api, api.create_shipment(order_id, parcel(order_id, 2))) for _ in range(2)]

    assert [status for status, _ in ends] == ["SUCCESS", "FAILED"]
    assert len(sandbox.shipments()) == 1


def test_reports_are_kept_as_they_were_told(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox)
    fault = ReportedFault(code="OUT_OF_STOCK", message="Nothing on the shelf.")
    reports: list[Report] = [
        report(entity_id=order_id),
        report(entity_id=order_id, status="FAILED", errors=[fault]),
    ]

    ids = api.report_order_actions(reports)

    kept = sandbox.reports()
    assert [one["id"] for one in kept] == ids
    assert [one["status"] for one in kept] == ["SUCCESS", "FAILED"]
    assert kept[1]["errors"] == [{"code": "OUT_OF_STOCK", "message": "Nothing on the shelf."}]
    assert parse_moment(kept[0]["executed_at"]) == LATER


@pytest.mark.filterwarnings("ignore:.*is deprecated at Mirakl:DeprecationWarning")
def test_older_calls_are_done_when_they_return(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox, "AWAITING_ACCEPTANCE")
    api.accept_order_lines_v1(order_id, {f"{order_id}-1": True})
    sandbox.step_order(order_id, "AWAITING_SHIPMENT")

    items = [ShippedItem(order_line_id=f"{order_id}-1", quantity=3)]
    shipped = api.create_shipment_v1(order_id, ShipmentV1(items=items, carrier="DHL"))

    assert (shipped.carrier, [item.quantity for item in shipped.items]) == ("DHL", [3])
    assert [read(raw, Order).status for page in api.list_orders_v1(order_ids=[order_id]) for raw in page.data] == [
        "SHIPPED"
    ]
    with pytest.raises(Invalid) as caught:
        api.accept_order_lines_v1(order_id, {f"{order_id}-1": True})
    assert (caught.value.status, caught.value.code) == (400, "ORDER_IN_WRONG_STATE")


@pytest.mark.filterwarnings("ignore:.*is deprecated at Mirakl:DeprecationWarning")
def test_tracking_tells_the_same_as_the_action(sandbox: RunningSandbox, api: Connect) -> None:
    order_id = place(sandbox)
    action_id = api.create_shipment(order_id, parcel(order_id))

    assert api.get_order_tracking_v1(action_id) == api.get_action_status(action_id)


@pytest.mark.parametrize("name", AIMED)
def test_order_or_line_that_connect_does_not_know_is_not_found(
    sandbox: RunningSandbox, api: Connect, name: str
) -> None:
    order_id = place(sandbox)

    with pytest.raises(NotFound) as no_order:
        AIMED[name][2](api, "no/such é")
    with pytest.raises(NotFound) as no_line:
        AIMED[name][2](api, order_id)

    assert [caught.value.code for caught in (no_order, no_line)] == ["DATA_NOT_FOUND"] * 2
    assert sandbox.actions() == []


@pytest.mark.parametrize("name", VERBS)
def test_refusal_of_rights_and_of_haste_is_told_and_nothing_is_done(
    sandbox: RunningSandbox, client_of: MakeClient, api: Connect, name: str
) -> None:
    stranger = client_of(client_id="demo-channel", secret="demo-channel-secret")
    sandbox.fault(VERBS[name][1], kind="429", retry_after=7)

    with pytest.raises(TooSoon) as too_soon:
        VERBS[name][2](api, "O-1")
    with pytest.raises(NotAuthorised) as no_right:
        VERBS[name][2](stranger, "O-1")

    assert (too_soon.value.retry_after, no_right.value.status) == (7, 403)
    assert (sandbox.actions(), sandbox.reports()) == ([], [])


@pytest.mark.parametrize("verb", ["cancel", "refund", "ship"])
def test_write_whose_answer_is_cut_off_was_taken_once(sandbox: RunningSandbox, api: Connect, verb: str) -> None:
    order_id = place(sandbox)
    line = f"{order_id}-1"
    sandbox.fault(VERBS[verb][1], kind="cut", when="after_commit")

    with pytest.raises(OutcomeUnknown):
        {
            "cancel": lambda: api.cancel_order_lines(order_id, [cancelation(order_line_id=line)]),
            "refund": lambda: api.refund_order_lines(order_id, [refund(order_line_id=line)]),
            "ship": lambda: api.create_shipment(order_id, shipment(items=parcel(order_id).items)),
        }[verb]()

    assert (len(sandbox.writes()), len(sandbox.actions())) == (1, 1)
