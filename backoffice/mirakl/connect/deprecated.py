"""The four calls that Mirakl has replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backoffice.mirakl.connect import operations, types
from backoffice.mirakl.connect.calls import Calls, read_nothing, warn
from backoffice.mirakl.connect.inputs import orders as inputs
from backoffice.mirakl.connect.orders import decided
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.pages import Page, read_page, walk
from backoffice.mirakl.reading import read
from backoffice.mirakl.transport import Query


class Deprecated(Calls):
    """Kept because some connections still answer them. Each warns.

    Two of them write without an action to follow: the answer is the outcome. One that is lost, or that is a success
    but cannot be read, raises OutcomeUnknown as for every write: a parcel may be there whose id nobody told us.
    """

    def list_orders_v1(
        self,
        *,
        updated_from: datetime | None = None,
        order_ids: Sequence[str] = (),
        statuses: Sequence[inputs.Status] = (),
        fulfillment_type: inputs.FulfillmentType | None = None,
        limit: int = 100,
    ) -> Iterator[Page]:
        """As `list_orders`, with the same records (`listOrders`; at most one walk a minute)."""
        warn(operations.LIST_ORDERS_V1, "list_orders")
        filters = inputs.OrderFilter(
            limit=limit,
            updated_from=updated_from,
            order_ids=order_ids,
            statuses=statuses,
            fulfillment_type=fulfillment_type,
        )
        first = query(filters)
        return walk(lambda token: self._order_page_v1([("page_token", token)] if token else first))

    def accept_order_lines_v1(self, order_id: str, decisions: Mapping[str, bool]) -> None:
        """As `accept_order_lines`, but done when it returns (`acceptOrderLines`, on need).

        A line in another state than AWAITING_ACCEPTANCE raises Invalid.
        """
        warn(operations.ACCEPT_ORDER_LINES_V1, "accept_order_lines")
        body = checked(decided(decisions))
        self._transport.call(operations.ACCEPT_ORDER_LINES_V1, read_nothing, json=body, order_id=order_id)

    def create_shipment_v1(self, order_id: str, shipment: inputs.ShipmentV1) -> types.Shipment:
        """As `create_shipment`, but done when it returns, and without a warehouse (`createShipment`, on need)."""
        warn(operations.CREATE_SHIPMENT_V1, "create_shipment")
        body = checked(shipment)
        return self._transport.call(
            operations.CREATE_SHIPMENT_V1, lambda answer: read(answer, types.Shipment), json=body, order_id=order_id
        )

    def get_order_tracking_v1(self, tracking_id: str) -> types.ActionStatus:
        """As `get_action_status`, under the older name of its id (`v2-getOrderTracking`; once a minute for each)."""
        warn(operations.GET_ORDER_TRACKING_V1, "get_action_status")
        return self._transport.call(
            operations.GET_ORDER_TRACKING_V1, lambda body: read(body, types.ActionStatus), tracking_id=tracking_id
        )

    def _order_page_v1(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_ORDERS_V1, read_page, query=query)
