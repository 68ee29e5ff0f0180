"""Labels that lie behind a `label_url`: the sandbox serves them itself, without a token, as a carrier's site would.

A stored return knows only the path; the origin is put before it when the return is served, and is right after a restart
on another port too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from werkzeug.wrappers import Request, Response

from backoffice.sandbox.answers import RefusedError, to_json
from backoffice.sandbox.market import records
from backoffice.sandbox.worlds.moves import Json
from backoffice.sandbox.worlds.papers import filing, sheets

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

MOUNT = "/labels/"
OURS = "sandbox:"  # a scheme that nobody has
SUFFIX = ".pdf"


def link(return_id: str) -> str:
    """What is stored as `label_url`."""
    return f"{OURS}{MOUNT}{quote(return_id, safe='')}{SUFFIX}"


def with_origin(text: bytes, request: Request) -> bytes:
    """JSON texts of returns as the caller of this request can follow them. A quote within a text is escaped, so only
    the field is struck."""
    return text.replace(f'"label_url":"{OURS}/'.encode(), b'"label_url":%b' % to_json(request.host_url)[:-1])


def answer(world: World, request: Request) -> Response:
    """`GET /labels/<return id>.pdf`, of any return that there is."""
    raw_path = request.environ.get("RAW_URI", request.path).partition("?")[0]
    return_id = unquote(raw_path.removeprefix(MOUNT).removesuffix(SUFFIX))
    found = records.find(world.store, "returns", return_id)
    if request.method not in ("GET", "HEAD"):
        return RefusedError(405, "Only GET is possible here.").with_header("Allow", "GET, HEAD").answer()
    if found is None or not raw_path.endswith(SUFFIX):
        return RefusedError(404, "There is no such label.").answer()
    return Response(sheets.made("pdf", sheet(found.body)), content_type=filing.SIGNATURES[b"%PDF-"])


def sheet(found: Json) -> sheets.Sheet:
    """The label of a return: the seller's address, and what the warehouse finds the return by."""
    address, tracking, origin = (_object(found.get(name)) for name in ("address", "tracking", "origin"))
    lines = [
        str(origin.get("channel_store_name") or "Returns"),
        *(str(address[name]) for name in ("street", "street_additional_info") if name in address),
        " ".join(str(address[name]) for name in ("zip_code", "city") if name in address),
        str(address.get("country", "")),
        "",
        f"Return {found['channel_return_id']}",
        str(found.get("rma_id", "")),
        str(tracking.get("tracking_number", "")),
    ]
    digits = "".join(sign for sign in found["id"] if sign in "0123456789")
    title = str(tracking.get("carrier_name") or "Return")
    return sheets.Sheet(title, tuple(line for line in lines if line), digits[-12:].zfill(12))


def _object(value: Any) -> Json:
    """A return that was changed by hand may hold anything."""
    return value if isinstance(value, dict) else {}
