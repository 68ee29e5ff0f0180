"""Returns in a world that is alive: now and then a customer sends something back, and returns move on."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import records
from backoffice.sandbox.worlds.returning import moves, opening

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

PAUSE = 1200.0  # seconds between two new returns at speed 1: about every thirtieth order comes back
SHORTEST_PAUSE = 300.0
AT_ONCE = 5  # returns that move on in one tick
FACT = "next_return"  # when, in microseconds
# The channel asks the seller, or sends its label at once.
ARRIVALS: tuple[tuple[str, str | None], ...] = (
    ("REQUEST_INITIATED", None),
    ("REQUEST_INITIATED", None),
    ("OPENED", "pdf"),
)


def happen(world: World, now: datetime) -> None:
    _move_on(world, now)
    due = world.store.fact(FACT)
    if due is not None and int(due) > micros(now):
        return
    pause = timedelta(seconds=max(SHORTEST_PAUSE, PAUSE / world.switches.speed))
    world.store.remember(FACT, str(micros(now + pause)))
    if due is not None:
        _send_back(world, now)


def _send_back(world: World, now: datetime) -> None:
    """A customer wants to send back a delivered order of which nothing came back yet; there may be none."""
    rows = world.store.rows(
        "SELECT id FROM orders WHERE status = 'DELIVERED' AND fulfillment_type = 'FULFILLED_BY_SELLER'"
        " AND id NOT IN (SELECT order_id FROM returns) ORDER BY number"
    )
    if rows:
        rng = Random(now.timestamp())  # noqa: S311 -- not a secret
        status, label = rng.choice(ARRIVALS)
        with suppress(LookupError, TypeError, ValueError):  # an order that was put in as raw text may be anything
            opening.open_return(world, rng.choice(rows)[0], status=status, label=label)


def _move_on(world: World, now: datetime) -> None:
    sql = "SELECT id FROM returns WHERE moves_at <= ? ORDER BY moves_at LIMIT ?"
    for (return_id,) in world.store.rows(sql, (micros(now), AT_ONCE)):
        found = records.known(world.store, "returns", return_id)
        moves.move_on(found.body)
        records.touch(found, now)
        records.save(world.store, found)
