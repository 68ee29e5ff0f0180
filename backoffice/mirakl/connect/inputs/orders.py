"""What is asked about orders, and what is done to their lines (domain.md §1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from backoffice.mirakl.limits import Amount, Id, Input

# CHANNEL_SPECIFIC and whatever may come after it can be read, but not asked for.
Status = Literal[
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
    "CLOSED",
]
FulfillmentType = Literal["FULFILLED_BY_SELLER", "FULFILLED_BY_PARTNER"]

# CHANNEL_SPECIFIC can be read here, too, but not written.
Reason = Literal[
    "CUSTOMER_CANCELATION",
    "OUT_OF_STOCK",
    "RETURN",
    "ITEM_NOT_RECEIVED",
    "AGREEMENT",
    "DEFECT",
    "UNABLE_TO_DELIVER",
]
FaultCode = Literal[
    "INVALID_INPUT",
    "DATA_NOT_FOUND",
    "UNEXPECTED",
    "UNAVAILABLE",
    "TOO_MANY_REQUEST",
    "ACTION_NOT_SUPPORTED",
    "ORDER_IN_WRONG_STATE",
    "INVALID_PRODUCT_ID",
    "OUT_OF_STOCK",
    "RETURN_IN_WRONG_STATE",
    "OTHER",
]


class OrderFilter(Input, frozen=True, kw_only=True):
    """Which orders. The contract does not limit `order_ids`; marketplaces refuse more than 100 (domain.md §9.3)."""

    limit: Annotated[int, Meta(ge=1, le=100)]
    updated_from: datetime | None = None
    order_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []
    statuses: Sequence[Status] = []
    fulfillment_type: FulfillmentType | None = None


class Decision(Input, frozen=True, kw_only=True):
    """Whether a line is accepted."""

    id: Id
    accepted: bool


class Decisions(Input, frozen=True, kw_only=True):
    """The body of accepting."""

    order_lines: Annotated[Sequence[Decision], Meta(min_length=1)]


class Tax(Input, frozen=True, kw_only=True):
    """The part of a line's tax that is cancelled or refunded. `code` is the tax's own on that line."""

    code: Id
    amount: Amount


class Cancelation(Input, frozen=True, kw_only=True):
    """Units of a line that will not be shipped, and what the customer gets back for them.

    `price` and `shipping_price` are for all these units together, without taxes, and both are needed, also when 0.
    The contract would take a `product_id` alone; a SKU may stand on two lines, so we always name the line.
    """

    order_line_id: Id
    product_id: str = ""
    quantity: Annotated[int, Meta(ge=0)]
    price: Amount
    shipping_price: Amount
    reason: Reason
    taxes: Sequence[Tax] = []
    shipping_taxes: Sequence[Tax] = []


class Cancelations(Input, frozen=True, kw_only=True):
    """The body of cancelling."""

    cancelations: Annotated[Sequence[Cancelation], Meta(min_length=1)]


class Refund(Input, frozen=True, kw_only=True):
    """Money given back for a line, in the terms of `Cancelation`. Without `quantity` it is an amount only."""

    order_line_id: Id
    product_id: str = ""
    quantity: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    price: Amount
    shipping_price: Amount
    reason: Reason
    taxes: Sequence[Tax] = []
    shipping_taxes: Sequence[Tax] = []


class Refunds(Input, frozen=True, kw_only=True):
    """The body of refunding."""

    refunds: Annotated[Sequence[Refund], Meta(min_length=1)]


class ShippedItem(Input, frozen=True, kw_only=True):
    """Units of a line in a parcel. `id` is the seller's own SKU; the line is always named, as for `Cancelation`."""

    order_line_id: Id
    id: str = ""
    quantity: Annotated[int, Meta(ge=1)]


class _Parcel(Input, frozen=True, kw_only=True):
    """One parcel. An empty text is left out: Connect takes none."""

    items: Annotated[Sequence[ShippedItem], Meta(min_length=1)]
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    return_tracking_number: str = ""


class Shipment(_Parcel, frozen=True, kw_only=True):
    """One parcel. Channels that need a `carrier` or a `warehouse_id` fail the action when it is missing or unknown.

    `return_tracking_number` is for marketplaces that want it at this time, and is dropped by the others.
    """

    warehouse_id: str = ""


class ShipmentV1(_Parcel, frozen=True, kw_only=True):
    """One parcel in the words of the deprecated call, which knows no warehouse."""


class ReportedFault(Input, frozen=True, kw_only=True):
    """Why something failed in our own system."""

    code: FaultCode
    message: Annotated[str, Meta(min_length=1, max_length=2000)]


class Report(Input, frozen=True, kw_only=True):
    """What our own system did with an order. `entity_id` is Connect's order id."""

    type: Literal["SYNCHRONIZE_ORDER", "SYNCHRONIZE_ORDER_UPDATE"]
    status: Literal["SUCCESS", "FAILED"]
    entity_type: Literal["ORDER"]
    entity_id: Id
    executed_at: datetime
    errors: Sequence[ReportedFault] = []

    def check(self) -> None:
        if self.status == "FAILED" and not self.errors:
            raise ValueError("errors: a report of FAILED needs at least one.")


class Reports(Input, frozen=True, kw_only=True):
    """The body of reporting."""

    actions: Annotated[Sequence[Report], Meta(min_length=1, max_length=100)]
