"""Conversations: what exactly leaves, and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.inputs.conversations import MessageText, NewConversation, OrderEntity, Topic
from backoffice.mirakl.connect.inputs.files import File
from backoffice.mirakl.connect.types import ConversationActionStatus, Message, read
from backoffice.mirakl.errors import Invalid, MiraklError, NotFound, OutcomeUnknown, Unreadable
from tests.mirakl.serving import Serving, asked, http, sent_parts

SINCE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
EMPTY = http('{"data":[]}')
TAKEN = http('{"action_id":"a-1"}', status="202 Accepted")

JSON_HEAD = b'Content-Disposition: form-data; name="%s"\r\nContent-Type: application/json\r\n\r\n'
FILE_HEAD = (
    'Content-Disposition: form-data; name="files"; filename="{}"\r\nContent-Type: application/octet-stream\r\n\r\n'
)


def conversation(body: str = "Hello", topic: str = "Sizes", order_id: str = "0123_O-1") -> NewConversation:
    return NewConversation(
        entity=OrderEntity(id=order_id), topic=Topic(value=topic), first_message=MessageText(body=body)
    )


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        ({"updated_from": SINCE}, [("limit", "100"), ("updated_from", "2026-02-03T04:05:06Z")]),
        (
            {"conversation_ids": ["C&1", "C+2"], "limit": 1},
            [("limit", "1"), ("conversation_ids", "C&1"), ("conversation_ids", "C+2")],
        ),
        (
            {"updated_from": SINCE, "entity_ids": ["O/1 é", "O%2"]},
            [
                ("limit", "100"),
                ("updated_from", "2026-02-03T04:05:06Z"),
                ("entity_type", "ORDER"),
                ("entity_ids", "O/1 é"),
                ("entity_ids", "O%2"),
            ],
        ),
    ],
)
def test_filters_are_sent_as_mirakl_wants_them(filters: dict[str, Any], query: list[tuple[str, str]]) -> None:
    with Serving(EMPTY) as server:
        list(server.client.list_conversations(**filters))

    assert asked(server.requests[0]) == ("/conversations", query)


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        ({}, "updated_from: Connect demands it, or conversation_ids."),
        ({"entity_ids": ["O"]}, "updated_from: Connect demands it, or conversation_ids."),
        ({"updated_from": SINCE, "limit": 101}, "limit: a whole number of 1 to 100 is expected."),
        ({"updated_from": SINCE, "entity_ids": [""]}, "entity_ids[0]: a text of 1 or more characters is expected."),
        ({"updated_from": SINCE, "entity_ids": ["O"] * 101}, "entity_ids: a list of at most 100 items is expected."),
        ({"conversation_ids": ["C"] * 101}, "conversation_ids: a list of at most 100 items is expected."),
        ({"updated_from": SINCE.replace(tzinfo=None)}, "updated_from: a date-time with a time zone"),
    ],
)
def test_question_that_connect_would_refuse_is_not_asked(filters: dict[str, Any], fault: str) -> None:
    with Serving(EMPTY) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.list_conversations(**filters)

    assert server.connections == 0


@pytest.mark.parametrize(
    ("after", "query"),
    [(None, []), (SINCE.replace(microsecond=7_900), [("message_after", "2026-02-03T04:05:06.007Z")])],
)
def test_messages_are_asked_for(after: datetime | None, query: list[tuple[str, str]]) -> None:
    message = '{"id":"M","created_at":"2026-02-03T04:05:06Z","body":"%s"}'

    with Serving(http(f'{{"messages":[{message % "two"},{message % "one"}]}}')) as server:
        found = server.client.get_conversation_messages("C/1", after)

    assert asked(server.requests[0]) == ("/conversations/C%2F1", query)
    assert [read(raw, Message).body for raw in found.data] == ["two", "one"]
    assert found.next_page_token is None


def test_message_that_cannot_be_read_leaves_the_others_readable() -> None:
    good = b'{"id":"M","created_at":"2026-02-03T04:05:06Z"}'
    with Serving(http(b'{"messages":[{"id":"broken"},%b]}' % good)) as server:
        broken, other = server.client.get_conversation_messages("C").data

    with pytest.raises(Unreadable, match="created_at"):
        read(broken, Message)
    assert (bytes(broken), read(other, Message).id) == (b'{"id":"broken"}', "M")


@pytest.mark.parametrize("body", ["{}", '{"messages":null}', '{"data":[]}', "[]", '{"messages":[{"id":"M"}'])
def test_answer_without_messages_is_not_taken_for_silence(body: str) -> None:
    with Serving(http(body)) as server, pytest.raises(Unreadable):
        server.client.get_conversation_messages("C")


def test_new_conversation_is_these_parts() -> None:
    files = [File("photo é.jpg", b"\xff\xd8\r\n--x\0"), File('a"b.txt', b"")]

    with Serving(TAKEN) as server:
        action_id = server.client.create_conversation(conversation("Grüße", "Topic 😀", "O/+%é"), files)

    (request,) = server.requests
    assert action_id == "a-1"
    assert request.startswith(b"POST /conversations HTTP/1.1\r\n")
    assert sent_parts(request) == [
        JSON_HEAD % b"conversation"
        + '{"entity":{"type":"ORDER","id":"O/+%é"},"topic":{"type":"FREE_TEXT","value":"Topic 😀"},'.encode()
        + '"first_message":{"body":"Grüße"}}'.encode(),
        FILE_HEAD.format("photo é.jpg").encode() + b"\xff\xd8\r\n--x\0",
        FILE_HEAD.format("a%22b.txt").encode(),
    ]


@pytest.mark.parametrize("count", [0, 5])
def test_message_is_these_parts(count: int) -> None:
    files = [File("same.txt", b"%d" % at) for at in range(count)]

    with Serving(TAKEN) as server:
        assert server.client.create_message("C/1", 'He said "no".\n', files) == "a-1"

    (request,) = server.requests
    assert request.startswith(b"POST /conversations/C%2F1/messages HTTP/1.1\r\n")
    assert sent_parts(request) == [
        JSON_HEAD % b"message_input" + b'{"body":"He said \\"no\\".\\n"}',
        *(FILE_HEAD.format("same.txt").encode() + b"%d" % at for at in range(count)),
    ]


@pytest.mark.parametrize(
    ("body", "topic"), [("x", ""), ("x" * 2000, "x" * 500), ("é" * 2000, "é" * 500), ("😀" * 1000, "😀" * 250)]
)
def test_texts_of_the_smallest_and_the_greatest_length_are_sent(body: str, topic: str) -> None:
    with Serving(TAKEN) as server:
        server.client.create_message("C", body)
        server.client.create_conversation(conversation(body, topic))

    assert f'{{"body":"{body}"}}'.encode() in server.requests[0]
    assert f'"value":"{topic}"}},"first_message":{{"body":"{body}"}}'.encode() in server.requests[1]


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda api: api.create_message("C", ""), "body: it is empty."),
        (lambda api: api.create_message("C", "x" * 2001), "body: a text of at most 2000 characters is expected"),
        (lambda api: api.create_message("C", "😀" * 1001), "body: a text of at most 2000 characters is expected"),
        (lambda api: api.create_message("C", None), "body: a text is expected."),
        (lambda api: api.create_message("C", "\ud800"), "body: a text without half characters is expected."),
        (lambda api: api.create_message("", "x"), "conversationId: '' cannot be a part of an address."),
        (
            lambda api: api.create_message("C", "x", [File("f", b"")] * 6),
            "files: a list of at most 5 items is expected.",
        ),
        (
            lambda api: api.create_message("C", "x", [File("f", b""), File("", b"")]),
            "files[1].filename: a file name of 1 to 255 characters, none of them a control character, is expected.",
        ),
        (
            lambda api: api.create_message("C", "x", [File('f"\r\nX-Evil: 1\r\n\r\n', b"")]),
            "files[0].filename: a file name of 1 to 255 characters",
        ),
        (
            lambda api: api.create_conversation(conversation(body="")),
            "first_message.body: it is empty.",
        ),
        (
            lambda api: api.create_conversation(conversation(topic="😀" * 251)),
            "topic.value: a text of at most 500 characters is expected, an emoji counting as two.",
        ),
        (
            lambda api: api.create_conversation(conversation(order_id="")),
            "entity.id: a text of 1 or more characters is expected.",
        ),
        (
            lambda api: api.create_conversation(conversation(), [File("f", b"")] * 6),
            "files: a list of at most 5 items is expected.",
        ),
    ],
)
def test_message_that_connect_would_refuse_is_not_sent(call: Callable[[Connect], str], fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        call(server.client)

    assert server.connections == 0


@pytest.mark.parametrize(
    "call",
    [lambda api: api.create_message("C", "x"), lambda api: api.create_conversation(conversation())],
    ids=["message", "conversation"],
)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", OutcomeUnknown),
        (http("{}", status="202 Accepted"), OutcomeUnknown),
        (http("{}", status="400 Bad Request"), Invalid),
        (http("{}", status="404 Not Found"), NotFound),
    ],
    ids=["lost", "without an id", "400", "404"],
)
def test_message_is_sent_once_whatever_becomes_of_it(
    call: Callable[[Connect], str], answer: bytes, error: type[MiraklError]
) -> None:
    with Serving(answer) as server, pytest.raises(error) as caught:
        call(server.client)

    assert type(caught.value) is error
    assert (len(server.requests), server.naps) == (1, [])


def test_status_of_an_action_tells_the_conversation() -> None:
    with Serving(http('{"id":"a/1","status":"ERROR","conversation_id":"C-1","errors":null}')) as server:
        found = server.client.get_conversation_action_status("a/1")

    assert asked(server.requests[0]) == ("/conversations/actions/a%2F1", [])
    assert found == ConversationActionStatus(id="a/1", status="ERROR", conversation_id="C-1")


def test_file_keeps_name_and_content_out_of_its_description() -> None:
    assert repr(File("carla.pdf", b"Carla")) == "File()"
