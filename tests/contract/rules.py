"""Limits and orders that the contract states only in words. Each rule says where its words stand.

Also in words alone: size and formats of an uploaded document (`upload_faults` takes the number and the names from
there), moments that are wanted in UTC (`moment_faults`), what formats mean that no validator knows (`FORMATS`), names
and depth of archives (`archives.py`), enumerations (`prose.py`), call frequencies (`test_frequencies.py`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Headers, MultiDict

from tests.contract import prose
from tests.contract.contradictions import Json
from tests.contract.multiparts import Part


@dataclass(frozen=True)
class Asked:
    """A request in the parts that rules speak of."""

    query: MultiDict[str, str]
    headers: Headers
    body: Any


@dataclass(frozen=True)
class Rule:
    """`words` is found in the official words about the operation: without them the rule has no ground.

    `binding` on everybody, or only good manners, which are wanted of our own requests.
    """

    operation: str
    words: str
    faults: Callable[[Asked], Iterator[str]]
    binding: bool = True


@dataclass(frozen=True)
class OrderRule:
    """How the rows of an answer are sorted; `words` as of a `Rule`, unless the rules of paging are meant."""

    operation: str
    words: str
    rows: str
    key: str
    descending: bool


def _no_body(asked: Asked) -> Iterator[str]:
    if asked.headers.get("Content-Length") != "0":
        yield "Content-Length: 0 is missing"


def _types_or_ids(asked: Asked) -> Iterator[str]:
    if "types" in asked.query and "document_ids" in asked.query:
        yield "types and document_ids at once"


def _date_or_ids(asked: Asked) -> Iterator[str]:
    if not {"updated_from", "conversation_ids", "page_token"} & asked.query.keys():
        yield "neither updated_from nor conversation_ids"


def _entity_type_and_ids(asked: Asked) -> Iterator[str]:
    if "page_token" not in asked.query and ("entity_type" in asked.query) != ("entity_ids" in asked.query):
        yield "one of entity_type and entity_ids alone"


def _channel_types(asked: Asked) -> Iterator[str]:
    if "channel_types" in asked.query and "CHANNEL_SPECIFIC" not in asked.query.getlist("types"):
        yield "channel_types without the type CHANNEL_SPECIFIC"


def _date_or_token(asked: Asked) -> Iterator[str]:
    if not {"updated_from", "page_token"} & asked.query.keys():
        yield "neither updated_from nor page_token"


def _errors_of_failed(asked: Asked) -> Iterator[str]:
    for action in asked.body["actions"]:
        if action["status"] == "FAILED" and not action.get("errors"):
            yield "a failed action without errors"


RULES = (
    Rule("v2-acknowledgeReturnReception", r"Content-Length", _no_body),
    Rule("v2-closeReturn", r"Content-Length", _no_body),
    Rule("v2-downloadOrderDocuments", r"together", _types_or_ids),
    Rule("v2-listOrderDocuments", r"applicable", _channel_types, binding=False),
    Rule("v2-listReturns", r"", _date_or_token),  # a schema says it; see the contradiction "returns by token"
    Rule("listConversations", r"Required when", _date_or_ids),
    Rule("listConversations", r"used with", _entity_type_and_ids),
    Rule("v2-reportOrderActions", r"not be null", _errors_of_failed),
)
UPDATED = r"updated_at</b> \(Default\)"
ORDERS = (
    OrderRule("v2-listOrders", UPDATED, "data", "updated_at", descending=True),
    OrderRule("listOrders", UPDATED, "data", "updated_at", descending=True),
    OrderRule("v2-listReturns", UPDATED, "data", "updated_at", descending=True),
    OrderRule("listConversations", UPDATED, "data", "updated_at", descending=True),
    OrderRule("v2-listOrderDocuments", r"updated_at\s+DESC", "documents", "updated_at", descending=True),
    OrderRule("getConversationMessages", r"date\s+descending", "messages", "channel_created_at", descending=True),
    OrderRule("listProducts", r"sorted by product", "data", "id", descending=False),
)


def rule_faults(operation_id: str, asked: Asked, *, whose: str) -> list[str]:
    broken = [rule for rule in RULES if rule.operation == operation_id and (rule.binding or whose == "ours")]
    return [fault for rule in broken for fault in rule.faults(asked)]


def order_faults(operation_id: str, body: Any) -> list[str]:
    """Where the rows of an answer are not sorted as the contract says."""
    found = []
    for rule in ORDERS:
        if rule.operation == operation_id:
            keys = [_comparable(row[rule.key]) for row in body[rule.rows] if rule.key in row]
            if keys != sorted(keys, reverse=rule.descending):
                found.append(f"{rule.rows} are not sorted by {rule.key}")
    return found


def _comparable(value: str) -> str:
    """Moments of one list compare as texts once their fractions are of one length."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z", value)
    return value if match is None else f"{match[1]}.{(match[2] or '').ljust(9, '0')}"


def upload_faults(contract: Json, parts: list[Part]) -> list[str]:
    """Size and format of an uploaded document, by its bytes."""
    most, formats = prose.upload_limits(contract)
    found = []
    for part in parts:
        if part.name == "file":
            if len(part.content) > most:
                found.append(f"{len(part.content)} bytes, not at most {most}")
            if not any(_IS[name](part.content) for name in formats):
                found.append(f"is none of {', '.join(formats)}")
    return found


def _is_csv(content: bytes) -> bool:
    try:
        rows = list(csv.reader(content.decode().splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return False
    return bool(rows) and "\0" not in content.decode()


_IS: dict[str, Callable[[bytes], bool]] = {
    "PDF": lambda content: content.startswith(b"%PDF-"),
    "JPEG": lambda content: content.startswith(b"\xff\xd8\xff"),
    "PNG": lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
    "CSV": _is_csv,
}


def moment_faults(contract: Json, schema: Json, value: Any, where: str = "$") -> Iterator[str]:
    """Moments of what is sent that the words want in UTC, written with a Z."""
    while "$ref" in schema:
        schema = contract["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, str) and prose.is_utc(schema) and not value.endswith("Z"):
        yield f"{where} is not in UTC"
    if isinstance(value, dict):
        for name in value.keys() & schema.get("properties", {}).keys():
            yield from moment_faults(contract, schema["properties"][name], value[name], f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for position, item in enumerate(value):
            yield from moment_faults(contract, schema["items"], item, f"{where}[{position}]")


def _matches(pattern: str) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, str) or re.fullmatch(pattern, value) is not None


# Formats by name: a validator skips what it does not know.
FORMATS: dict[str, Callable[[Any], bool]] = {
    "iso-639": _matches(r"[a-z]{2,3}(_[A-Z]{2})?"),  # named by `prose.with_formats`
    "iso-4217": _matches(r"[A-Z]{3}"),
    "iso-3166-1 alpha-3": _matches(r"[A-Z]{3}"),
}
