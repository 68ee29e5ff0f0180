"""Returns (domain.md §1.3, §2.4)."""

from __future__ import annotations

from backoffice.mirakl.connect.types.orders import Origin
from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Payload


class ReturnLine(Payload, frozen=True):
    """How many units of an order line come back, and why. `product_id` is the seller's own SKU."""

    order_line_id: str = ""
    quantity: int = 0
    reason: str = ""
    product_id: str = ""


class ReturnTracking(Payload, frozen=True):
    """How a parcel comes back. What is read here as `carrier_name` is written as `carrier`."""

    carrier_name: str = ""
    tracking_number: str = ""
    tracking_url: str = ""


class ReturnAddress(Payload, frozen=True):
    """Where a return goes to: it has no names; `country_iso_code` is alpha-3."""

    street: str = ""
    street_additional_info: str = ""
    zip_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    country_iso_code: str = ""


class Return(Payload, frozen=True):
    """`id` is Connect's, opaque, and may come as a number. A return without label, tracking, address or RMA is normal.

    `order_id` may be of an order that was not read yet. `created_at` and `channel_updated_at` are of the channel;
    `updated_at`, which sync follows, is Connect's and may be missing (domain.md §8, question 30).
    """

    id: str
    channel_return_id: str = ""
    order_id: str = ""
    status: str = ""
    origin: Origin = Origin()
    created_at: Moment | None = None
    channel_updated_at: Moment | None = None
    updated_at: Moment | None = None
    return_lines: list[ReturnLine] = []
    rma_id: str = ""
    tracking: ReturnTracking | None = None
    label_url: str = ""
    method: str = ""
    rejection_reason: str = ""
    address: ReturnAddress | None = None
