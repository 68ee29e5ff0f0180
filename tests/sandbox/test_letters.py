"""The forms of createConversation and createMessage: which bodies and parts are refused (domain.md §1.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.correspondence import Correspondent, Files, Parts, about
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def correspondent(sandbox: RunningSandbox) -> Correspondent:
    return Correspondent(sandbox)


@pytest.fixture
def conversation(sandbox: RunningSandbox) -> str:
    found: str = sandbox.customer_writes(order_id=sandbox.place_order()["id"])["conversation_id"]
    return found


@pytest.fixture(scope="module")
def desk(refusing: RunningSandbox) -> Correspondent:
    """In a world that every test here leaves as it is: it has the order `o`."""
    refusing.place_order(id="o")
    return Correspondent(refusing)


@pytest.fixture(scope="module")
def talk(refusing: RunningSandbox, desk: Correspondent) -> str:
    found: str = refusing.customer_writes(order_id="o")["conversation_id"]
    return found


FINE = about("o")


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        ({}, ["conversation.entity", "conversation.first_message", "conversation.topic"]),
        ({**FINE, "entity": None}, ["conversation.entity"]),
        ({**FINE, "entity": {"type": "ORDER"}}, ["conversation.entity.id"]),
        ({**FINE, "entity": {"type": "RETURN", "id": "o"}}, ["conversation.entity.type"]),
        ({**FINE, "entity": {"id": ""}}, ["conversation.entity.id", "conversation.entity.type"]),
        ({**FINE, "topic": "Delivery"}, ["conversation.topic"]),
        ({**FINE, "topic": {"type": "REASON_CODE", "value": "1"}}, ["conversation.topic.type"]),
        (about("o", topic="x" * 501), ["conversation.topic.value"]),
        (about("o", topic=7), ["conversation.topic.value"]),
        (about("o", body=""), ["conversation.first_message.body"]),
        (about("o", body="x" * 2001), ["conversation.first_message.body"]),
        (about("o", body=None), ["conversation.first_message.body"]),
        ([FINE], ["conversation"]),
        ("text", ["conversation"]),
    ],
)
def test_faulty_conversation_is_400_and_names_every_field(
    refusing: RunningSandbox, desk: Correspondent, content: Any, fields: list[str]
) -> None:
    answer = desk.begin(content)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert sorted(error["field"] for error in answer.json()["errors"]) == fields
    assert refusing.actions() == []


def test_texts_may_be_as_long_as_the_contract_says(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    sandbox.place_order(id="o")

    answer = correspondent.begin(about("o", topic="🎂" * 500, body="🎂" * 2000))

    assert correspondent.messages(correspondent.end(answer)["conversation_id"])[0]["body"] == "🎂" * 2000
    assert correspondent.begin(about("o", topic="")).status_code == 202


@pytest.mark.parametrize("body", ["", "x" * 2001, None, 7, ["x"]])
def test_faulty_message_is_400(desk: Correspondent, talk: str, body: Any) -> None:
    answer = desk.write(talk, {"body": body})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "message_input.body")


JSON = '{"body": "Hello"}'


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([("conversation", (None, JSON, "application/json"))], "conversation"),
        ([("message_input", (None, JSON, "application/json")), ("file", ("a", b"", "x/y"))], "file"),
        ([("message_input", (None, JSON, "application/json")), ("files[]", ("a", b"", "x/y"))], "files[]"),
        ([("message_input", (None, JSON, "application/json"))] * 2, "message_input"),
        ([("files", ("a.png", b"", "image/png"))], "message_input"),
        ([("message_input", (None, JSON, "text/plain"))], "message_input"),
        ([("message_input", (None, JSON, ""))], "message_input"),
        ([("message_input", (None, "{", "application/json"))], "message_input"),
        ([("message_input", (None, b"\xff", "application/json"))], "message_input"),
    ],
)
def test_parts_are_named_and_typed_as_the_contract_says(
    refusing: RunningSandbox, desk: Correspondent, talk: str, parts: Parts, field: str
) -> None:
    answer = desk.write(talk, None, parts=parts)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert refusing.actions() == []


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_part_may_name_its_charset(correspondent: Correspondent, conversation: str, content_type: str) -> None:
    parts: Parts = [("message_input", (None, JSON, content_type))]

    assert correspondent.write(conversation, None, parts=parts).status_code == 202


@pytest.mark.parametrize("content_type", ["application/octet-stream", "image/png"])
def test_file_part_may_say_what_it_is(correspondent: Correspondent, conversation: str, content_type: str) -> None:
    parts: Parts = [("files", ("a.png", b"1", content_type))]

    assert correspondent.write(conversation, "Hello", parts=parts).status_code == 202


def test_other_content_type_is_415(desk: Correspondent, talk: str) -> None:
    answers = [
        desk.answer(talk, "messages", method="POST", json={"body": "Hello"}),
        desk.answer(method="POST", json=FINE),
    ]

    assert [answer.status_code for answer in answers] == [415, 415]


def test_five_files_are_the_most(correspondent: Correspondent, conversation: str) -> None:
    files: Files = [("same.png", str(number).encode()) for number in range(6)]

    too_many = correspondent.write(conversation, "Six", files)
    correspondent.end(correspondent.write(conversation, "Five", files[:5]))

    assert (too_many.status_code, too_many.json()["errors"][0]["field"]) == (400, "files")
    assert list(correspondent.archive(conversation).values()) == [b"0", b"1", b"2", b"3", b"4"]


def test_file_may_be_as_large_as_the_switch_says(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    usual = sandbox.state()["switches"]["largest_attachment"]
    sandbox.configure(largest_attachment=1000)

    answer = correspondent.write(conversation, "Hello", [("fine.png", b"x" * 1000), ("large.png", b"x" * 1001)])

    assert usual == 10 * 1024 * 1024
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "files[1]")
    assert correspondent.write(conversation, "Hello", [("fine.png", b"x" * 1000)]).status_code == 202


def test_long_file_name_is_400_and_a_missing_one_is_made_up(correspondent: Correspondent, conversation: str) -> None:
    nameless: Parts = [("files", (None, b"1", "application/octet-stream"))]

    too_long = correspondent.write(conversation, "Hello", [("x" * 256, b"")])
    correspondent.end(correspondent.write(conversation, "Hello", parts=nameless))

    assert (too_long.status_code, too_long.json()["errors"][0]["field"]) == (400, "files[0]")
    assert correspondent.messages(conversation)[0]["attachments"][0]["filename"] == "file-1"
