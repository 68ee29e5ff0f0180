"""Conversations of the worlds `demo` and `trouble`, and customers who write while the world is alive."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import structs

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import micros, parse, written
from backoffice.sandbox.market import messaging, records
from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.messaging import File, Message
from backoffice.sandbox.market.scripts import Script
from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import photos, writing
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.dialogues import BY_LANGUAGE, PAPER_NAMES, PHOTO_NAMES, REPLIES, Dialogue, Line

COUNT = 60
UNKNOWN = 6  # of them about orders that Connect does not know
LANGUAGES = {"FRA": "fr", "BEL": "nl", "DEU": "de", "AUT": "de"}  # by the buyer's country; English elsewhere
BY_CHANNEL = {"0001": "fr", "0002": "de"}
OLDEST = timedelta(days=25)
LONGEST_PAUSE = timedelta(days=2)  # between two messages

PAUSE = 150.0  # seconds between two messages of customers at speed 1
SHORTEST_PAUSE = 30.0
NEXT = "customer_writes_at"  # fact of the state file: microseconds
REPLIES_SHARE = 0.6  # of the messages that answer the store, if there is anything to answer
WHO_WRITES = ("AWAITING_SHIPMENT", "SHIPPED", "DELIVERED")  # orders whose customers begin to write


def fill(world: World) -> None:
    """The 60 conversations of the world `demo`: about orders of every status, the anonymised ones among them."""
    rng, now = Random("customers"), world.clock.now().replace(microsecond=0)  # noqa: S311 -- the same world every time
    for number, order in enumerate([*_orders(world, rng), *_unknown_orders()]):
        dialogues = BY_LANGUAGE[_language(order)]
        _hold(world, rng, order, dialogues[number % len(dialogues)], now)


def fill_trouble(world: World) -> None:
    """A conversation for each way in which an answer, or another conversation about its order, goes wrong.

    Its topic says how. They are about orders whose own trouble no conversation meets. One holds a file with an odd
    name, the last is anonymised.
    """
    rng, now = Random("trouble"), world.clock.now().replace(microsecond=0)  # noqa: S311 -- the same world every time
    openings = [*ENDS, ODD_NAME, ERASED]
    for number, (topic, order) in enumerate(zip(openings, _orders_in_other_trouble(world), strict=False)):
        at = now - timedelta(minutes=10 * (len(openings) - number))
        conversation = messaging.new_conversation(order, topic, at, conversation_id=messaging.new_id(rng))
        messaging.put_conversation(world.store, conversation)
        files = [File("../../outside.png", photos.made("png", 1))] if topic == ODD_NAME else []
        message = Message(messaging.customer_of(conversation), writing.TEXT, files)
        messaging.put_message(world.store, conversation, message, at=at, rng=rng)
        for kind in ("CREATE_MESSAGE", "CREATE_CONVERSATION") if topic in ENDS else ():
            world.scripts.add(structs.replace(ENDS[topic], kind=kind, order_id=order["id"]))
        if topic == ERASED:
            messaging.erase(world.store, _record(conversation), at + timedelta(minutes=5))


PASSING = ("UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST")  # the second attempt is taken
ENDS = {
    **{code: Script(code=code, times=1 if code in PASSING else None) for code in CONVERSATION_CODES},
    "Slow": Script(outcome="slow", seconds=300, times=None),
    "Forgotten": Script(outcome="forget", times=None),
    "Pending for ever": Script(outcome="pending-for-ever", times=None),
    "An unknown word": Script(outcome="unknown-word", times=None),
}
ODD_NAME, ERASED = "A file name that climbs", "Anonymised"


def _orders_in_other_trouble(world: World) -> list[Json]:
    codes = {script.order_id: script.code for script in world.scripts.waiting()}
    rows = world.store.rows("SELECT id, body FROM orders ORDER BY number")
    return [from_json(body) for order_id, body in rows if codes.get(order_id) in set(CODES) - set(CONVERSATION_CODES)]


def _record(conversation: Json) -> Record:
    return Record("conversations", conversation["id"], micros(parse(conversation["updated_at"])), conversation)


def _orders(world: World, rng: Random) -> list[Json]:
    """Every anonymised order, a few that are written about twice, and others by chance."""
    rows = world.store.rows("SELECT body FROM orders WHERE status <> 'AWAITING_FRAUD_CHECK' ORDER BY number")
    orders = [from_json(body) for (body,) in rows]
    erased = [order for order in orders if "anonymized_at" in order]
    others = [order for order in orders if "anonymized_at" not in order and "address" in order["shipping_info"]]
    chosen = rng.sample(others, COUNT - UNKNOWN - len(erased) - 4)
    return [*erased, *chosen, *chosen[:4]]


def _unknown_orders() -> list[Json]:
    """Orders that the channel has and Connect has not: they have no id here."""
    return [
        {"channel_order_id": f"{channel.prefix}{499000 + number}-A", "origin": {"channel_id": channel.id}}
        for number, channel in enumerate(CHANNELS * (UNKNOWN // len(CHANNELS)))
    ]


def _language(record: Json) -> str:
    """Of the buyer of an order; of a conversation whose order is not known, of its channel."""
    country = messaging.customer_address(record).get("country_iso_code")
    origin = record.get("origin")
    channel_id = origin.get("channel_id") if isinstance(origin, dict) else None
    return LANGUAGES.get(str(country), "en") if country else BY_CHANNEL.get(str(channel_id), "en")


def _hold(world: World, rng: Random, order: Json, dialogue: Dialogue, now: datetime) -> None:
    """A conversation that got to somewhere in the dialogue; an anonymised order's is anonymised as well."""
    lines = dialogue.lines[: rng.randint(1, len(dialogue.lines))] if rng.random() < 0.5 else dialogue.lines
    begun = max(parse(order["created_at"]), now - OLDEST) if "created_at" in order else now - timedelta(days=2)
    at = begun + (now - begun) * rng.uniform(0.05, 0.5)
    conversation = messaging.new_conversation(order, dialogue.topic, at, conversation_id=messaging.new_id(rng))
    for line in lines:
        conversation["updated_at"] = written(at)
        message, channel_at = _message(rng, conversation, line), at - timedelta(seconds=rng.randint(1, 90))
        messaging.put_message(world.store, conversation, message, at=at, channel_at=channel_at, rng=rng)
        at += min((now - at) * rng.uniform(0.02, 0.3), LONGEST_PAUSE)
    messaging.put_conversation(world.store, conversation)
    if "anonymized_at" in order:
        messaging.erase(world.store, _record(conversation), at)


