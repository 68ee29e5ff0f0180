"""JSON as the standard has it."""

from __future__ import annotations

import json
from typing import Any

from tests.contract.contradictions import Json


def strict_json(body: bytes) -> Any:
    """Raises ValueError also for numbers that JSON does not have and for names given twice."""
    return json.loads(body, parse_constant=_refuse, object_pairs_hook=_once)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found
