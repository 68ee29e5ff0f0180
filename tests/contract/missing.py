"""What a message could have had."""

from __future__ import annotations

from typing import Any

from tests.contract.contradictions import Json
from tests.contract.judge import Judge


def missing(judge: Judge, value: Any, schema: Json, where: str = "$") -> list[str]:
    """Where the value lacks something that the schema knows: proof that "every optional field" is every one."""
    schema = judge.resolved(schema)
    if "oneOf" in schema:
        schema = judge.resolved(schema["oneOf"][0])
    if isinstance(value, list):
        return missing(judge, value[0], schema["items"], f"{where}[0]") if value else [where]
    found = [f"{where}.{name}" for name in schema["properties"] if name not in value] if schema["properties"] else []
    for name in schema["properties"].keys() & (value.keys() if isinstance(value, dict) else set()):
        found += missing(judge, value[name], schema["properties"][name], f"{where}.{name}")
    return found
