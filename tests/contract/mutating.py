"""Every way to break a message in one place, to show that the judge notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.contract.contradictions import Json
from tests.contract.judge import Judge

_OF_ANOTHER_TYPE: dict[str, list[Any]] = {
    "string": [7],
    "integer": ["seven", 1.5],
    "number": ["1.50"],
    "boolean": ["true"],
    "array": [{}],
    "object": [[]],
}
_OF_ANOTHER_FORMAT = {
    "date-time": ["yesterday", "2026-01-31"],
    "iso-4217": ["eur"],
    "iso-3166-1 alpha-3": ["FR"],
    "iso-639": ["English"],
}


def mutations(judge: Judge, value: Any, schema: Json, where: str = "$") -> Iterator[tuple[str, Any]]:
    """A required field dropped; a type, a word, a format or a length changed. Yields place and message."""
    schema = _for(judge, judge.resolved(schema), value)
    for wrong in _wrong_values(schema, value):
        yield f"{where} = {str(wrong)[:40]!r}", wrong
    if isinstance(value, dict):
        for name in schema["required"]:
            if name in value:
                yield f"{where} without {name}", {key: item for key, item in value.items() if key != name}
        for name in value.keys() & schema["properties"].keys():
            for place, broken in mutations(judge, value[name], schema["properties"][name], f"{where}.{name}"):
                yield place, {**value, name: broken}
    if isinstance(value, list) and value:
        for place, broken in mutations(judge, value[0], schema["items"], f"{where}[0]"):
            yield place, [broken, *value[1:]]


def _for(judge: Judge, schema: Json, value: Any) -> Json:
    """Of alternatives the one that the value is of."""
    for one in schema.get("oneOf", []):
        if not judge.faults(one, value):
            return {**judge.resolved(one), "alternatives": True}
    return schema


def _wrong_values(schema: Json, value: Any) -> Iterator[Any]:
    types = schema.get("type", "object" if schema["properties"] else [])
    types = [types] if isinstance(types, str) else types
    for kind in types:
        yield from _OF_ANOTHER_TYPE.get(kind, [])
    if types and "null" not in types and "alternatives" not in schema:
        yield None
    if "enum" in schema:
        yield "NEVER_HEARD_OF"
    yield from _OF_ANOTHER_FORMAT.get(schema.get("format", ""), [])
    yield from _out_of_bounds(schema, value)


def _out_of_bounds(schema: Json, value: Any) -> Iterator[Any]:
    if "minimum" in schema:
        yield schema["minimum"] - 1
    if "maximum" in schema:
        yield schema["maximum"] + 1
    if schema.get("minLength"):
        yield ""
    if "maxLength" in schema:
        yield "x" * (schema["maxLength"] + 1)
    if "pattern" in schema:
        yield "?"
    if schema.get("minItems"):
        yield []
    if "maxItems" in schema and value:
        yield [value[0]] * (schema["maxItems"] + 1)
