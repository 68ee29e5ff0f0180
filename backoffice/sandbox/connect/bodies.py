"""JSON bodies, read strictly: every fault is named by the path of its field."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from backoffice.sandbox.answers import RefusedError, from_json


def json_object(request: Request) -> dict[str, Any]:
    """The body. Raises RefusedError 415 for another content type, 400 for what is no JSON object."""
    if request.mimetype != "application/json":
        raise RefusedError(415, "The body is expected as application/json.")
    try:
        found = from_json(request.get_data())
    except (ValueError, RecursionError):
        raise RefusedError(400, "The body is not readable as JSON.", field="$") from None
    if not isinstance(found, dict):
        raise RefusedError(400, "The body is a JSON object.", field="$")
    return found


def refuse(faults: dict[str, str]) -> None:
    """Raises RefusedError 400 if there are faults, by the path of the field."""
    if faults:
        raise RefusedError(400, "The body is not as it should be.", errors=faults)
