"""The operations of Mirakl Connect (domain.md §1.2). Nothing that writes is repeatable: Connect has no idempotency key,
and what may be sent twice without harm is for the caller to say."""

from __future__ import annotations

from backoffice.mirakl.operations import Operation, Outcome, Pace

_A_MINUTE = Pace(calls=1, seconds=60)


def _read(id_: str, path: str, pace: Pace | None = None, *, deprecated: bool = False) -> Operation:
    return Operation(
        id=id_,
        family="connect",
        method="GET",
        path=path,
        pace=pace,
        repeatable=True,
        outcome=Outcome.NOW,
        deprecated=deprecated,
    )


def _write(  # noqa: PLR0913 -- keyword-only from the third on
    id_: str,
    method: str,
    path: str,
    *,
    pace: Pace | None = None,
    outcome: Outcome = Outcome.TRACKED,
    deprecated: bool = False,
) -> Operation:
    return Operation(
        id=id_,
        family="connect",
        method=method,
        path=path,
        pace=pace,
        repeatable=False,
        outcome=outcome,
        deprecated=deprecated,
    )


LIST_ORDERS = _read("v2-listOrders", "/v2/orders", _A_MINUTE)
ACCEPT_ORDER_LINES = _write("v2-acceptOrderLines", "PUT", "/v2/orders/{order_id}/accept")
CANCEL_ORDER_LINES = _write("v2-cancelOrderLines", "POST", "/v2/orders/{order_id}/cancel")
REFUND_ORDER_LINES = _write("v2-refundOrderLines", "POST", "/v2/orders/{order_id}/refund")
CREATE_SHIPMENT = _write("v2-createShipment", "POST", "/v2/orders/{order_id}/shipments")
GET_ACTION_STATUS = _read(
    "v2-getActionStatus", "/v2/orders/actions/{action_id}", Pace(calls=1, seconds=60, per="action_id")
)
REPORT_ORDER_ACTIONS = _write(
    "v2-reportOrderActions", "POST", "/v2/orders/actions", pace=_A_MINUTE, outcome=Outcome.NOW
)

LIST_ORDER_DOCUMENTS = _read("v2-listOrderDocuments", "/v2/orders/documents")
DOWNLOAD_ORDER_DOCUMENTS = _read("v2-downloadOrderDocuments", "/v2/orders/{order_id}/documents")
UPLOAD_ORDER_DOCUMENT = _write("v2-uploadOrderDocument", "POST", "/v2/orders/{order_id}/documents")

LIST_RETURNS = _read("v2-listReturns", "/v2/orders/returns", _A_MINUTE)
ACCEPT_RETURN = _write("v2-acceptReturn", "PUT", "/v2/orders/returns/{return_id}/accept")
ACKNOWLEDGE_RETURN_RECEPTION = _write("v2-acknowledgeReturnReception", "PUT", "/v2/orders/returns/{return_id}/receive")
CLOSE_RETURN = _write("v2-closeReturn", "PUT", "/v2/orders/returns/{return_id}/close")
UPDATE_RETURN_TRACKING_INFORMATION = _write(
    "v2-updateReturnTrackingInformation", "PUT", "/v2/orders/returns/{return_id}/trackings"
)

LIST_CONVERSATIONS = _read("listConversations", "/conversations")
GET_CONVERSATION_MESSAGES = _read("getConversationMessages", "/conversations/{conversationId}")
CREATE_CONVERSATION = _write("createConversation", "POST", "/conversations")
CREATE_MESSAGE = _write("createMessage", "POST", "/conversations/{conversationId}/messages")
DOWNLOAD_CONVERSATION_ATTACHMENTS = _read(
    "downloadConversationAttachments", "/conversations/{conversationId}/attachments"
)
GET_CONVERSATION_ACTION_STATUS = _read("getConversationActionStatus", "/conversations/actions/{actionId}")

LIST_PRODUCTS = _read("listProducts", "/products", _A_MINUTE)
UPSERT_PRODUCTS = _write("upsertProducts", "POST", "/products", pace=_A_MINUTE, outcome=Outcome.READ_BACK)
DELETE_PRODUCTS = _write("deleteProducts", "DELETE", "/products", pace=_A_MINUTE, outcome=Outcome.READ_BACK)

LIST_ORDERS_V1 = _read("listOrders", "/orders", _A_MINUTE, deprecated=True)
ACCEPT_ORDER_LINES_V1 = _write(
    "acceptOrderLines", "PUT", "/orders/{order_id}/accept", outcome=Outcome.NOW, deprecated=True
)
CREATE_SHIPMENT_V1 = _write(
    "createShipment", "POST", "/orders/{order_id}/shipments", outcome=Outcome.NOW, deprecated=True
)
GET_ORDER_TRACKING_V1 = _read(
    "v2-getOrderTracking",
    "/v2/orders/tracking/{tracking_id}",
    Pace(calls=1, seconds=60, per="tracking_id"),
    deprecated=True,
)

OPERATIONS = {one.id: one for one in list(vars().values()) if isinstance(one, Operation)}
