"""What the deprecated call for shipments answers (domain.md §1.3). The newer one answers with an action only."""

from __future__ import annotations

from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Payload


class ShippedItem(Payload, frozen=True):
    """Units of a line in a parcel. `id` is the seller's own SKU."""

    id: str = ""
    order_line_id: str = ""
    quantity: int = 0


class Shipment(Payload, frozen=True):
    """A parcel as Connect took it. `channel_shipment_id` is unique only within its channel."""

    id: str
    channel_shipment_id: str = ""
    created_at: Moment | None = None
    updated_at: Moment | None = None
    items: list[ShippedItem] = []
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
