"""The conversations of the world `demo`."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import parse, written
from backoffice.sandbox.market import messaging, records
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.messaging import Message
from backoffice.sandbox.market.uploads import File
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.customers.dialogues import (
    BY_LANGUAGE,
    PAPER_NAMES,
    PHOTO_NAMES,
    Dialogue,
    Line,
    language_of,
)
from backoffice.sandbox.worlds.papers import photos

COUNT = 60
UNKNOWN = 6  # of them about orders that Connect does not know
OLDEST = timedelta(days=25)
LONGEST_PAUSE = timedelta(days=2)  # between two messages


def fill(world: World) -> None:
    """60 conversations about orders of every status, the anonymised ones among them."""
    rng, now = Random("customers"), world.clock.now().replace(microsecond=0)  # noqa: S311 -- the same world every time
    for number, order in enumerate([*_orders(world, rng), *_unknown_orders()]):
        dialogues = BY_LANGUAGE[language_of(order)]
        _hold(world, rng, order, dialogues[number % len(dialogues)], now)


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
        messaging.erase(world.store, records.known(world.store, "conversations", conversation["id"]), at)


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
