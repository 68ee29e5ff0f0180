"""Customers in a world that is alive: now and then one answers the store, or begins to write about an order."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import messaging, records
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.customers import writing
from backoffice.sandbox.worlds.customers.dialogues import BY_LANGUAGE, REPLIES, language_of

PAUSE = 150.0  # seconds between two messages of customers at speed 1
SHORTEST_PAUSE = 30.0
NEXT = "customer_writes_at"  # fact of the state file: microseconds
REPLIES_SHARE = 0.6  # of the messages that answer the store, if there is anything to answer
WHO_WRITES = ("AWAITING_SHIPMENT", "SHIPPED", "DELIVERED")  # orders whose customers begin to write


def happen(world: World, now: datetime) -> None:
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
        language = language_of(order.body if order else conversation)
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
    dialogues = BY_LANGUAGE[language_of(order)]
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
