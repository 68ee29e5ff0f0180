"""Multipart bodies, read by nobody's parser but this one and judged part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from tests.contract.contradictions import Json
from tests.contract.strict import strict_json

Faults = Callable[[Json, Any], Iterable[str]]  # of a value by a schema


@dataclass(frozen=True)
class Part:
    head: Message
    content: bytes

    @property
    def name(self) -> str:
        return str(self.head.get_param("name", "", "Content-Disposition"))

    @property
    def filename(self) -> str:
        return self.head.get_filename("")


def split(content_type: str, body: bytes) -> list[Part]:
    """The parts. Raises ValueError for what is no multipart body, to the byte."""
    head = Message()
    head["Content-Type"] = content_type
    boundary = head.get_boundary("")
    if head.get_content_type() != "multipart/form-data" or not boundary:
        raise ValueError(f"no multipart/form-data with a boundary: {content_type!r}")
    first, *sections = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if first or not sections or sections.pop() not in (b"--", b"--\r\n"):
        raise ValueError("the body does not begin or does not end with its boundary")
    return [_part(section) for section in sections]


def _part(section: bytes) -> Part:
    head, end, content = section.partition(b"\r\n\r\n")
    if not (end and head.startswith(b"\r\n")):
        raise ValueError("a part has no head")
    message: Message = HeaderParser().parsestr(head[2:].decode())
    if message.get_content_disposition() != "form-data":
        raise ValueError("a part is no form data")
    return Part(message, content)


def nameless(media: Json, parts: list[Part]) -> list[str]:
    """Files without a name, which the contract does not forbid."""
    properties = media["schema"]["properties"]
    files = [part for part in parts if part.name in properties and _is_file(properties[part.name])]
    return [f"part {part.name!r}: a file without a name" for part in files if not part.filename]


def faults(media: Json, parts: list[Part], judge: Faults) -> list[str]:
    """What is wrong with the parts by the media type of a request: names, counts, content types, JSON."""
    properties: Json = media["schema"]["properties"]
    counts = Counter(part.name for part in parts)
    found = [f"part {name!r} is not of the contract" for name in counts.keys() - properties.keys()]
    found += [f"part {name!r} is missing" for name in set(media["schema"]["required"]) - counts.keys()]
    for name in counts.keys() & properties.keys():
        most = properties[name]["maxItems"] if properties[name].get("type") == "array" else 1
        if counts[name] > most:
            found.append(f"part {name!r} comes {counts[name]} times, not at most {most}")
    for part in parts:
        if part.name in properties:
            wanted = media.get("encoding", {}).get(part.name, {}).get("contentType", "")
            found += [f"part {part.name!r}: {fault}" for fault in _of_one(part, properties[part.name], wanted, judge)]
    return found


def _of_one(part: Part, schema: Json, wanted: str, judge: Faults) -> Iterable[str]:
    is_file = _is_file(schema)
    # Where the contract names no content type, a document is JSON and a file may be anything (OpenAPI 3.1).
    wanted = wanted or ("" if is_file else "application/json")
    content_type = part.head.get("Content-Type", "")
    if wanted and part.head.get_content_type() != wanted:
        yield f"is {content_type!r}, not {wanted}"
    if is_file:
        return
    try:
        value = strict_json(part.content)
    except ValueError:
        yield "is no JSON"
        return
    yield from judge(schema, value)


def _is_file(schema: Json) -> bool:
    return "binary" in (schema.get("format"), schema.get("items", {}).get("format"))
