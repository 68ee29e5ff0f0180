"""A world that is alive: new orders arrive and old ones move on without anyone asking."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import customers, moves, returning_life
from backoffice.sandbox.worlds.placing import place_order, stored, touch

PAUSE = 40.0  # seconds between two new orders at speed 1
SHORTEST_PAUSE = 20.0
AT_ONCE = 5  # orders that move on in one tick: after a long sleep they trickle
# What else happens by itself in a world that is alive; each is told the moment.
HAPPENINGS: tuple[Callable[[World, datetime], None], ...] = (returning_life.happen, customers.write)
HEARTBEAT = 0.5  # seconds of real time between two looks at the clock

ARRIVALS = ("AWAITING_ACCEPTANCE",) * 7 + ("AWAITING_FRAUD_CHECK", "AWAITING_PAYMENT", "AWAITING_SHIPMENT")


class Life:
    """The thread that lets time pass. Where the world's `alive` is off, only actions come to their end."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox life", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(HEARTBEAT):
            tick(self._world)


def tick(world: World) -> None:
    """What has become due by now happens. However long nobody looked, at most one new order arrives."""
    settle(world)
    if not world.switches.alive:
        return
    now = world.clock.now()
    with world.store.lock:
        if now >= world.next_arrival:
            pause = max(SHORTEST_PAUSE, PAUSE / world.switches.speed)
            world.next_arrival = now + timedelta(seconds=pause)
            place_order(world, status=Random(now.timestamp()).choice(ARRIVALS))  # noqa: S311 -- not a secret
        _move_on(world, now)
        for happening in HAPPENINGS:
            happening(world, now)


def _move_on(world: World, now: datetime) -> None:
    sql = f"SELECT {', '.join(StoredOrder._fields)} FROM orders WHERE moves_at <= ? ORDER BY moves_at LIMIT ?"  # noqa: S608 -- constant names
    for values in world.store.rows(sql, (micros(now), AT_ONCE)):
        row = StoredOrder(*values)
        order = from_json(row.body)
        moves.move_on(order, Random(row.id))  # noqa: S311 -- not a secret
        touch(order, row, now)
        world.store.put_orders([stored(order, row.private)])
