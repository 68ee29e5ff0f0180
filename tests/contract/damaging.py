"""Every way to spoil a request of ours in one place: what the contract forbids, the sandbox has to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from tests.contract import prose
from tests.contract.contradictions import Json
from tests.contract.judge import Judge
from tests.contract.multiparts import Part, split
from tests.contract.mutating import mutations
from tests.contract.recording import Exchange

Damage = tuple[str, Json]  # what is wrong, and the changes that `Stage.send` takes
BOUNDARY = "0123456789abcdef"


def damages(judge: Judge, exchange: Exchange) -> Iterator[Damage]:
    operation_id = judge.operation_id(exchange)
    yield from _queries(judge, operation_id, exchange)
    body = judge.operations[operation_id].get("requestBody", {}).get("content", {})
    if "application/json" in body:
        yield from _json_bodies(judge, operation_id, exchange)
    elif "multipart/form-data" in body:
        yield from _multiparts(judge, operation_id, exchange)
    elif exchange.method != "GET":
        yield "a body where there is none", {"sent": b"{}", "content_type": "application/json"}


def _json_bodies(judge: Judge, operation_id: str, exchange: Exchange) -> Iterator[Damage]:
    schema, good = judge.sent_schema(operation_id), json.loads(exchange.sent)
    for place, body in mutations(judge, good, schema):
        yield place, {"sent": json.dumps(body).encode()}
    yield "no JSON", {"sent": b"{"}
    yield "no UTF-8", {"sent": exchange.sent + b"\xff"}
    yield "nothing", {"sent": b""}
    yield "two documents", {"sent": exchange.sent * 2}
    yield "a number that JSON does not have", {"sent": exchange.sent[:-1] + b', "new": NaN}'}
    yield "another content type", {"content_type": "text/plain"}
    yield "no content type", {"content_type": ""}


def _queries(judge: Judge, operation_id: str, exchange: Exchange) -> Iterator[Damage]:
    query = judge.query(exchange)
    for parameter in judge.operations[operation_id].get("parameters", []):
        if parameter["in"] != "query" or parameter["name"] == "page_token":
            continue
        name, schema = parameter["name"], parameter["schema"]
        others = [(other, value) for other, value in query.items(multi=True) if other != name]
        for wrong in _wrong_parameters(schema):
            yield f"{name} = {str(wrong)[:40]}", {"query": urlencode([*others, *((name, one) for one in wrong)])}
    for place, wrong in _COMBINATIONS.get(operation_id, []):
        yield place, {"query": urlencode(wrong)}


def _wrong_parameters(schema: Json) -> Iterator[list[Any]]:
    items = schema.get("items", schema)
    if "minimum" in schema:
        yield from ([schema["minimum"] - 1], [schema["maximum"] + 1], ["ten"], ["1.5"], [""])
    if "enum" in items:
        yield from (["NEVER_HEARD_OF"], [""], [",".join(items["enum"][:2]) + ","])
    if items.get("format") == "date-time":
        yield from (["yesterday"], ["2026-01-31"], ["2026-01-31T10:00:00"], [""])
    if "maxItems" in schema:
        yield ["x"] * (schema["maxItems"] + 1) if "enum" not in items else items["enum"] * (schema["maxItems"] + 1)
    if schema["type"] != "array":
        yield ["2026-01-31T00:00:00Z" if "format" in schema else 1] * 2


_COMBINATIONS: dict[str, list[tuple[str, list[tuple[str, str]]]]] = {
    "v2-downloadOrderDocuments": [("types and ids", [("types", "CUSTOMER_INVOICE"), ("document_ids", "x")])],
    "v2-listReturns": [("no date", [("limit", "1")])],
    "listConversations": [
        ("no date, no ids", [("limit", "1")]),
        ("ids of what", [("updated_from", "2026-01-31T00:00:00Z"), ("entity_ids", "x")]),
        ("a type alone", [("updated_from", "2026-01-31T00:00:00Z"), ("entity_type", "ORDER")]),
    ],
}


def _multiparts(judge: Judge, operation_id: str, exchange: Exchange) -> Iterator[Damage]:
    content_type = exchange.headers["Content-Type"]
    parts = split(content_type, exchange.sent)
    schemas = judge.operations[operation_id]["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    for at, part in enumerate(parts):
        others = [*parts[:at], *parts[at + 1 :]]
        if part.head.get_content_type() == "application/json":
            for place, body in mutations(judge, json.loads(part.content), schemas[part.name]):
                yield f"{part.name}: {place}", _built([replace(part, content=json.dumps(body).encode()), *others])
            yield f"{part.name} is no JSON", _built([replace(part, content=b"{"), *others])
            strange = part.content.rstrip()[:-1] + b', "new": NaN}'
            yield f"{part.name} with no number of JSON", _built([replace(part, content=strange), *others])
            yield f"{part.name} is called a text", _built([_called(part, "text/plain"), *others])
            yield f"{part.name} twice", _built([part, *parts])
            yield f"no {part.name}", _built(others)
        yield f"{part.name} under another name", _built([_named(part, "attachment"), *others])
    yield from _files(judge, operation_id, parts)
    yield "not closed", {"sent": exchange.sent[:-8]}
    yield "no boundary", {"content_type": "multipart/form-data"}
    yield "another content type", {"content_type": "application/json"}
    yield "nothing", {"sent": b""}


def _files(judge: Judge, operation_id: str, parts: list[Part]) -> Iterator[Damage]:
    [*documents] = [part for part in parts if part.name not in ("file", "files")]
    files = [part for part in parts if part.name in ("file", "files")]
    if operation_id != "v2-uploadOrderDocument":
        yield "six files", _built([*documents, *files, files[0]])
        return
    most, _ = prose.upload_limits(judge.official)
    yield "two files", _built([*parts, *files])
    yield "no file", _built(documents)
    yield "an empty file", _built([*documents, replace(files[0], content=b"")])
    yield "a program", _built([*documents, replace(files[0], content=b"\x7fELF\0\0")])
    yield "a large file", _built([*documents, replace(files[0], content=b"%PDF-1.4\n" + bytes(most))])


def _called(part: Part, content_type: str) -> Part:
    return _with(part, part.name, part.filename, content_type)


def _named(part: Part, name: str) -> Part:
    return _with(part, name, part.filename, part.head.get_content_type())


def _with(part: Part, name: str, filename: str, content_type: str) -> Part:
    text = f"--{BOUNDARY}\r\n{_head(name, filename, content_type)}\r\n\r\n\r\n--{BOUNDARY}--\r\n"
    [head] = split(f"multipart/form-data; boundary={BOUNDARY}", text.encode())
    return replace(head, content=part.content)


def _head(name: str, filename: str, content_type: str) -> str:
    named = f'; filename="{filename}"' if filename else ""
    return f'Content-Disposition: form-data; name="{name}"{named}\r\nContent-Type: {content_type}'


def _built(parts: list[Part]) -> Json:
    written = [
        f"--{BOUNDARY}\r\n".encode()
        + "\r\n".join(f"{name}: {value}" for name, value in part.head.items()).encode()
        + b"\r\n\r\n"
        + part.content
        + b"\r\n"
        for part in parts
    ]
    return {
        "sent": b"".join([*written, f"--{BOUNDARY}--\r\n".encode()]),
        "content_type": f"multipart/form-data; boundary={BOUNDARY}",
    }
