"""The operations of order documents (domain.md §1.3, §2.7; §8, questions 9, 37 and 49)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, from_json, json_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, questions, walking
from backoffice.sandbox.connect.fields import Fields
from backoffice.sandbox.dates import micros, moment_of
from backoffice.sandbox.market import actions, records
from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.multipart import by_name, json_object, parts
from backoffice.sandbox.worlds.papers_filing import TYPES, filed_as, media_type

UPLOADED = ("RETURN_LABEL", "CUSTOMER_INVOICE")
ENTITIES = ("RETURN",)
MOST_IDS = 100
LARGEST = 10 * 1024 * 1024  # bytes: the 10 MB of the contract, read in the uploader's favour
LONGEST_NAME = 255
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a ZIP can tell


def list_order_documents(call: Call) -> Response:
    settle(call.world)
    return walking.answer(call, walking.Listing("documents", rows_under="documents"), _asked)


def _asked(call: Call) -> walking.Question:
    """A channel type narrows down CHANNEL_SPECIFIC where that is among the types, and otherwise says nothing."""
    args = call.request.args
    updated_from = questions.moment(args, "updated_from")
    types = questions.several(args, "types", among=TYPES)
    channel_types = questions.several(args, "channel_types") if "CHANNEL_SPECIFIC" in types else []
    wanted = [filed_as(name, own) for name in types for own in _own(name, channel_types)]
    return walking.Question(
        limit=questions.number(args, "limit", default=50, least=1, most=100),
        among={
            "order_id": questions.several(args, "order_ids"),
            "filed_as" if channel_types else "type": wanted if channel_types else types,
        },
        since=None if updated_from is None else micros(updated_from),
    )


def _own(name: str, channel_types: list[str]) -> list[str]:
    return channel_types if name == "CHANNEL_SPECIFIC" else [""]


def download_order_documents(call: Call) -> Response:
    """Always a ZIP, flat, the newest document first."""
    settle(call.world)
    types = questions.several(call.request.args, "types", among=TYPES)
    ids = questions.several(call.request.args, "document_ids", most=MOST_IDS)
    if types and ids:
        raise RefusedError(400, "types and document_ids cannot be used together.", field="document_ids")
    order = _order(call)
    rows = call.world.store.rows(
        "SELECT id, type, body, updated_at, content FROM documents WHERE order_id = ?"
        " ORDER BY updated_at DESC, id DESC",
        (order.id,),
    )
    chosen = [row[2:] for row in rows if (not types or row[1] in types) and (not ids or row[0] in ids)]
    if not chosen:
        raise RefusedError(404, "The order has no such document.", field="order_id")
    answer = Response(_zipped(chosen), content_type="application/zip")
    answer.headers["Content-Disposition"] = attachment(f"{order.id}_documents_{micros(call.now) // 1000}.zip")
    return answer


def _zipped(files: Iterable[tuple[bytes, int, bytes]]) -> bytes:
    """Row, moment and content of each. Names stand in the archive as they were given, however odd."""
    packed, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for body, moment, content in files:
            name = _unused(from_json(body)["name"].replace("\0", "_"), names)
            names.add(name)
            at = max(moment_of(moment), EARLIEST)
            entry = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def _unused(name: str, names: set[str]) -> str:
    """`name.pdf`, or `name(1).pdf` and so on where that name is taken."""
    stem, dot, suffix = name.rpartition(".")
    found, number = name, 0
    while found in names:
        number += 1
        found = f"{stem}({number}).{suffix}" if dot else f"{name}({number})"
    return found


def attachment(filename: str) -> str:
    """The header Content-Disposition. A name that does not fit into it is given once more, encoded (RFC 6266)."""
    plain = "".join(sign if " " <= sign <= "~" else "_" for sign in filename)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    whole = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{escaped}"{whole}'


def upload_order_document(call: Call) -> Response:
    """Form and format are judged here, and whether order and return are known; the rest is for the marketplace."""
    sent = by_name(parts(call.request), {"file": 1, "metadata": 1})
    metadata = _metadata(json_object("metadata", sent["metadata"]))
    if not sent["file"]:
        raise RefusedError(400, "The part file is missing.", field="file")
    content = sent["file"][0].content
    asked = {**metadata, "file_format": _format(content, metadata["filename"]), "size_in_bytes": len(content)}
    with call.world.store.transaction():
        order = _order(call)
        _refuse_unknown_entity(call, order, metadata)
        aim = actions.Aim(order.id, order.id, actions.channel_of(order.body))
        action_id = actions.take(call, aim, "UPLOAD_DOCUMENT", asked)
        call.world.store.change(
            "INSERT INTO uploads (action_id, filename, content) VALUES (?, ?, ?)",
            (action_id, metadata["filename"], content),
        )
    return json_answer({"action_id": action_id, "tracking_id": action_id}, 202)


def _metadata(found: Json) -> Json:
    fields = Fields(found, "metadata")
    read: Json = {
        "type": fields.choice("type", UPLOADED),
        "filename": fields.text("filename", required=True, most=LONGEST_NAME),
    }
    entity: Any = found.get("entity")
    if isinstance(entity, dict):
        about = Fields(entity, "metadata.entity", fields.faults)
        read["entity"] = {"type": about.choice("type", ENTITIES), "id": about.text("id", required=True, least=0)}
    elif "entity" in found:
        fields.fault("entity", "An object is required.")
    bodies.refuse(fields.faults)
    return read


def _format(content: bytes, filename: str) -> str:
    """The media type. Raises RefusedError 400 for what is too large or none of the formats."""
    if len(content) > LARGEST:
        text = f"A document has at most 10 MB; this one has {len(content):,} bytes."
        raise RefusedError(400, text, field="file", extensions={"maxLength": LARGEST})
    if not content:
        raise RefusedError(400, "The document is empty.", field="file")
    found = media_type(content, filename)
    if found is None:
        raise RefusedError(400, "The document is no PDF, JPEG or PNG, nor a CSV named so.", field="file")
    return found


def _order(call: Call) -> Record:
    found = records.find(call.world.store, "orders", call.path["order_id"])
    if found is None:
        raise RefusedError(404, "There is no order with this id.", field="order_id")
    return found


def _refuse_unknown_entity(call: Call, order: Record, metadata: Json) -> None:
    """Of the returns that there are, only those of this order will do."""
    if "entity" not in metadata:
        return
    found = records.find(call.world.store, "returns", metadata["entity"]["id"])
    if found is None or found.body["order_id"] != order.id:
        raise RefusedError(404, "The order has no return with this id.", field="metadata.entity.id")


PATH, READ = "/connect/v2/orders/{order_id}/documents", "connect:order-document:read"
OPERATIONS = (
    Operation("v2-listOrderDocuments", "GET", "/connect/v2/orders/documents", READ, None, list_order_documents),
    Operation("v2-downloadOrderDocuments", "GET", PATH, READ, None, download_order_documents),
    Operation(
        "v2-uploadOrderDocument",
        "POST",
        PATH,
        "connect:order:upload-document",
        None,
        upload_order_document,
        writes=True,
    ),
)
