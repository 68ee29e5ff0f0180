"""Calls about returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from backoffice.mirakl.connect import operations
from backoffice.mirakl.connect.calls import Calls, read_action_id
from backoffice.mirakl.connect.inputs import returns as inputs
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.operations import Operation
from backoffice.mirakl.pages import Page, read_page, walk
from backoffice.mirakl.transport import Query


class Returns(Calls):
    """Reading returns, and everything that staff do to them. None of it gives the customer money back."""

    def list_returns(
        self,
        *,
        updated_from: datetime,
        order_ids: Sequence[str] = (),
        statuses: Sequence[inputs.Status] = (),
        limit: int = 100,
    ) -> Iterator[Page]:
        """All pages of returns, newest `updated_at` first (`v2-listReturns`; at most one walk a minute).

        Connect demands `updated_from`, which is inclusive. `limit` is returns per page, 1 to 100; `order_ids` are at
        most 100. `types.read(raw, types.Return)` makes a record typed. Raises ValueError for what Connect would refuse,
        and PageTokenExpired when the walk has to start again.
        """
        filters = inputs.ReturnFilter(limit=limit, updated_from=updated_from, order_ids=order_ids, statuses=statuses)
        first = query(filters)
        return walk(lambda token: self._return_page([("page_token", token)] if token else first))

    def accept_return(
        self, return_id: str, accepted: bool, rejection_reason: inputs.RejectionReason | None = None
    ) -> str:
        """Accepts or refuses a return in REQUEST_INITIATED (`v2-acceptReturn`, on need). Returns the action id.

        `get_action_status` tells what the channel made of it, here and with the other writes. Raises ValueError for
        what Connect would refuse, NotFound for an unknown return, and OutcomeUnknown when the answer was lost or has no
        action id: no write is sent a second time by itself.
        """
        body = checked(inputs.ReturnDecision(accepted=accepted, rejection_reason=rejection_reason))
        return self._write_return(operations.ACCEPT_RETURN, return_id, body)

    def acknowledge_return_reception(self, return_id: str) -> str:
        """Says that the goods of an OPENED return are here (`v2-acknowledgeReturnReception`, on need).

        Has no body, and says so with `Content-Length: 0`. Returns and raises as `accept_return`.
        """
        return self._write_return(operations.ACKNOWLEDGE_RETURN_RECEPTION, return_id)

    def close_return(self, return_id: str) -> str:
        """Ends a return (`v2-closeReturn`, on need).

        Has no body, and says so with `Content-Length: 0`. Returns and raises as `accept_return`.
        """
        return self._write_return(operations.CLOSE_RETURN, return_id)

    def update_return_tracking_information(self, return_id: str, tracking: inputs.TrackingInformation) -> str:
        """Gives a return its RMA id, label and tracking (`v2-updateReturnTrackingInformation`, on need).

        Returns and raises as `accept_return`.
        """
        return self._write_return(operations.UPDATE_RETURN_TRACKING_INFORMATION, return_id, checked(tracking))

    def _write_return(self, operation: Operation, return_id: str, body: object = None) -> str:
        return self._transport.call(operation, read_action_id, json=body, return_id=return_id)

    def _return_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_RETURNS, read_page, query=query)
