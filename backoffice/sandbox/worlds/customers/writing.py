"""The hands that write messages and erase them: for the control interface and for a living world."""

from __future__ import annotations

from random import Random
from typing import Any

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import parse
from backoffice.sandbox.market import messaging, records
from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.messaging import Message
from backoffice.sandbox.market.uploads import File
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import twists
from backoffice.sandbox.worlds.channels import channel_of
from backoffice.sandbox.worlds.papers import photos
from backoffice.sandbox.worlds.papers.adding import decoded

MOST_FILES = 20  # of one message: a channel may know other limits than we do
TEXT = "Hello, I have a question about my order."
NOTE = "Please answer this customer within 24 hours."


def customer_writes(world: World, **fields: Any) -> Json:
    """A message of the customer; gives it back, with `conversation_id`. Raises ValueError, LookupError, TypeError.

    Where: `conversation_id`; or `order_id`, which opens a conversation; or `channel_order_id` and `channel_id` for an
    order that Connect does not know. What: `body`, `topic`, `attachments` (how many, of this `format`, or a list of
    `filename` with `format` or with `content` in base64), `channel_created_at`, `visible_to_customer` (None leaves the
    field out).
    """
    return _writes(world, "CUSTOMER", {"body": TEXT, "visible_to_customer": True, **fields})


def channel_writes(world: World, **fields: Any) -> Json:
    """A message of the marketplace, as `customer_writes`; the customer does not see it unless it is said."""
    return _writes(world, "CHANNEL", {"body": NOTE, "visible_to_customer": False, **fields})


SENDERS = {"CUSTOMER": messaging.customer_of, "CHANNEL": messaging.channel_of}


def _writes(world: World, sender: str, fields: Json) -> Json:
    body, visible = fields.pop("body"), fields.pop("visible_to_customer")
    if not isinstance(body, str) or not (visible is None or isinstance(visible, bool)):
        raise ValueError("body is a text, visible_to_customer is true, false or null.")
    files = _files(fields.pop("attachments", 0), fields.pop("format", "png"))
    channel_at = parse(fields.pop("channel_created_at")) if "channel_created_at" in fields else None
    with world.store.transaction():
        conversation = _conversation(world, fields)
        message = Message(SENDERS[sender](conversation), body, files, visible)
        at = parse(conversation["updated_at"])
        stored = messaging.put_message(world.store, conversation, message, at=at, channel_at=channel_at)
    return {"conversation_id": conversation["id"], **stored}


def _conversation(world: World, fields: Json) -> Json:
    """The one that is named, changed just now, or a new one. What is left in `fields` afterwards is a slip."""
    now = world.clock.now()
    wanted = {name: fields.pop(name, None) for name in ("conversation_id", "order_id", "channel_order_id")}
    topic, channel_id = fields.pop("topic", None), fields.pop("channel_id", None)
    if fields:
        raise ValueError(f"There is no field {next(iter(fields))!r} here.")
    if sum(value is not None for value in wanted.values()) != 1:
        raise ValueError("Say where: conversation_id, order_id, or channel_order_id with channel_id.")
    if wanted["conversation_id"] is not None:
        found = _known(world, wanted["conversation_id"])
        records.touch(found, now)
        records.save(world.store, found)
        return found.body
    if wanted["order_id"] is not None:
        order = _order(world, wanted["order_id"])
    else:
        order = {"channel_order_id": wanted["channel_order_id"], "origin": {"channel_id": channel_of(channel_id).id}}
    conversation = messaging.new_conversation(
        order, TEXT if topic is None else topic, now, conversation_id=messaging.new_id()
    )
    messaging.put_conversation(world.store, conversation)
    return conversation


def _known(world: World, conversation_id: str) -> Record:
    found = records.known(world.store, "conversations", conversation_id)
    if "anonymized_at" in found.body:
        raise ValueError("The conversation is anonymised: nobody can write into it.")
    return found


def _order(world: World, order_id: str) -> Json:
    found = records.known(world.store, "orders", order_id)
    return {**found.body, "id": found.id}  # in a raw text another id may stand


def _files(wanted: Any, usual: str) -> list[File]:
    if isinstance(wanted, int):
        wanted = [{"filename": f"photo-{number}.{_suffix(usual)}"} for number in range(1, min(wanted, 100) + 1)]
    if not isinstance(wanted, list) or len(wanted) > MOST_FILES:
        raise ValueError(f"attachments is a number up to {MOST_FILES}, or a list of so many at most.")
    return [_file(file, usual, number) for number, file in enumerate(wanted, 1)]


def _file(wanted: Json, usual: str, number: int) -> File:
    filename = wanted["filename"]
    if not isinstance(filename, str):
        raise ValueError("A filename is a text.")  # noqa: TRY004 -- the verbs tell bad values by ValueError
    if "content" in wanted:
        return File(filename, decoded(wanted["content"]))
    wanted_format = wanted.get("format", usual)
    _suffix(wanted_format)
    return File(filename, photos.made(wanted_format, number))


def _suffix(wanted: str) -> str:
    """Raises ValueError for a format that is none."""
    if wanted not in photos.FORMATS:
        raise ValueError(f"There is no format {wanted!r}: {', '.join(photos.FORMATS)}.")
    return {"jpeg": "jpg"}.get(wanted, wanted)


def anonymise_conversation(world: World, conversation_id: str) -> Json:
    """Messages and attachments are gone, the row stays. Raises LookupError, and ValueError when it is done already."""
    with world.store.transaction():
        found = _known(world, conversation_id)
        messaging.erase(world.store, found, world.clock.now())
    return found.body


def anonymise_order(world: World, order_id: str) -> Json:
    """The order loses addresses and e-mail, and its conversations all words. Raises LookupError."""
    now = world.clock.now()
    with world.store.transaction():
        order = records.known(world.store, "orders", order_id)
        records.touch(order, now)
        twists.anonymised(order.body, Random(0), now)  # noqa: S311 -- it draws nothing
        records.save(world.store, order)
        sql = "SELECT id FROM conversations WHERE entity_id = ? AND NOT anonymised"
        for (conversation_id,) in world.store.rows(sql, (order_id,)):
            messaging.erase(world.store, _known(world, conversation_id), now)
    return order.body


def listed(world: World, *, after: int = 0, limit: int = -1) -> list[Json]:
    """Every conversation with its messages, the oldest first in both."""
    sql = "SELECT number, body FROM conversations WHERE number > ? ORDER BY number LIMIT ?"
    return [_with_messages(world, number, from_json(body)) for number, body in world.store.rows(sql, (after, limit))]


def _with_messages(world: World, number: int, conversation: Json) -> Json:
    sql = "SELECT body FROM messages WHERE conversation_id = ? ORDER BY number"
    messages = [from_json(body) for (body,) in world.store.rows(sql, (conversation["id"],))]
    return {"number": number, **conversation, "messages": messages}
