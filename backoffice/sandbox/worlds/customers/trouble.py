"""The conversations of the world `trouble`: each goes wrong in its own way, which its topic tells."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from msgspec import structs

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.market import messaging, records
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.messaging import Message
from backoffice.sandbox.market.scripts import Script, failing
from backoffice.sandbox.market.uploads import File
from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.customers import writing
from backoffice.sandbox.worlds.papers import photos

ENDS = {
    **{code: failing(code) for code in CONVERSATION_CODES},
    "Slow": Script(outcome="slow", seconds=300, times=None),
    "Forgotten": Script(outcome="forget", times=None),
    "Pending for ever": Script(outcome="pending-for-ever", times=None),
    "An unknown word": Script(outcome="unknown-word", times=None),
}
ODD_NAME, ERASED = "A file name that climbs", "Anonymised"


def fill(world: World) -> None:
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
            record = records.known(world.store, "conversations", conversation["id"])
            messaging.erase(world.store, record, at + timedelta(minutes=5))


def _orders_in_other_trouble(world: World) -> list[Json]:
    codes = {script.order_id: script.code for script in world.scripts.waiting()}
    rows = world.store.rows("SELECT id, body FROM orders ORDER BY number")
    return [from_json(body) for order_id, body in rows if codes.get(order_id) in set(CODES) - set(CONVERSATION_CODES)]
