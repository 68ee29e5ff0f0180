"""Conversations and their messages: how they get into a world, and the store's own ones as actions (domain.md §2.6)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import to_json
from backoffice.sandbox.dates import micros, parse, written
from backoffice.sandbox.market import records, uploads
from backoffice.sandbox.market.kind import Json, Kind, Record, Table
from backoffice.sandbox.market.uploads import File
from backoffice.sandbox.worlds import channels

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Action
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.switches import Switches
    from backoffice.sandbox.world import World

NOBODY = "Customer"  # where an order does not tell who bought
ERASED = "Anonymized"
CHANCE = SystemRandom()  # for ids of what happens while the sandbox runs; the worlds bring their own


@dataclass(frozen=True)
class Message:
    """`visible` None: the field is left out, as channels do that do not know."""

    sender: Json
    body: str
    files: Sequence[File] = ()
    visible: bool | None = True


class ConversationCreation(Kind):
    """Asked: `conversation_id` (decided when the call is taken), `topic`, `body`. The target is the order."""

    table: Table = "orders"
    touches = False

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        return "DATA_NOT_FOUND" if "anonymized_at" in record.body else None

    def done(self, world: World, action: Action, record: Record, now: datetime) -> str:
        asked = action.asked()
        order = {**record.body, "id": record.id}  # in a raw text another id may stand
        conversation = new_conversation(order, asked["topic"], now, conversation_id=asked["conversation_id"])
        put_conversation(world.store, conversation)
        _send(world, action, conversation)
        return str(conversation["id"])


class MessageCreation(Kind):
    """Asked: `body`. The target is the conversation."""

    table: Table = "conversations"

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        return "DATA_NOT_FOUND" if "anonymized_at" in record.body else None

    def done(self, world: World, action: Action, record: Record, now: datetime) -> str:
        if "anonymized_at" not in record.body:
            _send(world, action, record.body)
        return record.id


def _send(world: World, action: Action, conversation: Json) -> None:
    """The store's message, dated as the conversation's last change, with the files that came with the call."""
    message = Message(store_of(conversation), action.asked()["body"], uploads.of(world.store, action.id))
    put_message(world.store, conversation, message, at=parse(conversation["updated_at"]))


def new_id(rng: Random = CHANCE) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def new_conversation(order: Json, topic: str, at: datetime, *, conversation_id: str) -> Json:
    """A conversation about the order, not yet stored. Without an `id` the order is one that Connect does not know."""
    origin = _origin(order)
    entity = {"type": "ORDER", "channel_entity_id": str(order.get("channel_order_id") or "")}
    if "id" in order:
        entity["id"] = order["id"]
    return {
        "id": conversation_id,
        "channel_conversation_id": f"{entity['channel_entity_id'] or 'C'}-{conversation_id[:8]}",
        "topic": {"type": "FREE_TEXT", "value": topic},
        "entity": entity,
        "origin": origin,
        "participants": [
            {"type": "CHANNEL", "id": origin["channel_id"], "name": origin["channel_name"]},
            {"type": "CUSTOMER", "name": customer_name(order)},
        ],
        "created_at": written(at),
        "updated_at": written(at),
    }


def _origin(order: Json) -> dict[str, str]:
    """All four names are required here, while an order may tell only its channel."""
    known = order.get("origin")
    known = known if isinstance(known, dict) else {}
    channel = channels.known(known.get("channel_id"))
    usual = {
        "channel_id": "",
        "channel_name": channel.name if channel else "",
        "channel_store_id": channel.store_id if channel else "",
        "channel_store_name": channel.store_name if channel else "",
    }
    return {name: str(known.get(name) or text) for name, text in usual.items()}


def customer_name(order: Json) -> str:
    address = customer_address(order)
    names = [str(address[name]) for name in ("first_name", "last_name") if address.get(name)]
    return " ".join(names) or NOBODY


def customer_address(order: Json) -> Json:
    """Where the order goes, else where its bill goes. An order that was put in as raw text may hold anything there."""
    for place in ("shipping_info", "billing_info"):
        held = order.get(place)
        address = held.get("address") if isinstance(held, dict) else None
        if isinstance(address, dict):
            return address
    return {}


def customer_of(conversation: Json) -> Json:
    return {"type": "CUSTOMER", "name": _named(conversation, "CUSTOMER")}


def channel_of(conversation: Json) -> Json:
    origin = conversation["origin"]
    return {"type": "CHANNEL", "id": origin["channel_id"], "name": _named(conversation, "CHANNEL")}


def store_of(conversation: Json) -> Json:
    origin = conversation["origin"]
    return {"type": "STORE", "id": origin["channel_store_id"], "name": origin["channel_store_name"]}


def _named(conversation: Json, kind: str) -> str:
    return next((str(one["name"]) for one in conversation["participants"] if one["type"] == kind), "")


def put_conversation(store: Store, conversation: Json) -> None:
    values: dict[str, Any] = {
        "id": conversation["id"],
        "updated_at": micros(parse(conversation["updated_at"])),
        "channel_entity_id": conversation["entity"]["channel_entity_id"],
        "entity_id": conversation["entity"].get("id"),
        "anonymised": "anonymized_at" in conversation,
        "body": to_json(conversation),
    }
    store.insert("conversations", values)


def recognise_orders(store: Store, now: datetime) -> None:
    """A conversation learns the id of its order once Connect knows the order too, and counts as changed by that."""
    with store.transaction():
        for (waiting,) in store.rows("SELECT id FROM conversations WHERE entity_id IS NULL AND NOT anonymised"):
            found = records.find(store, "conversations", waiting)
            assert found is not None
            order_id = f"{found.body['origin']['channel_id']}_{found.body['entity']['channel_entity_id']}"
            if store.order(order_id) is not None:
                found.body["entity"]["id"] = order_id
                records.touch(found, now)
                records.save(store, found)


def put_message(  # noqa: PLR0913 -- the dates and ids are named, and most stay away
    store: Store,
    conversation: Json,
    message: Message,
    *,
    at: datetime,
    channel_at: datetime | None = None,
    rng: Random = CHANCE,
) -> Json:
    """Store a message and its attachments as of `at`, and give it back as it is served.

    `channel_at` is when the channel got it, which may be any time before. The conversation's own dates are for the
    caller to change.
    """
    message_id = new_id(rng)
    attachments = [(new_id(rng), file) for file in message.files]
    body: Json = {
        "id": message_id,
        "channel_message_id": f"msg-{message_id[:8]}",
        "body": message.body,
        "sender": message.sender,
        "created_at": written(at),
        "channel_created_at": written(channel_at or at),
        "attachments": [
            {"id": found, "filename": file.filename, "size_in_bytes": len(file.content)} for found, file in attachments
        ],
    }
    if message.visible is not None:
        body["visible_to_customer"] = message.visible
    moments = (micros(parse(body["created_at"])), micros(parse(body["channel_created_at"])))
    store.change(
        "INSERT INTO messages (id, conversation_id, created_at, channel_created_at, body) VALUES (?, ?, ?, ?, ?)",
        (message_id, conversation["id"], *moments, to_json(body)),
    )
    for attachment_id, file in attachments:
        store.change(
            "INSERT INTO attachments (id, conversation_id, message_id, filename, content) VALUES (?, ?, ?, ?, ?)",
            (attachment_id, conversation["id"], message_id, file.filename, file.content),
        )
    return body


def erase(store: Store, conversation: Record, now: datetime) -> None:
    """Anonymise: the row stays without a name or a word in it, messages and attachments are gone (domain.md §7)."""
    for table in ("messages", "attachments"):
        store.change(f"DELETE FROM {table} WHERE conversation_id = ?", (conversation.id,))  # noqa: S608 -- constant names
    body = conversation.body
    records.touch(conversation, now)
    body["anonymized_at"] = body["updated_at"]
    body["topic"] = {**body["topic"], "value": ERASED}
    body["participants"] = [
        {**one, "name": ERASED} if one["type"] == "CUSTOMER" else one for one in body["participants"]
    ]
    records.save(store, conversation)
