"""Puts documents to orders (domain.md §1.3, §2.7)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, parse, written
from backoffice.sandbox.worlds.moves import Json

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store

TYPES = ("RETURN_LABEL", "CUSTOMER_INVOICE", "DELIVERY_SLIP", "SHIPMENT_DELIVERY_SLIP", "CHANNEL_SPECIFIC")
SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
NOT_IN_TEXTS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})


@dataclass(frozen=True)
class Paper:
    """A document before it has an id. `channel_type`: what the marketplace calls it, mostly for CHANNEL_SPECIFIC."""

    type: str
    name: str
    content: bytes
    channel_type: str = ""


def file(store: Store, order_id: str, paper: Paper, now: datetime) -> Json:
    """Store it; the row of `v2-listOrderDocuments`."""
    number = store.rows("SELECT coalesce(max(number), 0) + 1 FROM documents")[0][0]
    body: Json = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"document {number}")),  # the same in the same world
        "order_id": order_id,
        "name": paper.name,
        "type": paper.type,
        "file_format": media_type(paper.content, paper.name) or "application/octet-stream",
        "size_in_bytes": len(paper.content),
        "updated_at": written(now),
    }
    if paper.channel_type:
        body["channel_type"] = paper.channel_type
    values = {
        "id": body["id"],
        "order_id": order_id,
        "updated_at": micros(parse(body["updated_at"])),
        "type": paper.type,
        "filed_as": filed_as(paper.type, paper.channel_type),
        "body": to_json(body),
        "content": paper.content,
    }
    store.insert("documents", values)
    return body


def filed_as(document_type: str, channel_type: str) -> str:
    """Type and channel type in one word, to be looked for: a channel type narrows down only CHANNEL_SPECIFIC."""
    return f"{document_type} {channel_type}" if document_type == "CHANNEL_SPECIFIC" else document_type


def media_type(content: bytes, name: str) -> str | None:
    """Of what Mirakl takes, by the first bytes; a CSV has none of its own and is a text whose name says so. None for
    all else."""
    for signature, found in SIGNATURES.items():
        if content.startswith(signature):
            return found
    is_csv = name.lower().endswith(".csv") and content and _is_text(content)
    return "text/csv" if is_csv else None


def _is_text(content: bytes) -> bool:
    """In any encoding that keeps the signs of ASCII."""
    return len(content.translate(None, NOT_IN_TEXTS)) == len(content)


def listed(store: Store, *, after: int = 0, limit: int = -1) -> list[Json]:
    """For tests and for a person, the oldest first: each as it is listed, with its number and its bytes' digest."""
    sql = "SELECT number, body, content FROM documents WHERE number > ? ORDER BY number LIMIT ?"
    return [
        {"number": number, **from_json(body), "sha256": sha256(content).hexdigest()}
        for number, body, content in store.rows(sql, (after, limit))
    ]
