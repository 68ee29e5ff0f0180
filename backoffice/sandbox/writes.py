"""Every call that wanted to change something. Unlike the journal it forgets nothing, and outlives a kill."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from backoffice.sandbox.answers import RefusedError, from_json, to_json
from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import micros, moment_of, written
from backoffice.sandbox.multipart import Part, parts

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store

COLUMNS = "number, request_id, at, operation, path, body, status, action_id"


class Writes:
    """A call has a row from when it has arrived as a whole. It was taken if and only if its row names an action: both
    are stored in one transaction. The name is empty where the operation has no actions.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def arrived(self, call: Call) -> None:
        self._store.change(
            "INSERT INTO writes (request_id, at, operation, path, body) VALUES (?, ?, ?, ?, ?)",
            (call.request_id, micros(call.now), call.operation.id, to_json(call.path), _kept(call.request)),
        )

    def taken(self, call: Call, action_id: str) -> None:
        """To be called within the transaction that stores the action."""
        self._store.change("UPDATE writes SET action_id = ? WHERE request_id = ?", (action_id, call.request_id))

    def answered(self, call: Call, status: int) -> None:
        """Not to be called where the caller was given no whole answer."""
        self._store.change("UPDATE writes SET status = ? WHERE request_id = ?", (status, call.request_id))

    def listed(self, *, after: int = 0, limit: int = -1) -> list[dict[str, Any]]:
        """Oldest first."""
        sql = f"SELECT {COLUMNS} FROM writes WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 -- constant names
        return [
            _told(dict(zip(COLUMNS.split(", "), row, strict=True))) for row in self._store.rows(sql, (after, limit))
        ]


def _kept(request: Request) -> bytes:
    """The body. Of a multipart one what its parts are called and hold, of a file only its digest."""
    if request.mimetype != "multipart/form-data":
        return request.get_data()
    try:
        return to_json({"parts": [_described(part) for part in parts(request)]})
    except RefusedError:
        return b'{"parts":null}'


def _described(part: Part) -> dict[str, Any]:
    head = {"name": part.name, "filename": part.filename, "content_type": part.content_type}
    if part.filename is None:
        return {**head, "text": part.content.decode(errors="replace")}
    return {**head, "size": len(part.content), "sha256": sha256(part.content).hexdigest()}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A body that is no JSON is told as text."""
    try:
        body = from_json(row["body"])
    except (ValueError, RecursionError):
        body = row["body"].decode(errors="replace")
    return {**row, "at": written(moment_of(row["at"])), "path": from_json(row["path"]), "body": body}
