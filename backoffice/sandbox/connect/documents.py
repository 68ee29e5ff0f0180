"""The operations of order documents (domain.md §1.3, §2.7; §8, questions 9, 37 and 49)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, from_json, taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import archives, bodies, naming, questions, walking
from backoffice.sandbox.connect.rules import Json, choice, fields, text
from backoffice.sandbox.dates import micros, moment_of
from backoffice.sandbox.market import actions, records, uploads
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.worlds.papers.filing import TYPES, filed_as, media_type

MOST_IDS = 100
LARGEST = 10 * 1024 * 1024  # bytes: the 10 MB of the contract, read in the uploader's favour
LONGEST_NAME = 255
METADATA = fields(
    {"type": choice("RETURN_LABEL", "CUSTOMER_INVOICE"), "filename": text(least=1, most=LONGEST_NAME)},
    {"entity": fields({"type": choice("RETURN"), "id": text()})},
)


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
    order = naming.the_order(call)
    rows = call.world.store.rows(
        "SELECT id, type, body, updated_at, content FROM documents WHERE order_id = ?"
        " ORDER BY updated_at DESC, id DESC",
        (order["id"],),
    )
    chosen = [row[2:] for row in rows if (not types or row[1] in types) and (not ids or row[0] in ids)]
    if not chosen:
        raise RefusedError(404, "The order has no such document.", field="order_id")
    files = ((from_json(body)["name"], moment_of(at), content) for body, at, content in chosen)
    return archives.answer(call, f"{order['id']}_documents", files)


def upload_order_document(call: Call) -> Response:
    """Form and format are judged here, and whether order and return are known; the rest is for the marketplace."""
    found, files = bodies.json_and_files(call.request, "metadata", "file")
    metadata = bodies.judged(found, METADATA, "metadata")
    if not files:
        raise RefusedError(400, "The part file is missing.", field="file")
    content = files[0].content
    asked = {**metadata, "file_format": _format(content, metadata["filename"]), "size_in_bytes": len(content)}
    with call.world.store.transaction():
        order = naming.the_order(call)
        _refuse_unknown_entity(call, order, metadata)
        action_id = actions.take(call, actions.at_order(order), "UPLOAD_DOCUMENT", asked)
        uploads.keep(call.world.store, action_id, [uploads.File(metadata["filename"], content)])
    return taken_answer(action_id)


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


def _refuse_unknown_entity(call: Call, order: Json, metadata: Json) -> None:
    """Of the returns that there are, only those of this order will do."""
    if "entity" not in metadata:
        return
    found = records.find(call.world.store, "returns", metadata["entity"]["id"])
    if found is None or found.body["order_id"] != order["id"]:
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