def _message(rng: Random, conversation: Json, line: Line) -> Message:
    """Albion Home tells of its customers' messages only now and then that everybody sees them."""
    if line.writer in ("channel", "note"):
        return Message(messaging.channel_of(conversation), line.body, visible=line.writer == "channel")
    if line.writer in ("store", "paper"):
        papers = (
            [File(rng.choice(PAPER_NAMES), photos.made("pdf", rng.randint(1, 4)))] if line.writer == "paper" else []
        )
        return Message(messaging.store_of(conversation), line.body, papers if line.writer == "paper" else [])
    visible = None if conversation["origin"]["channel_id"] == "0003" and rng.random() < 0.7 else True
    pictures = _pictures(rng) if line.writer == "photos" else []
    return Message(messaging.customer_of(conversation), line.body, pictures, visible)


def _pictures(rng: Random) -> list[File]:
    """One to three photographs, of which one may be a scan."""
    first = rng.randrange(len(PHOTO_NAMES))
    names = [PHOTO_NAMES[(first + step) % len(PHOTO_NAMES)] for step in range(rng.randint(1, 3))]
    files = [File(name, photos.made("png", rng.randint(1, 6))) for name in names]
    if rng.random() < 0.4:
        files[0] = File(f"scan-{rng.randint(1, 99):03}.jpg", photos.made("jpeg", rng.randint(1, 3)))
    return files


def write(world: World, now: datetime) -> None:
    """In a world that is alive: now and then a customer answers the store, or begins to write about an order."""
    due, at = world.store.fact(NEXT), micros(now)
    if due is not None and at < int(due):
        return
    pause = max(SHORTEST_PAUSE, PAUSE / world.switches.speed)
    world.store.remember(NEXT, str(micros(now + timedelta(seconds=pause))))
    if due is None:
        return  # the world has just come to life
    rng = Random(now.timestamp())  # noqa: S311 -- not a secret
    answered = _answered(world)
    if answered and rng.random() < REPLIES_SHARE:
        conversation = rng.choice(answered)
        order = records.find(world.store, "orders", conversation["entity"].get("id", ""))
        language = _language(order.body if order else conversation)
        writing.customer_writes(world, conversation_id=conversation["id"], body=rng.choice(REPLIES[language]))
    else:
        _begin_to_write(world, rng)


def _begin_to_write(world: World, rng: Random) -> None:
    places = ", ".join("?" * len(WHO_WRITES))
    sql = f"SELECT id, body FROM orders WHERE status IN ({places}) ORDER BY updated_at DESC LIMIT 40"  # noqa: S608 -- only our own words
    found = [(order_id, from_json(body)) for order_id, body in world.store.rows(sql, WHO_WRITES)]
    candidates = [(order_id, order) for order_id, order in found if _has_a_customer(order)]
    if not candidates:
        return
    order_id, order = rng.choice(candidates)
    dialogues = BY_LANGUAGE[_language(order)]
    dialogue = rng.choice([one for one in dialogues if one.lines[0].writer in ("customer", "photos")])
    attachments = 2 if dialogue.lines[0].writer == "photos" else 0
    writing.customer_writes(
        world, order_id=order_id, topic=dialogue.topic, body=dialogue.lines[0].body, attachments=attachments
    )


def _has_a_customer(order: Any) -> bool:
    """A raw order may be anything; an anonymised one has nobody any more."""
    return (
        isinstance(order, dict) and "anonymized_at" not in order and messaging.customer_name(order) != messaging.NOBODY
    )


def _answered(world: World) -> list[Json]:
    """Of the conversations that changed last, those in which the store had the last word."""
    found = []
    sql = "SELECT body FROM conversations WHERE NOT anonymised ORDER BY updated_at DESC LIMIT 20"
    for (body,) in world.store.rows(sql):
        conversation = from_json(body)
        last = "SELECT body FROM messages WHERE conversation_id = ? ORDER BY number DESC LIMIT 1"
        rows = world.store.rows(last, (conversation["id"],))
        if rows and from_json(rows[0][0])["sender"]["type"] == "STORE":
            found.append(conversation)
    return found
