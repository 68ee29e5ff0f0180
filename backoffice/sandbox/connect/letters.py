"""The multipart bodies of createConversation and createMessage, read strictly (domain.md §1.3; §8, question 44)."""

from __future__ import annotations

from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.connect.rules import Faults, Json, Rule, choice, fields, several, text
from backoffice.sandbox.market.uploads import File
from backoffice.sandbox.multipart import Part

MOST_FILES = 5
LONGEST_FILENAME = 255

_BODY = text(least=1, most=2000)
_CONVERSATION = fields(
    {
        "entity": fields({"type": choice("ORDER"), "id": text(least=1)}),
        "topic": fields({"type": choice("FREE_TEXT"), "value": text(most=500)}),
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
    asked, files = bodies.json_and_files(call.request, name, "files", MOST_FILES)
    file = _file(call.world.switches.largest_attachment)
    kept = bodies.judged({name: asked, "files": files}, fields({name: rule, "files": several(file)}))
    return kept[name], [File(part.filename or f"file-{number}", part.content) for number, part in enumerate(files, 1)]


def _file(largest: int) -> Rule:
    def rule(where: str, part: Part, faults: Faults) -> None:
        if len(part.content) > largest:
            faults[where] = f"A file has at most {largest:,} bytes; this one has {len(part.content):,}."
        elif len(part.filename or "") > LONGEST_FILENAME:
            faults[where] = f"A file name has at most {LONGEST_FILENAME} characters."

    return rule
