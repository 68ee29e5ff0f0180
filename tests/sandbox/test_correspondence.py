"""The store writes: createConversation, createMessage and how their actions end (domain.md §1.3, §2.5, §2.6)."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from backoffice.sandbox.server import Server
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import load
from tests.sandbox.calling import Caller, bearer
from tests.sandbox.correspondence import Correspondent, about
from tests.sandbox_server import RunningSandbox

TWO_FILES = [("Anleitung für Käufer.pdf", b"%PDF-"), ("é.png", b"\0\r\n--x\r\n")]


@pytest.fixture
def correspondent(sandbox: RunningSandbox) -> Correspondent:
    return Correspondent(sandbox)


@pytest.fixture
def conversation(sandbox: RunningSandbox) -> str:
    found: str = sandbox.customer_writes(order_id=sandbox.place_order()["id"])["conversation_id"]
    return found


@pytest.mark.parametrize("order_id", ["0001_MR1-A", "a/b", "50 %2F+&ü=?#"])
def test_new_conversation_is_read_back_with_its_message_and_files(
    sandbox: RunningSandbox, correspondent: Correspondent, order_id: str
) -> None:
    order = sandbox.place_order(id=order_id, channel_id="0002")

    answer = correspondent.begin(about(order_id, topic="Ihr Paket", body="Grüße 🎂"), TWO_FILES)
    action = correspondent.end(answer)

    assert answer.json() == {"action_id": str(uuid.UUID(action["id"]))}
    row = correspondent.row(action["conversation_id"])
    (message,) = correspondent.messages(row["id"])
    assert set(action) == {"id", "status", "created_at", "updated_at", "conversation_id"}
    assert action["status"] == "SUCCESS"
    assert row["topic"] == {"type": "FREE_TEXT", "value": "Ihr Paket"}
    assert row["entity"] == {"type": "ORDER", "channel_entity_id": order["channel_order_id"], "id": order_id}
    assert row["updated_at"] == row["created_at"] == message["created_at"]
    assert message["body"] == "Grüße 🎂"
    assert message["sender"] == {"type": "STORE", "id": "817", "name": "Northwind Deutschland"}
    assert message["visible_to_customer"] is True
    assert {path.split("/")[2]: content for path, content in correspondent.archive(row["id"]).items()} == dict(
        TWO_FILES
    )


def test_answer_is_read_back_and_moves_the_conversation(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    before = correspondent.row(conversation)

    action = correspondent.end(correspondent.write(conversation, {"body": "Sent today."}, TWO_FILES))

    answer, first = correspondent.messages(conversation)
    after = correspondent.row(conversation)
    assert (action["status"], action["conversation_id"]) == ("SUCCESS", conversation)
    assert (answer["body"], answer["sender"]["type"], first["sender"]["type"]) == ("Sent today.", "STORE", "CUSTOMER")
    assert [one["filename"] for one in answer["attachments"]] == [name for name, _ in TWO_FILES]
    assert after == {**before, "updated_at": answer["created_at"]}
    assert after["updated_at"] > before["updated_at"]
    assert correspondent.messages(conversation, message_after=first["created_at"]) == [answer]


def test_conversation_about_an_order_does_not_change_the_order(
    sandbox: RunningSandbox, caller: Caller, correspondent: Correspondent
) -> None:
    order = sandbox.place_order()

    correspondent.end(correspondent.begin(about(order["id"])))

    assert caller.order(order["id"])["updated_at"] == order["updated_at"]


def test_order_may_be_as_odd_as_it_likes(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    text = '{"id": 7, "origin": 7, "shipping_info": [], "channel_order_id": null}'
    sandbox.put_raw_order(text, order_id="odd", updated_at="2026-01-31T08:30:00Z")

    action = correspondent.end(correspondent.begin(about("odd")))

    row = correspondent.row(action["conversation_id"])
    assert row["entity"] == {"type": "ORDER", "channel_entity_id": "", "id": "odd"}
    assert row["origin"]["channel_id"] == ""


def test_nothing_is_there_before_the_action_ends(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    sandbox.configure(settle_seconds=3600)
    order_id = correspondent.row(conversation)["entity"]["id"]

    begun = correspondent.end(correspondent.begin(about(order_id), TWO_FILES))
    written = correspondent.end(correspondent.write(conversation, "Hello", TWO_FILES))

    assert (begun["status"], written["status"]) == ("PENDING", "PENDING")
    assert "conversation_id" not in begun
    assert [len(one["messages"]) for one in sandbox.conversations()] == [1]
    sandbox.settle()
    assert [len(one["messages"]) for one in sandbox.conversations()] == [2, 1]
    assert len(correspondent.archive(conversation)) == 2
    assert correspondent.action(begun["id"]).json()["conversation_id"] == sandbox.conversations()[1]["id"]


def test_unknown_order_or_conversation_is_404(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    answers = [correspondent.begin(about("x")), correspondent.write("x/ü", "Hello")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "DATA_NOT_FOUND")] * 2
    assert sandbox.actions() == []
    assert [write["path"] for write in sandbox.writes()] == [{}, {"conversationId": "x/ü"}]


def test_conversation_may_be_named_like_a_part_of_a_path(correspondent: Correspondent) -> None:
    assert correspondent.write("actions", "Hello").json()["errors"][0]["field"] == "conversationId"
    assert correspondent.action("attachments").json()["errors"][0]["field"] == "actionId"


@pytest.mark.parametrize("code", CONVERSATION_CODES)
def test_failed_action_ends_as_error_and_changes_nothing(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str, code: str
) -> None:
    before = correspondent.row(conversation)
    sandbox.script_action(code=code, kind="CREATE_MESSAGE")
    sandbox.script_action(code=code, kind="CREATE_CONVERSATION", message="Nein.")

    written = correspondent.end(correspondent.write(conversation, "Hello", TWO_FILES))
    begun = correspondent.end(correspondent.begin(about(before["entity"]["id"])))

    assert (written["status"], written["errors"][0]["code"]) == ("ERROR", code)
    assert (begun["status"], begun["errors"]) == ("ERROR", [{"code": code, "message": "Nein."}])
    assert "conversation_id" not in begun
    assert correspondent.row(conversation) == before
    assert [len(one["messages"]) for one in sandbox.conversations()] == [1]


def test_codes_of_orders_are_not_for_conversations(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    for code in set(CODES) - set(CONVERSATION_CODES):
        sandbox.script_action(code=code)

    assert correspondent.end(correspondent.write(conversation, "Hello"))["status"] == "SUCCESS"


def test_actions_of_orders_and_of_conversations_have_ids_of_their_own(
    sandbox: RunningSandbox, caller: Caller, correspondent: Correspondent, conversation: str
) -> None:
    ours = correspondent.write(conversation, "Hello").json()["action_id"]
    theirs = caller.decide(sandbox.place_order()["id"], True)

    assert [caller.action(ours).status_code, correspondent.action(theirs).status_code] == [404, 404]


@pytest.mark.parametrize(
    ("script", "status"),
    [({"outcome": "pending-for-ever"}, "PENDING"), ({"outcome": "unknown-word"}, "QUEUED_AT_CHANNEL")],
)
def test_action_may_stay_open_for_ever(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str, script: dict[str, Any], status: str
) -> None:
    sandbox.script_action(**script)

    action = correspondent.end(correspondent.write(conversation, "Hello"))
    sandbox.advance(365 * 86400)

    assert action["status"] == Correspondent(sandbox).action(action["id"]).json()["status"] == status
    assert len(sandbox.conversations()[0]["messages"]) == 1


def test_forgotten_action_is_404_and_done_all_the_same(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    sandbox.script_action(outcome="forget")

    answer = correspondent.write(conversation, "Hello")

    assert correspondent.action(answer.json()["action_id"]).status_code == 404
    assert len(correspondent.messages(conversation)) == 2


def test_message_that_meets_an_anonymisation_fails(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    sandbox.configure(settle_seconds=3600)
    pending = correspondent.write(conversation, "Hello", TWO_FILES)
    order_id = correspondent.row(conversation)["entity"]["id"]
    begun = correspondent.begin(about(order_id))

    sandbox.anonymise_order(order_id)
    sandbox.settle()

    ends = [correspondent.end(call) for call in (pending, begun)]
    assert [(end["status"], end["errors"][0]["code"]) for end in ends] == [("ERROR", "DATA_NOT_FOUND")] * 2
    assert [one["messages"] for one in sandbox.conversations()] == [[]]


def test_message_that_shows_after_an_anonymisation_stays_away(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    sandbox.configure(show_seconds=3600)
    action = correspondent.end(correspondent.write(conversation, "Hello", TWO_FILES))

    sandbox.anonymise_conversation(conversation)
    sandbox.advance(3600)

    assert action["status"] == "SUCCESS"
    assert sandbox.conversations()[0]["messages"] == []
    assert "anonymized_at" in Correspondent(sandbox).row(conversation)


def test_files_are_kept_no_longer_than_needed(tmp_path: Path) -> None:
    world = World(tmp_path / "state", switches=Switches(limits=False, settle_seconds=3600))
    load(world, "empty")
    server = Server(world)
    server.start()
    sandbox = RunningSandbox(server.url)
    correspondent, found = Correspondent(sandbox), sandbox.customer_writes(channel_order_id="X", channel_id="0001")
    sandbox.script_action(code="UNEXPECTED")
    for _ in range(2):
        correspondent.write(found["conversation_id"], "Hello", TWO_FILES)
    counts = [kept(world)]

    sandbox.settle()
    counts.append(kept(world))
    sandbox.anonymise_conversation(found["conversation_id"])
    counts.append(kept(world))

    server.close()
    assert counts == [(4, 0), (0, 2), (0, 0)]


def kept(world: World) -> tuple[int, int]:
    """Files that wait for their action, and attachments."""
    ((uploads,),) = world.store.rows("SELECT count(*) FROM uploads")
    ((attachments,),) = world.store.rows("SELECT count(*) FROM attachments")
    return uploads, attachments


def test_writes_keep_names_and_digests_of_parts(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    correspondent.write(conversation, "Hello", TWO_FILES[:1])

    (write,) = sandbox.writes()
    assert (write["operation"], write["status"], write["action_id"]) == (
        "createMessage",
        202,
        sandbox.actions()[0]["id"],
    )
    assert [(part["name"], part["filename"]) for part in write["body"]["parts"]] == [
        ("message_input", None),
        ("files", TWO_FILES[0][0]),
    ]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("GET", "/x"),
        ("POST", "/x/messages"),
        ("GET", "/x/attachments"),
        ("GET", "/actions/x"),
    ],
)
def test_token_and_scope_are_required(
    sandbox: RunningSandbox, correspondent: Correspondent, method: str, path: str
) -> None:
    other = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")

    answers = [
        requests.request(method, correspondent.url + path, headers=headers, timeout=30) for headers in ({}, other)
    ]

    assert [answer.status_code for answer in answers] == [401, 403]


def test_conversations_may_be_called_as_often_as_one_likes(
    sandbox: RunningSandbox, correspondent: Correspondent, conversation: str
) -> None:
    sandbox.configure(limits="on")

    for _ in range(2):
        action = correspondent.end(correspondent.write(conversation, "Hello"))
        correspondent.messages(conversation)
        assert (correspondent.row(conversation)["id"], action["status"]) == (conversation, "SUCCESS")
