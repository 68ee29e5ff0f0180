"""What the official contract states only in words, read from the words at run time.

Enumerations become `enum` in the judge's copy of the schemas. Limits and the order of rows are in `rules.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.contract.contradictions import Json, objects_in

_IN_BACKTICKS = re.compile(r'`"([A-Z_]+)"`')
_IN_A_LIST = re.compile(r"^\s*- (?:<code>)?([A-Z_]+)(?:</code>)?\s*$", re.MULTILINE)
_SPEAKS_OF_ONE = re.compile(r"\benum\b|of the following|of this values", re.IGNORECASE)


def stated(schema: Json) -> list[str]:
    """The values that a description lists as the only ones; none where it does not."""
    text = schema.get("description")
    if not isinstance(text, str):
        return []
    if "Enum:" in text:
        return _IN_BACKTICKS.findall(text.partition("Enum:")[2])
    if re.match(r"(Error code\.\s+)?One of", text):
        return _IN_A_LIST.findall(text)
    return []


def with_enumerations(contract: Json) -> int:
    """Writes the stated enumerations into the schemas, in place; how many there are."""
    found = 0
    for schema in objects_in(contract["components"]["schemas"]):
        values = stated(schema)
        if not values:
            continue
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["enum"] = [*values, *([None] if "null" in types else [])]
        found += 1
    return found


def with_formats(contract: Json) -> None:
    """Names the format of a language, which the schema leaves to its words, in place."""
    schema = contract["components"]["schemas"]["Locale"]
    assert "ISO-639_ISO-3166" in schema["description"]
    schema["format"] = "iso-639"


def unread(contract: Json) -> Iterator[str]:
    """Descriptions that speak of an enumeration which nobody reads."""
    for schema in objects_in(contract):
        text = schema.get("description")
        if isinstance(text, str) and _SPEAKS_OF_ONE.search(text) and "enum" not in schema:
            yield text


def operation_of(contract: Json, operation_id: str) -> Json:
    """The official words and schemas of an operation."""
    for methods in contract["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                return operation
    raise LookupError(operation_id)


def upload_limits(contract: Json) -> tuple[int, list[str]]:
    """Of a document: how many bytes it may have, and the names of the formats."""
    content = operation_of(contract, "v2-uploadOrderDocument")["requestBody"]["content"]["multipart/form-data"]
    text = content["schema"]["properties"]["file"]["description"]
    size = re.search(r"<code>(\d+) MB</code>", text)
    assert size, text
    return int(size[1]) * 1024 * 1024, re.findall(r"<code>([A-Z]+)</code>", text)


def is_utc(schema: Json) -> bool:
    """Whether a moment is wanted in UTC, written with a Z."""
    return "Zulu" in str(schema.get("description", ""))


def descriptions(value: Any) -> str:
    """All the words of a part of the contract."""
    return "\n".join(str(one["description"]) for one in objects_in(value) if isinstance(one.get("description"), str))
