"""Reading conversations: the list, the messages, the attachments (domain.md §1.3, §2.6; §8, questions 8, 47, 48)."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from backoffice.sandbox.dates import parse, written
from tests.sandbox.calling import Caller
from tests.sandbox.correspondence import Correspondent
from tests.sandbox_server import RunningSandbox

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture
def correspondent(sandbox: RunningSandbox) -> Correspondent:
    return Correspondent(sandbox)


@pytest.fixture(scope="module")
def asking(refusing: RunningSandbox) -> Correspondent:
    """In a world that has nothing, and stays so."""
    return Correspondent(refusing)


def test_conversation_is_listed_with_all_that_the_contract_requires(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    order = sandbox.place_order(channel_id="0002")
    address = order["shipping_info"]["address"]
    message = sandbox.customer_writes(order_id=order["id"], topic="Wo bleibt mein Paket?")

    page = correspondent.page(updated_from=LONG_AGO)

    assert page == {
        "data": [
            {
                "id": message["conversation_id"],
                "channel_conversation_id": page["data"][0]["channel_conversation_id"],
                "topic": {"type": "FREE_TEXT", "value": "Wo bleibt mein Paket?"},
                "entity": {"type": "ORDER", "channel_entity_id": order["channel_order_id"], "id": order["id"]},
                "origin": {
                    "channel_id": "0002",
                    "channel_name": "Nordhaus Marktplatz",
                    "channel_store_id": "817",
                    "channel_store_name": "Northwind Deutschland",
                },
                "participants": [
                    {"type": "CHANNEL", "id": "0002", "name": "Nordhaus Marktplatz"},
                    {"type": "CUSTOMER", "name": f"{address['first_name']} {address['last_name']}"},
                ],
                "created_at": message["created_at"],
                "updated_at": message["created_at"],
            }
        ]
    }


def test_order_that_connect_does_not_know_has_no_entity_id(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    message = sandbox.customer_writes(channel_order_id="MR1-A", channel_id="0001")

    row = correspondent.row(message["conversation_id"])

    assert row["entity"] == {"type": "ORDER", "channel_entity_id": "MR1-A"}
    assert row["origin"]["channel_name"] == "Maison Rivoli"


def test_order_that_arrives_later_gets_its_conversations(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    mine = sandbox.customer_writes(channel_order_id="MR1-A", channel_id="0001")
    other = sandbox.customer_writes(channel_order_id="MR1-A", channel_id="0002")["conversation_id"]
    sandbox.place_order(id="0001_MR1-A", channel_order_id="MR1-A", channel_id="0001")

    row = correspondent.row(mine["conversation_id"])

    assert row["entity"] == {"type": "ORDER", "channel_entity_id": "MR1-A", "id": "0001_MR1-A"}
    assert row["updated_at"] > mine["created_at"]
    assert "id" not in correspondent.row(other)["entity"]
    assert correspondent.row(mine["conversation_id"]) == row


def test_order_that_tells_nothing_of_its_origin_still_has_one_in_its_conversation(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    sandbox.put_raw_order('{"id": "o", "updated_at": "2026-01-31T08:30:00Z", "origin": {"channel_id": "9"}}')

    row = correspondent.row(sandbox.customer_writes(order_id="o")["conversation_id"])

    assert row["origin"] == {
        "channel_id": "9",
        "channel_name": "",
        "channel_store_id": "",
        "channel_store_name": "",
    }
    assert row["participants"][1] == {"type": "CUSTOMER", "name": "Customer"}


def test_new_message_moves_the_conversation_to_the_front(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    order = sandbox.place_order()
    first, second = [sandbox.customer_writes(order_id=order["id"])["conversation_id"] for _ in range(2)]
    before = correspondent.ids(updated_from=LONG_AGO)

    message = sandbox.customer_writes(conversation_id=first)

    assert (before, correspondent.ids(updated_from=LONG_AGO)) == ([second, first], [first, second])
    assert correspondent.row(first)["updated_at"] == message["created_at"]
    assert correspondent.ids(updated_from=message["created_at"]) == [first]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "updated_from"),
        ({"limit": 10}, "updated_from"),
        ({"entity_type": "ORDER", "entity_ids": "x"}, "updated_from"),
        ({"updated_from": "soon"}, "updated_from"),
        ({"conversation_ids": "x", "limit": 0}, "limit"),
        ({"conversation_ids": "x", "limit": 101}, "limit"),
        ({"conversation_ids": "x", "entity_type": "ORDER"}, "entity_ids"),
        ({"conversation_ids": "x", "entity_ids": "x"}, "entity_type"),
        ({"conversation_ids": "x", "entity_type": "RETURN", "entity_ids": "x"}, "entity_type"),
        ({"page_token": "made-up"}, "page_token"),
    ],
)
def test_bad_question_is_400_and_names_the_parameter(asking: Correspondent, params: dict[str, Any], field: str) -> None:
    answer = asking.answer(params=params)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_filters_narrow_together(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    orders = [sandbox.place_order(id=order_id)["id"] for order_id in ("a/b", "50 %+ü")]
    a, b = [sandbox.customer_writes(order_id=order_id)["conversation_id"] for order_id in orders]
    unknown = sandbox.customer_writes(channel_order_id="X", channel_id="0001")["conversation_id"]

    entity = {"entity_type": "ORDER", "entity_ids": orders[1]}
    assert correspondent.ids(updated_from=LONG_AGO) == [unknown, b, a]
    assert correspondent.ids(updated_from=LONG_AGO, **entity) == [b]
    assert correspondent.ids(conversation_ids=[a, unknown, "x"]) == [unknown, a]
    assert correspondent.ids(conversation_ids=[a], **entity) == []
    assert correspondent.ids(updated_from="2099-01-01T00:00:00Z", conversation_ids=[a]) == []
    assert correspondent.ids(conversation_ids=[str(number) for number in range(101)]) == []


def test_page_token_wins_over_everything_else(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    order = sandbox.place_order()
    ids = [sandbox.customer_writes(order_id=order["id"])["conversation_id"] for _ in range(3)][::-1]
    first = correspondent.page(updated_from=LONG_AGO, limit=2)

    token = first["next_page_token"]
    alone = correspondent.page(page_token=token)
    crowded = correspondent.page(page_token=token, limit=1, conversation_ids="x", entity_type="NONE")

    assert [row["id"] for row in first["data"]] == ids[:2]
    assert [row["id"] for row in alone["data"]] == ids[2:]
    assert "next_page_token" not in alone
    assert crowded == alone
    assert correspondent.ids(page_token=alone["previous_page_token"]) == ids[:2]


def test_page_has_50_conversations_unless_another_number_is_asked(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    for _ in range(51):
        sandbox.customer_writes(channel_order_id="X", channel_id="0003")

    assert len(correspondent.ids(updated_from=LONG_AGO)) == 50
    assert len(correspondent.ids(updated_from=LONG_AGO, limit=100)) == 51


def test_message_is_served_as_it_was_written(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    order = sandbox.place_order(channel_id="0003")
    conversation = sandbox.customer_writes(order_id=order["id"], attachments=1)["conversation_id"]
    sandbox.channel_writes(conversation_id=conversation, body="<b>Please</b> & thank you\n🎂")
    sandbox.customer_writes(conversation_id=conversation, visible_to_customer=None)

    silent, note, first = correspondent.messages(conversation)

    assert first["sender"] == {"type": "CUSTOMER", "name": correspondent.row(conversation)["participants"][1]["name"]}
    assert (first["visible_to_customer"], note["visible_to_customer"]) == (True, False)
    assert "visible_to_customer" not in silent
    assert note == {
        "id": note["id"],
        "channel_message_id": note["channel_message_id"],
        "body": "<b>Please</b> & thank you\n🎂",
        "sender": {"type": "CHANNEL", "id": "0003", "name": "Albion Home"},
        "created_at": note["created_at"],
        "channel_created_at": note["created_at"],
        "attachments": [],
        "visible_to_customer": False,
    }


def test_messages_are_sorted_by_the_channels_date_but_filtered_by_connects(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    order = sandbox.place_order()
    hours = [written(sandbox.now() - timedelta(hours=hour)) for hour in (1, 3, 2)]
    first = sandbox.customer_writes(order_id=order["id"], channel_created_at=hours[0])
    later = [
        sandbox.customer_writes(conversation_id=first["conversation_id"], channel_created_at=hour) for hour in hours[1:]
    ]

    found = correspondent.messages(first["conversation_id"])
    new = correspondent.messages(first["conversation_id"], message_after=first["created_at"])

    assert [message["channel_created_at"] for message in found] == sorted(hours, reverse=True)
    assert [message["id"] for message in new] == [later[1]["id"], later[0]["id"]]
    assert correspondent.messages(first["conversation_id"], message_after=later[1]["created_at"]) == []


def test_messages_of_one_moment_have_different_dates(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    conversation = sandbox.customer_writes(channel_order_id="X", channel_id="0001")["conversation_id"]
    for _ in range(5):
        sandbox.customer_writes(conversation_id=conversation)

    dates = [parse(message["created_at"]) for message in correspondent.messages(conversation)]

    assert len(set(dates)) == 6


def test_bad_moment_is_400(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    conversation = sandbox.customer_writes(channel_order_id="X", channel_id="0001")["conversation_id"]

    answer = correspondent.answer(conversation, params={"message_after": "2026-01-31"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "message_after")


@pytest.mark.parametrize("path", [("x/ü",), ("x", "attachments"), ("actions",), ("actions", "attachments")])
def test_unknown_conversation_is_404(asking: Correspondent, path: tuple[str, ...]) -> None:
    answer = asking.answer(*path)

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")


def test_anonymised_conversation_keeps_its_row_and_nothing_else(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    order = sandbox.place_order()
    conversation = sandbox.customer_writes(order_id=order["id"], topic="I live in Lyon", attachments=2)[
        "conversation_id"
    ]
    before = correspondent.row(conversation)

    sandbox.anonymise_conversation(conversation)

    row = correspondent.row(conversation)
    customer = before["participants"][1]["name"]
    assert row["anonymized_at"] == row["updated_at"] > before["updated_at"]
    assert "Lyon" not in str(row)
    assert customer not in str(row)
    assert (row["entity"], row["origin"]) == (before["entity"], before["origin"])
    answers = [correspondent.answer(conversation), correspondent.answer(conversation, "attachments")]
    answers.append(correspondent.write(conversation, "Hello?"))
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert sandbox.conversations()[0]["messages"] == []


def test_anonymised_order_takes_its_conversations_along(
    sandbox: RunningSandbox, caller: Caller, correspondent: Correspondent
) -> None:
    order, other = sandbox.place_order(), sandbox.place_order()
    mine, another = [sandbox.customer_writes(order_id=one["id"])["conversation_id"] for one in (order, other)]

    sandbox.anonymise_order(order["id"])

    found = caller.order(order["id"])
    assert found["anonymized_at"] == found["updated_at"] > order["updated_at"]
    assert not {"address", "email"} & found["shipping_info"].keys()
    assert "billing_info" not in found
    assert correspondent.answer(mine).status_code == 404
    assert len(correspondent.messages(another)) == 1


@pytest.mark.parametrize("info", [None, "by mail", [{"email": "x@y.example"}]])
def test_order_with_odd_addresses_is_anonymised_too(sandbox: RunningSandbox, caller: Caller, info: Any) -> None:
    order = {"id": "odd", "updated_at": "2026-01-31T08:30:00Z", "shipping_info": info}
    sandbox.put_raw_order(json.dumps(order))

    sandbox.anonymise_order("odd")

    found = caller.order("odd")
    assert (found["shipping_info"], found["anonymized_at"]) == ({}, found["updated_at"])


def test_archive_holds_every_attachment_by_message_and_id(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    names = ["Rechnung März.pdf", "image.png", "image.png"]
    files = [
        {"filename": name, "content": base64.b64encode(str(number).encode()).decode()}
        for number, name in enumerate(names)
    ]
    message = sandbox.customer_writes(channel_order_id="X", channel_id="0002", attachments=files)
    sandbox.customer_writes(conversation_id=message["conversation_id"], attachments=1, format="jpeg")

    archive = correspondent.archive(message["conversation_id"])

    attachments = message["attachments"]
    assert [(one["filename"], one["size_in_bytes"]) for one in attachments] == [(name, 1) for name in names]
    assert {path: content for path, content in archive.items() if path.startswith(message["id"])} == {
        f"{message['id']}/{one['id']}/{one['filename']}": str(number).encode() for number, one in enumerate(attachments)
    }
    assert [(path.split("/")[2], content[:2]) for path, content in archive.items()][3:] == [
        ("photo-1.jpg", b"\xff\xd8")
    ]


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "C:\\x.png", "a/b.png", "", "nul\0.png", "😀" * 255])
def test_file_names_of_customers_are_not_bent(sandbox: RunningSandbox, correspondent: Correspondent, name: str) -> None:
    message = sandbox.customer_writes(
        channel_order_id="X", channel_id="0002", attachments=[{"filename": name, "format": "png"}]
    )

    (path,) = correspondent.archive(message["conversation_id"])

    assert path == f"{message['id']}/{message['attachments'][0]['id']}/{name}".replace("\0", "_")
    assert correspondent.messages(message["conversation_id"])[0]["attachments"][0]["filename"] == name


def test_unknown_attachment_ids_are_skipped_and_404_if_none_is_left(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    message = sandbox.customer_writes(channel_order_id="X", channel_id="0001", attachments=2)
    elsewhere = sandbox.customer_writes(channel_order_id="Y", channel_id="0001", attachments=1)
    conversation, wanted = message["conversation_id"], message["attachments"][1]["id"]
    strange = elsewhere["attachments"][0]["id"]

    archive = correspondent.archive(conversation, attachment_ids=[wanted, strange, "x"])
    nothing = correspondent.answer(conversation, "attachments", params={"attachment_ids": [strange, "x"]})
    too_many = correspondent.answer(
        conversation, "attachments", params={"attachment_ids": [str(number) for number in range(101)]}
    )

    assert [path.split("/")[1] for path in archive] == [wanted]
    assert (nothing.status_code, nothing.json()["code"]) == (404, "DATA_NOT_FOUND")
    assert (too_many.status_code, too_many.json()["errors"][0]["field"]) == (400, "attachment_ids")


def test_conversation_without_attachments_is_404(sandbox: RunningSandbox, correspondent: Correspondent) -> None:
    conversation = sandbox.customer_writes(channel_order_id="X", channel_id="0001")["conversation_id"]

    assert correspondent.answer(conversation, "attachments").status_code == 404


def test_archive_is_named_after_the_conversation_and_the_moment(
    sandbox: RunningSandbox, correspondent: Correspondent
) -> None:
    conversation = sandbox.customer_writes(channel_order_id="X", channel_id="0001", attachments=1)["conversation_id"]

    answer = correspondent.answer(conversation, "attachments")

    assert answer.headers["Content-Type"] == "application/zip"
    assert re.fullmatch(
        rf'attachment; filename="{conversation}_attachments_\d{{13}}\.zip"', answer.headers["Content-Disposition"]
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Say where"),
        ({"order_id": "a", "conversation_id": "b"}, "Say where"),
        ({"order_id": "a"}, "There is no order 'a'."),
        ({"conversation_id": "b"}, "There is no conversation 'b'."),
        ({"channel_order_id": "X", "channel_id": "7"}, "There is no channel '7'."),
        ({"channel_order_id": "X", "channel_id": "0001", "subject": "?"}, "There is no field 'subject' here."),
        ({"channel_order_id": "X", "channel_id": "0001", "body": 7}, "body is a text"),
        ({"channel_order_id": "X", "channel_id": "0001", "attachments": 21}, "attachments is a number up to 20"),
        ({"channel_order_id": "X", "channel_id": "0001", "attachments": 1, "format": "tiff"}, "There is no format"),
    ],
)
def test_message_that_makes_no_sense_is_refused_with_a_sentence(
    refusing: RunningSandbox, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(AssertionError, match=sentence):
        refusing.customer_writes(**fields)

    assert refusing.conversations() == []


def test_nobody_writes_into_an_anonymised_conversation(sandbox: RunningSandbox) -> None:
    conversation = sandbox.customer_writes(channel_order_id="X", channel_id="0001")["conversation_id"]
    sandbox.anonymise_conversation(conversation)

    with pytest.raises(AssertionError, match="The conversation is anonymised"):
        sandbox.channel_writes(conversation_id=conversation)
