"""A world that is alive: new orders arrive and old ones move on without anyone asking."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import records
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.customers import life as customers_life
from backoffice.sandbox.worlds.placing import place_order
from backoffice.sandbox.worlds.returning import life as returning_life

PAUSE = 40.0  # seconds between two new orders at speed 1
SHORTEST_PAUSE = 20.0
AT_ONCE = 5  # orders that move on in one tick: after a long sleep they trickle
# What else happens by itself in a world that is alive; each is told the moment.
HAPPENINGS: tuple[Callable[[World, datetime], None], ...] = (returning_life.happen, customers_life.happen)
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
    sql = "SELECT id FROM orders WHERE moves_at <= ? ORDER BY moves_at LIMIT ?"
    for (order_id,) in world.store.rows(sql, (micros(now), AT_ONCE)):
        record = records.known(world.store, "orders", order_id)
        moves.move_on(record.body, Random(order_id))  # noqa: S311 -- not a secret
        records.touch(record, now)
        records.save(world.store, record)
