"""Documents that a test or a person puts to an order: the hands of the control interface."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backoffice.sandbox.dates import parse
from backoffice.sandbox.worlds.moves import Json
from backoffice.sandbox.worlds.papers import filing, sheets

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/csv": "csv"}


@dataclass(frozen=True)
class Given:
    """What a document is asked to be. `content` is in base64 and goes before `format`; a `type` or a format that Mirakl
    does not know is taken all the same."""

    order_id: str
    type: str = "CUSTOMER_INVOICE"
    channel_type: str = ""
    filename: str = ""
    format: str = "pdf"
    content: str = ""
    updated_at: str = ""

    def bytes(self) -> bytes:
        """Raises ValueError."""
        if not self.content:
            sheet = sheets.Sheet(self.type.replace("_", " ").capitalize(), (f"Order {self.order_id}",), size=sheets.A4)
            return sheets.made(sheets.format_of(self.format), sheet)
        return decoded(self.content)


def decoded(content: str) -> bytes:
    """Raises ValueError."""
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        raise ValueError("content is a file in base64.") from None


def add_document(world: World, given: Given) -> Json:
    """Store a document; the row of `v2-listOrderDocuments`. Raises LookupError for an unknown order, ValueError."""
    for name in ("type", "channel_type", "filename"):
        if not isinstance(getattr(given, name), str):
            raise ValueError(f"{name} is a text.")  # noqa: TRY004 -- a verb's fault is a ValueError
    content = given.bytes()
    with world.store.transaction():
        if world.store.order(given.order_id) is None:
            raise LookupError(f"There is no order {given.order_id!r}.")
        ending = ENDINGS.get(filing.media_type(content, ".csv") or "", "bin")
        name = given.filename or f"{given.type.lower()}.{ending}"
        now = parse(given.updated_at) if given.updated_at else world.clock.now()
        paper = filing.Paper(given.type, name, content, given.channel_type)
        return filing.file(world.store, given.order_id, paper, now)
