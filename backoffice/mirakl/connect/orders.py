"""Calls about orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from backoffice.mirakl.connect import operations, types
from backoffice.mirakl.connect.calls import Calls, read_action_id
from backoffice.mirakl.connect.inputs import orders as inputs
from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.pages import Page, read_page, walk
from backoffice.mirakl.reading import read
from backoffice.mirakl.transport import Query


class Orders(Calls):
    """Reading orders, and everything that staff do to their lines."""

    def list_orders(
        self,
        *,
        updated_from: datetime | None = None,
        order_ids: Sequence[str] = (),
        statuses: Sequence[inputs.Status] = (),
        fulfillment_type: inputs.FulfillmentType | None = None,
        limit: int = 100,
    ) -> Iterator[Page]:
        """All pages of orders, newest `updated_at` first (`v2-listOrders`; at most one walk a minute).

        `updated_from` is inclusive and compares with `updated_at`; without it and without `order_ids` Connect gives the
        last 30 days. `limit` is orders per page, 1 to 100; `order_ids` are at most 100. `types.read(raw, types.Order)`
        makes a record typed. Raises ValueError for what Connect would refuse, and PageTokenExpired when the walk has to
        start again.
        """
        filters = inputs.OrderFilter(
            limit=limit,
            updated_from=updated_from,
            order_ids=order_ids,
            statuses=statuses,
            fulfillment_type=fulfillment_type,
        )
        first = query(filters)
        return walk(lambda token: self._order_page([("page_token", token)] if token else first))

    def accept_order_lines(self, order_id: str, decisions: Mapping[str, bool]) -> str:
        """Accepts or refuses lines of one order (`v2-acceptOrderLines`, on need). Returns the action id.

        `decisions` says for each line id whether it is accepted. Connect takes lines in AWAITING_ACCEPTANCE; some
        channels want all of them in one call (domain.md §8, question 11). That the call returns means only that Connect
        took it: `get_action_status` tells what the channel made of it. Raises ValueError for what Connect would refuse,
        and OutcomeUnknown when the answer was lost or has no action id: it is never sent a second time by itself.
        """
        body = checked(decided(decisions))
        return self._transport.call(operations.ACCEPT_ORDER_LINES, read_action_id, json=body, order_id=order_id)

    def cancel_order_lines(self, order_id: str, cancelations: Sequence[inputs.Cancelation]) -> str:
        """Cancels units of lines before they are shipped (`v2-cancelOrderLines`, on need). Returns the action id.

        Not repeatable: what was lost or failed may have been done. Raises as `accept_order_lines`.
        """
        body = checked(inputs.Cancelations(cancelations=cancelations))
        return self._transport.call(operations.CANCEL_ORDER_LINES, read_action_id, json=body, order_id=order_id)

    def refund_order_lines(self, order_id: str, refunds: Sequence[inputs.Refund]) -> str:
        """Gives the customer money back for lines (`v2-refundOrderLines`, on need). Returns the action id.

        A refund changes no quantity and stops no shipment. Not repeatable: sent twice, it is paid twice. Raises as
        `accept_order_lines`.
        """
        body = checked(inputs.Refunds(refunds=refunds))
        return self._transport.call(operations.REFUND_ORDER_LINES, read_action_id, json=body, order_id=order_id)

    def create_shipment(self, order_id: str, shipment: inputs.Shipment) -> str:
        """Ships units of one order in one parcel (`v2-createShipment`, on need). Returns the action id.

        Connect has no call that reads shipments, changes one, or takes one back. Not repeatable. Raises as
        `accept_order_lines`.
        """
        body = checked(shipment)
        return self._transport.call(operations.CREATE_SHIPMENT, read_action_id, json=body, order_id=order_id)

    def report_order_actions(self, reports: Sequence[inputs.Report]) -> list[str]:
        """Tells Connect, for its own pages, what our system did with orders (`v2-reportOrderActions`; once a minute).

        1 to 100 reports. Returns the action id of each, in their order. Raises ValueError for what Connect would
        refuse, and OutcomeUnknown when the answer was lost or has not one id for each report.
        """
        body = checked(inputs.Reports(actions=reports))

        def read_ids(answer: bytes) -> list[str]:
            ids = [taken.action_id for taken in read(answer, types.Acknowledgements).actions]
            if len(ids) != len(reports) or not all(ids):
                raise Unreadable("It has not one action id for each report.")
            return ids

        return self._transport.call(operations.REPORT_ORDER_ACTIONS, read_ids, json=body)

    def get_action_status(self, action_id: str) -> types.ActionStatus:
        """How far a write has come (`v2-getActionStatus`; at most once a minute for each action id).

        Raises NotFound for an id that Connect does not know, or no longer: ids may expire. ValueError for an empty one.
        """
        return self._transport.call(
            operations.GET_ACTION_STATUS, lambda body: read(body, types.ActionStatus), action_id=action_id
        )

    def _order_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_ORDERS, read_page, query=query)


def decided(decisions: Mapping[str, bool]) -> inputs.Decisions:
    """From each line's id and whether it is accepted."""
    lines = [inputs.Decision(id=line_id, accepted=accepted) for line_id, accepted in decisions.items()]
    return inputs.Decisions(order_lines=lines)
