"""Documents of orders (domain.md §1.3, §2.7)."""

from __future__ import annotations

from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Payload


class OrderDocument(Payload, frozen=True):
    """What is known of a document; its content comes with a download. `name` is not unique, also not within an order.

    `channel_type` is the channel's own word, mostly with the type CHANNEL_SPECIFIC; `file_format` is a media type.
    """

    id: str
    updated_at: Moment
    order_id: str = ""
    name: str = ""
    type: str = ""
    channel_type: str = ""
    file_format: str = ""
    size_in_bytes: int = 0
