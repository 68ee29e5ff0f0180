"""Bodies of calls, JSON and multipart, read strictly: every fault is named by the path of its field, all at once."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Request

from backoffice.sandbox.answers import RefusedError, from_json
from backoffice.sandbox.connect.rules import Faults, Json, Rule
from backoffice.sandbox.multipart import Part, by_name, parts


def read(request: Request, rule: Rule) -> Any:
    """What the rule keeps of a JSON body. Raises RefusedError 415 for another content type, 400 for a faulty body."""
    if request.mimetype != "application/json":
        raise RefusedError(415, "The body is expected as application/json.")
    return judged(_object(request.get_data(), "The body", "$"), rule)


def json_and_files(request: Request, name: str, under: str, most: int = 1) -> tuple[Json, list[Part]]:
    """Of a multipart body the part that is a JSON object, and its files. Raises RefusedError 415, or 400 naming a part
    that is missing, unknown, one too many or no JSON object."""
    found = by_name(parts(request), {name: 1, under: most})
    if not found[name]:
        raise RefusedError(400, f"The part {name} is missing.", field=name)
    if found[name][0].media_type != "application/json":
        raise RefusedError(400, f"The part {name} is expected as application/json.", field=name)
    return _object(found[name][0].content, f"The part {name}", name), found[under]


def judged(found: Any, rule: Rule, where: str = "") -> Any:
    """What the rule keeps. Raises RefusedError 400 with all faults."""
    faults = Faults()
    kept = rule(where, found, faults)
    refuse(faults)
    return kept


def refuse(faults: Faults) -> None:
    """Raises RefusedError 400 if there are faults, by the path of the field."""
    if faults:
        raise RefusedError(400, "The body is not as it should be.", errors=faults)


def _object(content: bytes, what: str, field: str) -> Json:
    try:
        found = from_json(content)
    except (ValueError, RecursionError):
        raise RefusedError(400, f"{what} is not readable as JSON.", field=field) from None
    if not isinstance(found, dict):
        raise RefusedError(400, f"{what} is a JSON object.", field=field)
    return found
