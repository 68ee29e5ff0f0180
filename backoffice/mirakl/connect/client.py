"""Mirakl Connect for a seller: one method per operation."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from backoffice.mirakl import wire
from backoffice.mirakl.connect import operations, types
from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.pacing import Pacer
from backoffice.mirakl.pages import Page, read_page, walk
from backoffice.mirakl.reading import read
from backoffice.mirakl.transport import TIMEOUT, Auth, Query, Transport
from backoffice.mirakl.values import write_moment
from backoffice.mirakl.watching import Watcher

# CHANNEL_SPECIFIC and whatever may come after it can be read, but not asked for.
STATUSES = (
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
    "CLOSED",
)
FULFILLMENT_TYPES = ("FULFILLED_BY_SELLER", "FULFILLED_BY_PARTNER")


class Connect:
    """The seller's side of Mirakl Connect.

    `base_url` ends before `/v2`; `name` is what log lines call the connection; `speed` divides the intervals of the
    call frequencies and is 1 except on a sandbox; without a `pacer` nothing waits; the `watcher` is told of every
    attempt. `timeout` is in seconds: to connect, and without a byte. Every method raises any `errors.MiraklError`.
    """

    def __init__(  # noqa: PLR0913 -- keyword-only settings, each on its own
        self,
        base_url: str,
        *,
        auth: Auth,
        pacer: Pacer | None = None,
        watcher: Watcher | None = None,
        name: str = "",
        speed: float = 1.0,
        timeout: wire.Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(
            base_url.rstrip("/"),
            auth=auth,
            pacer=pacer,
            watcher=watcher,
            name=name,
            speed=speed,
            timeout=timeout,
            sleep=sleep,
        )

    def list_orders(
        self,
        *,
        updated_from: datetime | None = None,
        order_ids: Sequence[str] = (),
        statuses: Sequence[str] = (),
        fulfillment_type: str | None = None,
        limit: int = 100,
    ) -> Iterator[Page]:
        """All pages of orders, newest `updated_at` first (`v2-listOrders`; at most one walk a minute).

        `updated_from` is inclusive and compares with `updated_at`; without it and without `order_ids` Connect gives the
        last 30 days. `limit` is orders per page, 1 to 100. `types.read(raw, types.Order)` makes a record typed. Raises
        ValueError for what Connect would refuse, and PageTokenExpired when the walk has to start again.
        """
        if not 1 <= limit <= 100:
            raise ValueError("limit is 1 to 100.")
        if unknown := set(statuses).difference(STATUSES):
            raise ValueError(f"Orders cannot be filtered by the status {min(unknown)!r}.")
        if fulfillment_type not in (None, *FULFILLMENT_TYPES):
            raise ValueError(f"{fulfillment_type!r} is no fulfillment type.")
        first: list[tuple[str, str]] = [("limit", str(limit))]
        if updated_from is not None:
            first.append(("updated_from", write_moment(updated_from)))
        if fulfillment_type is not None:
            first.append(("fulfillment_type", fulfillment_type))
        first += [("order_ids", order_id) for order_id in order_ids]
        first += [("statuses", status) for status in statuses]
        return walk(lambda token: self._order_page([("page_token", token)] if token else first))

    def accept_order_lines(self, order_id: str, decisions: Mapping[str, bool]) -> str:
        """Accepts or refuses lines of one order (`v2-acceptOrderLines`, on need). Returns the action id.

        `decisions` says for each line id whether it is accepted. Connect takes lines in AWAITING_ACCEPTANCE; some
        channels want all of them in one call (domain.md §8, question 11). That the call returns means only that Connect
        took it: `get_action_status` tells what the channel made of it. Raises ValueError for what Connect would refuse,
        and OutcomeUnknown when the answer was lost or has no action id: it is never sent a second time by itself.
        """
        _check_decisions(decisions)
        lines = [{"id": line_id, "accepted": accepted} for line_id, accepted in decisions.items()]
        return self._transport.call(
            operations.ACCEPT_ORDER_LINES, _read_action_id, json={"order_lines": lines}, order_id=order_id
        )

    def get_action_status(self, action_id: str) -> types.ActionStatus:
        """How far a write has come (`v2-getActionStatus`; at most once a minute for each action id).

        Raises NotFound for an id that Connect does not know, or no longer: ids may expire. ValueError for an empty one.
        """
        return self._transport.call(
            operations.GET_ACTION_STATUS, lambda body: read(body, types.ActionStatus), action_id=action_id
        )

    def _order_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_ORDERS, read_page, query=query)


def _check_decisions(decisions: Mapping[str, bool]) -> None:
    if not decisions:
        raise ValueError("decisions is empty: at least one line is needed.")
    for line_id, accepted in decisions.items():
        if not line_id:
            raise ValueError("decisions has an empty line id.")
        if not isinstance(accepted, bool):  # it may come from stored JSON, where "false" would be true
            raise ValueError("decisions has something else than True or False.")  # noqa: TRY004 -- as any other limit


def _read_action_id(body: bytes) -> str:
    acknowledgement = read(body, types.Acknowledgement)
    action_id = acknowledgement.action_id or acknowledgement.tracking_id
    if not action_id:
        raise Unreadable("It has no action id.")
    return action_id
