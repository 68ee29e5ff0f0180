"""What an order of Mirakl becomes in our tables: plain values in the order of the columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from backoffice.mirakl.connect import types as connect
from backoffice.mirakl.errors import Unreadable
from orders import deadlines
from orders.amounts import order_total
from orders.enums import stage_of
from orders.search import fold
from shops.deadlines import Acceptance

ORDER_COLUMNS = (
    "connection_id",
    "remote_id",
    "channel_id",
    "number",
    "status",
    "status_reason",
    "stage",
    "fulfillment",
    "created_at",
    "updated_at",
    "ship_by",
    "accept_by",
    "due_at",
    "sort_at",
    "customer",
    "country",
    "currency",
    "total",
    "anonymized_at",
    "search",
    "digest",
    "payload",
)
LINE_COLUMNS = (
    "remote_id",
    "position",
    "sku",
    "title",
    "quantity",
    "price",
    "shipping_price",
    "status",
    "status_reason",
    "can_cancel",
    "can_refund",
)
_STATUS, _UPDATED_AT = ORDER_COLUMNS.index("status"), ORDER_COLUMNS.index("updated_at")
# Fourteen digits before the point and four behind it: what the columns hold.
LIMIT = Decimal(10) ** 14
MOST = 2**31 - 1  # what PostgreSQL's integer holds; sent in binary, a larger one would arrive as another number
LAST_YEAR = 9000  # in UTC a later one could fall beyond the last year that Python knows
MOST_LINES = 2**15 - 1


class Place(NamedTuple):
    """Where an order came from; `acceptance` is what its channel asks for."""

    connection_id: int
    channel_id: int
    acceptance: Acceptance | None = None


class Made(NamedTuple):
    """An order ready for the database: values of ORDER_COLUMNS, and per line of LINE_COLUMNS."""

    remote_id: str
    order: Sequence[Any]
    lines: list[Sequence[Any]]

    @property
    def updated_at(self) -> datetime:
        moment: datetime = self.order[_UPDATED_AT]
        return moment

    @property
    def status(self) -> tuple[str, str]:
        """Status and reason."""
        return self.order[_STATUS], self.order[_STATUS + 1]


def make(order: connect.Order, raw: bytes, digest: int, place: Place) -> Made:
    """The rows of one order. Raises Unreadable for what no column can hold."""
    if len(order.id) > 200:
        raise Unreadable("The id is longer than 200 characters.")
    payload = without_personal_data(raw) if order.anonymized_at else raw
    # Before acceptance a channel may give the buyer's address only.
    anybody = order.shipping_info.address or order.billing_info.address
    address = None if order.anonymized_at else anybody
    stage = stage_of(order.status)
    created_at = order.created_at or order.updated_at
    ship_by = order.shipping_info.shipping_deadline
    if any(moment and moment.year > LAST_YEAR for moment in (order.updated_at, created_at, ship_by)):
        raise Unreadable("A date lies too far in the future.")
    total = order_total(order)
    name = _name(address)
    values = (
        place.connection_id,
        order.id,
        place.channel_id,
        order.channel_order_id[:200],
        order.status[:60],
        order.status_reason[:60],
        stage.value,
        order.fulfillment.type[:60],
        created_at,
        order.updated_at,
        ship_by,
        *deadlines.of(stage, order.fulfillment.type, created_at, ship_by, place.acceptance),
        name[:200],
        anybody.country_iso_code[:3] if anybody else "",
        total.currency[:3] if total else "",
        amount(total.amount, "total") if total else None,
        order.anonymized_at,
        _search(order, address),
        digest,
        payload.decode(),
    )
    return Made(order.id, values, [_line(line, at) for at, line in enumerate(order.order_lines)])


def amount(value: Decimal, what: str) -> Decimal:
    """An amount that the columns can hold; they round it to four places, the exact one stays in the payload."""
    if not -LIMIT < value < LIMIT:
        raise Unreadable(f"The {what} is too large: {value}.")
    return value


def _line(line: connect.OrderLine, position: int) -> Sequence[Any]:
    if len(line.id) > 200:
        raise Unreadable(f"The id of line {position + 1} is longer than 200 characters.")
    if not -MOST <= line.quantity <= MOST or position > MOST_LINES:
        raise Unreadable(f"The quantity of line {position + 1}, or the number of lines, is too large.")
    return (
        line.id,
        position,
        line.product.id[:256],
        line.product.title[:500],
        line.quantity,
        amount(line.price.amount, "price"),
        amount(line.total_shipping_price.amount, "shipping price"),
        line.status[:60],
        line.status_reason[:60],
        line.can_cancel,
        line.can_refund,
    )


def _name(address: connect.Address | None) -> str:
    if address is None:
        return ""
    return f"{address.first_name} {address.last_name}".strip() or address.company


def _search(order: connect.Order, address: connect.Address | None) -> str:
    words = [order.channel_order_id, order.id]
    if address is not None:
        words += [address.first_name, address.last_name, address.company]
    words += [line.product.id for line in order.order_lines]
    return fold(" ".join(filter(None, words)))


_PERSONAL = {"shipping_info": ("address", "email", "pudo_id"), "billing_info": ("address",)}
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def without_personal_data(raw: bytes) -> bytes:
    """The payload of an anonymised order less names, addresses, e-mail and what the channel may have put into custom
    attributes (an engraving, a tax number). Amounts stay exact (domain.md §7). A payload that was not anonymised comes
    back unchanged. Raises ValueError for what is no JSON object."""
    order = _decode(raw)
    if not isinstance(order, dict):
        raise ValueError("The record is no object.")  # noqa: TRY004 -- callers tell what is wrong with the data
    return _encode(_stripped(order)) if order.get("anonymized_at") else raw


def readable(payload: str, *, personal: bool) -> str:
    """The payload of a row on many lines; without `personal`, less all that tells who the customer is."""
    order = _decode(payload)
    return msgspec.json.format(_encode(order if personal else _stripped(order)), indent=2).decode()


def _stripped(order: dict[str, Any]) -> dict[str, Any]:
    for part, names in _PERSONAL.items():
        if isinstance(order.get(part), dict):
            order[part] = {name: value for name, value in order[part].items() if name not in names}
    lines = order.get("order_lines")
    for fields in (order, *(lines if isinstance(lines, list) else ())):
        if isinstance(fields, dict):
            fields.pop("custom_attributes", None)
    return order
