"""What is asked about conversations, and written to customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backoffice.mirakl import Page
from backoffice.mirakl.connect import types
from backoffice.mirakl.connect.inputs import conversations
from backoffice.mirakl.connect.inputs.files import File
from tests.contract.drives.drive import PAST, PDF, PNG, Drive, contains, downloaded, found, rows, status_read
from tests.contract.stage import Ids, Stage

FILES = [
    File("Fotó 1.png", PNG),
    File("b.pdf", PDF),
    File("c", b"\0\r\n--x"),
    File("d.txt", b"d"),
    File('e";.csv', b""),
]


def _conversation(ids: Ids, topic: str, body: str) -> conversations.NewConversation:
    return conversations.NewConversation(
        entity=conversations.OrderEntity(id=ids.order),
        topic=conversations.Topic(value=topic),
        first_message=conversations.MessageText(body=body),
    )


def _begun(topic: str, files: int) -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        [row] = [row for row in stage.sandbox.conversations() if row["topic"]["value"] == topic]
        assert row["entity"]["id"] == stage.ids.order
        assert stage.api.get_conversation_action_status(result).conversation_id == row["id"]
        _said(row["id"], files)(stage, result)

    return shown


def _said(conversation_id: str, files: int, body: str = "") -> Callable[[Stage, Any], None]:
    def shown(stage: Stage, result: Any) -> None:
        message = stage.messages(conversation_id or stage.ids.conversation)[0]
        assert (message["sender"]["type"], len(message.get("attachments", []))) == ("STORE", files)
        assert not body or message["body"] == body
        if files == len(FILES):
            assert [one["size_in_bytes"] for one in message["attachments"]] == [len(one.content) for one in FILES]

    return shown


def _bodies(page: Page) -> list[str]:
    return [types.read(raw, types.Message).body for raw in page.data]


def _attached(stage: Stage, result: Any) -> None:
    filename, names, difference = result
    [message] = [one for one in stage.messages(stage.ids.conversation) if one.get("attachments")]
    [attachment] = message["attachments"]
    assert names == [f"{message['id']}/{attachment['id']}/{attachment['filename']}"]
    assert (difference, filename.startswith(f"{stage.ids.conversation}_attachments_")) == (0, True)


LONG = "é<b>&amp;\n" * 180 + "x" * 200  # 2,000 characters

CONVERSATION_DRIVES = (
    Drive(
        "listConversations",
        "least",
        lambda api, ids: rows(api.list_conversations(updated_from=PAST)),
        found("conversation"),
    ),
    Drive(
        "listConversations",
        "everything",
        lambda api, ids: rows(
            api.list_conversations(
                updated_from=PAST, conversation_ids=[ids.conversation, "x"], entity_ids=[ids.order], limit=1
            )
        ),
        found("conversation"),
    ),
    Drive(
        "getConversationMessages",
        "least",
        lambda api, ids: api.get_conversation_messages(ids.conversation),
        lambda stage, result: contains(_bodies(result), "Where is it?"),
    ),
    Drive(
        "getConversationMessages",
        "everything",
        lambda api, ids: api.get_conversation_messages(ids.conversation, PAST),
        lambda stage, result: contains(_bodies(result), "Where is it?"),
    ),
    Drive(
        "createConversation",
        "least",
        lambda api, ids: api.create_conversation(_conversation(ids, "A question", "?")),
        _begun("A question", 0),
        "conversation",
    ),
    Drive(
        "createConversation",
        "everything",
        lambda api, ids: api.create_conversation(_conversation(ids, "t" * 500, LONG), FILES),
        _begun("t" * 500, 5),
        "conversation",
    ),
    Drive(
        "createMessage",
        "least",
        lambda api, ids: api.create_message(ids.conversation, "!"),
        _said("", 0, "!"),
        "conversation",
    ),
    Drive(
        "createMessage",
        "everything",
        lambda api, ids: api.create_message(ids.conversation, LONG, FILES),
        _said("", 5, LONG),
        "conversation",
    ),
    Drive(
        "downloadConversationAttachments",
        "least",
        lambda api, ids: downloaded(lambda into: api.download_conversation_attachments(ids.conversation, into)),
        _attached,
    ),
    Drive(
        "downloadConversationAttachments",
        "everything",
        lambda api, ids: downloaded(
            lambda into: api.download_conversation_attachments(ids.conversation, into, [ids.attachment, "nobody's"])
        ),
        _attached,
    ),
    Drive(
        "getConversationActionStatus",
        "least",
        lambda api, ids: api.get_conversation_action_status(ids.conversation_action),
        status_read,
    ),
)
