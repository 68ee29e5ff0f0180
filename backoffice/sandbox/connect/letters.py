"""The multipart bodies of createConversation and createMessage, read strictly (domain.md §1.3; §8, question 44)."""

from __future__ import annotations

from backoffice.sandbox import multipart
from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.connect.rules import Faults, Rule, fields, text, word
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.messaging import File

MOST_FILES = 5
LONGEST_FILENAME = 255

_BODY = text(least=1, most=2000)
_CONVERSATION = fields(
    {
        "entity": fields({"type": word("ORDER"), "id": text(least=1)}),
        "topic": fields({"type": word("FREE_TEXT"), "value": text(most=500)}),
        "first_message": fields({"body": _BODY}),
    }
)
_MESSAGE = fields({"body": _BODY})


def new_conversation(call: Call) -> tuple[Json, list[File]]:
    """What createConversation asks for, and its files. Raises RefusedError 400 or 415."""
    return _read(call, "conversation", _CONVERSATION)


def new_message(call: Call) -> tuple[Json, list[File]]:
    """What createMessage asks for, and its files. Raises RefusedError 400 or 415."""
    return _read(call, "message_input", _MESSAGE)


def _read(call: Call, name: str, rule: Rule) -> tuple[Json, list[File]]:
    found = multipart.by_name(multipart.parts(call.request), {name: 1, "files": MOST_FILES})
    asked = multipart.json_object(name, found[name])
    faults: Faults = {}
    for position, part in enumerate(found["files"]):
        faults |= _file_faults(f"files[{position}]", part, call.world.switches.largest_attachment)
    kept: Json = rule(name, asked, faults)
    bodies.refuse(faults)
    return kept, [
        File(part.filename or f"file-{number}", part.content) for number, part in enumerate(found["files"], 1)
    ]


def _file_faults(where: str, part: multipart.Part, largest: int) -> Faults:
    if len(part.content) > largest:
        return {where: f"A file has at most {largest:,} bytes; this one has {len(part.content):,}."}
    if len(part.filename or "") > LONGEST_FILENAME:
        return {where: f"A file name has at most {LONGEST_FILENAME} characters."}
    return {}
