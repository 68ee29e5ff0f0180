"""What is asked about orders, and done to their lines; the deprecated calls, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.mirakl.connect.inputs import orders
from tests.contract.drives.drive import PAST, Drive, found, money, rows, status_read
from tests.contract.stage import Ids, Json, Stage


def _decided(status: str, reason: str | None = None) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        line = stage.line()
        assert (line["status"] in status.split(), line.get("status_reason")) == (True, reason)

    return shown


def _cancelation(ids: Ids, **more: Any) -> orders.Cancelation:
    return orders.Cancelation(
        order_line_id=ids.line,
        quantity=1,
        price=money(ids, "1.25"),
        shipping_price=money(ids, "0"),
        reason="OUT_OF_STOCK",
        **more,
    )


def _refund(ids: Ids, **more: Any) -> orders.Refund:
    return orders.Refund(
        order_line_id=ids.line, price=money(ids, "1.25"), shipping_price=money(ids, "0"), reason="AGREEMENT", **more
    )


def _taxes(ids: Ids) -> Json:
    return {
        "product_id": ids.sku,
        "taxes": [orders.Tax(code=ids.tax, amount=money(ids, "0.25"))],
        "shipping_taxes": [orders.Tax(code=ids.shipping_tax, amount=money(ids, "0.01"))],
    }


def _adjusted(kind: str, quantity: int, taxes: list[str]) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        line = stage.line()
        [adjustment] = line["adjustments"]
        assert (adjustment["type"], adjustment["price"]["amount"]) == (kind, 1.25)
        assert [str(tax["amount"]["amount"]) for tax in adjustment.get("taxes", [])] == taxes
        assert line["quantity"] == quantity

    return shown


def _shipped(**wanted: str) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        [shipment] = stage.sandbox.shipments()
        [item] = shipment["items"]
        assert (shipment["order_id"], item["order_line_id"], item["quantity"]) == (stage.ids.order, stage.ids.line, 3)
        assert {name: shipment[name] for name in wanted} == wanted
        assert stage.line()["status"] == "SHIPPED"

    return shown


PARCEL = {
    "carrier": "Colissimo",
    "tracking_number": "6A 123",
    "tracking_url": "https://parcels.example/6A?x=1&y=é",
    "return_tracking_number": "R-1",
}


def _items(ids: Ids, **more: Any) -> list[orders.ShippedItem]:
    return [orders.ShippedItem(order_line_id=ids.line, quantity=3, **more)]


def _report(ids: Ids, **more: Any) -> orders.Report:
    return orders.Report(
        type="SYNCHRONIZE_ORDER",
        entity_type="ORDER",
        entity_id=ids.order,
        executed_at=PAST,
        **{"status": "SUCCESS", **more},
    )


def _reported(status: str) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        [report] = stage.sandbox.reports()
        assert (result, report["status"], report["entity_id"]) == ([report["id"]], status, stage.ids.order)

    return shown


ORDER_DRIVES = (
    Drive("v2-listOrders", "least", lambda api, ids: rows(api.list_orders()), found("order")),
    Drive(
        "v2-listOrders",
        "everything",
        lambda api, ids: rows(
            api.list_orders(
                updated_from=PAST,
                order_ids=[ids.order, "another"],
                statuses=["AWAITING_SHIPMENT", "CLOSED"],
                fulfillment_type="FULFILLED_BY_SELLER",
                limit=1,
            )
        ),
        found("order"),
    ),
    Drive(
        "v2-acceptOrderLines",
        "least",
        lambda api, ids: api.accept_order_lines(ids.order, {ids.line: False}),
        _decided("CLOSED", "REFUSED"),
        "order",
        status="AWAITING_ACCEPTANCE",
    ),
    Drive(
        "v2-acceptOrderLines",
        "everything",
        lambda api, ids: api.accept_order_lines(ids.order, {ids.line: True}),
        _decided("AWAITING_PAYMENT AWAITING_SHIPMENT"),
        "order",
        status="AWAITING_ACCEPTANCE",
    ),
    Drive(
        "v2-cancelOrderLines",
        "least",
        lambda api, ids: api.cancel_order_lines(ids.order, [_cancelation(ids)]),
        _adjusted("CANCELATION", 2, []),
        "order",
    ),
    Drive(
        "v2-cancelOrderLines",
        "everything",
        lambda api, ids: api.cancel_order_lines(ids.order, [_cancelation(ids, **_taxes(ids))]),
        _adjusted("CANCELATION", 2, ["0.25"]),
        "order",
    ),
    Drive(
        "v2-refundOrderLines",
        "least",
        lambda api, ids: api.refund_order_lines(ids.order, [_refund(ids)]),
        _adjusted("REFUND", 3, []),
        "order",
        status="SHIPPED",
    ),
    Drive(
        "v2-refundOrderLines",
        "everything",
        lambda api, ids: api.refund_order_lines(ids.order, [_refund(ids, quantity=1, **_taxes(ids))]),
        _adjusted("REFUND", 3, ["0.25"]),
        "order",
        status="SHIPPED",
    ),
    Drive(
        "v2-createShipment",
        "least",
        lambda api, ids: api.create_shipment(ids.order, orders.Shipment(items=_items(ids))),
        _shipped(),
        "order",
    ),
    Drive(
        "v2-createShipment",
        "everything",
        lambda api, ids: api.create_shipment(
            ids.order, orders.Shipment(items=_items(ids, id=ids.sku), warehouse_id="W-1", **PARCEL)
        ),
        _shipped(carrier="Colissimo", tracking_number="6A 123"),
        "order",
    ),
    Drive(
        "v2-reportOrderActions",
        "least",
        lambda api, ids: api.report_order_actions([_report(ids)]),
        _reported("SUCCESS"),
    ),
    Drive(
        "v2-reportOrderActions",
        "everything",
        lambda api, ids: api.report_order_actions(
            [_report(ids, status="FAILED", errors=[orders.ReportedFault(code="OTHER", message="Größe <unbekannt>")])]
        ),
        _reported("FAILED"),
    ),
    Drive("v2-getActionStatus", "least", lambda api, ids: api.get_action_status(ids.action), status_read),
)


# Deprecated


def _v1_shipped(stage: Stage, result: Any) -> None:
    [item] = result.items
    assert (item.order_line_id, item.quantity, bool(result.id)) == (stage.ids.line, 3, True)
    _shipped()(stage, result)


V1_DRIVES = (
    Drive("listOrders", "least", lambda api, ids: rows(api.list_orders_v1()), found("order")),
    Drive(
        "listOrders",
        "everything",
        lambda api, ids: rows(
            api.list_orders_v1(
                updated_from=PAST,
                order_ids=[ids.order],
                statuses=["AWAITING_SHIPMENT"],
                fulfillment_type="FULFILLED_BY_SELLER",
                limit=100,
            )
        ),
        found("order"),
    ),
    Drive(
        "acceptOrderLines",
        "least",
        lambda api, ids: api.accept_order_lines_v1(ids.order, {ids.line: False}),
        _decided("CLOSED", "REFUSED"),
        status="AWAITING_ACCEPTANCE",
    ),
    Drive(
        "acceptOrderLines",
        "everything",
        lambda api, ids: api.accept_order_lines_v1(ids.order, {ids.line: True}),
        _decided("AWAITING_PAYMENT AWAITING_SHIPMENT"),
        status="AWAITING_ACCEPTANCE",
    ),
    Drive(
        "createShipment",
        "least",
        lambda api, ids: api.create_shipment_v1(ids.order, orders.ShipmentV1(items=_items(ids))),
        _v1_shipped,
    ),
    Drive(
        "createShipment",
        "everything",
        lambda api, ids: api.create_shipment_v1(ids.order, orders.ShipmentV1(items=_items(ids, id=ids.sku), **PARCEL)),
        _v1_shipped,
    ),
    Drive("v2-getOrderTracking", "least", lambda api, ids: api.get_order_tracking_v1(ids.action), status_read),
)
