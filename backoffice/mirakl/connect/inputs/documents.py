"""What is asked about the documents of orders, and what is uploaded (domain.md §1.3, §2.7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from backoffice.mirakl.connect.inputs.files import FileName
from backoffice.mirakl.limits import Id, Input

LARGEST = 10 * 1024 * 1024  # bytes; the contract says "10 MB"

Type = Literal["RETURN_LABEL", "CUSTOMER_INVOICE", "DELIVERY_SLIP", "SHIPMENT_DELIVERY_SLIP", "CHANNEL_SPECIFIC"]

_BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # in ASCII, UTF-8 and the code pages of Windows alike


class DocumentFilter(Input, frozen=True, kw_only=True):
    """Which documents. The contract does not limit `order_ids`; an address has its length (domain.md §9.3)."""

    limit: Annotated[int, Meta(ge=1, le=100)]
    updated_from: datetime | None = None
    order_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []
    types: Sequence[Type] = []
    channel_types: Annotated[Sequence[Id], Meta(max_length=100)] = []

    def check(self) -> None:
        if self.channel_types and "CHANNEL_SPECIFIC" not in self.types:
            raise ValueError("channel_types: they can be asked for only where types has CHANNEL_SPECIFIC.")


class DownloadFilter(Input, frozen=True, kw_only=True):
    """Which documents of an order: some by id, or all of some types, or all."""

    document_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []
    types: Sequence[Type] = []

    def check(self) -> None:
        if self.document_ids and self.types:
            raise ValueError("document_ids: they cannot be asked for together with types.")


class DocumentEntity(Input, frozen=True, kw_only=True, tag_field="type", tag="RETURN"):
    """The return that a label is for: some marketplaces demand it."""

    id: Id


class DocumentMetadata(Input, frozen=True, kw_only=True):
    """What a document is. Its `filename` is the one that counts, not that of the part."""

    type: Literal["RETURN_LABEL", "CUSTOMER_INVOICE"]
    filename: FileName
    entity: DocumentEntity | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document to upload: PDF, JPEG, PNG or CSV, at most 10 MB."""

    metadata: DocumentMetadata
    content: bytes = field(repr=False)


def check_content(document: Document) -> None:
    """A format is known by its first bytes, whatever the name says; CSV by its name and by being text.

    Raises ValueError for what Connect would not take.
    """
    content = document.content
    if not content:
        raise ValueError("content: the file is empty.")
    if len(content) > LARGEST:
        raise ValueError(f"content: the file is larger than {LARGEST // 1024**2} MB.")
    csv = document.metadata.filename.lower().endswith(".csv") and not _NO_TEXT.search(content)
    if not csv and not content.startswith(_BEGINNINGS):
        raise ValueError("content: a PDF, JPEG, PNG or CSV file is expected.")
