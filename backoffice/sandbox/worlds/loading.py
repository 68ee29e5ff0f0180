"""Fills a state file with a world the first time, and keeps what is there from then on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import structs

from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import assortment, demo, scale, trouble
from backoffice.sandbox.worlds.customers import demo as customers_demo
from backoffice.sandbox.worlds.customers import trouble as customers_trouble
from backoffice.sandbox.worlds.papers import demo as papers_demo
from backoffice.sandbox.worlds.returning import demo as returning_demo
from backoffice.sandbox.worlds.returning import trouble as returning_trouble

# What a world has besides its orders: each puts it in, within the transaction that makes the world.
FILLERS: dict[str, tuple[Callable[[World], None], ...]] = {
    "demo": (returning_demo.fill, papers_demo.fill, assortment.fill, customers_demo.fill),
    "trouble": (returning_trouble.fill, assortment.fill_trouble, customers_trouble.fill),
}


class OtherWorldError(Exception):
    """The state file holds another world than the one asked for."""


def check_name(name: str) -> None:
    """Raises ValueError for a name that is no world's."""
    kind, _, count = name.partition(":")
    if name not in ("empty", "demo", "trouble") and not (kind == "scale" and count.isdecimal()):
        raise ValueError(f"There is no world {name!r}: empty, demo, trouble, or scale:N with a number of orders.")


def load(world: World, name: str) -> None:
    """Make the world `empty`, `demo`, `trouble` or `scale:N`.

    Raises OtherWorldError, and ValueError for a name that is none.
    """
    check_name(name)
    known = world.store.fact("world")
    if known is None:
        with world.store.transaction():
            world.store.put_orders(_orders(world, name), world=name)
            _script(world, name)
            for filler in FILLERS.get(name, ()):
                filler(world)
        world.store.tidy()
    elif known != name:
        raise OtherWorldError(f"The state file holds the world {known!r}, not {name!r}.")


def _orders(world: World, name: str) -> Iterable[StoredOrder]:
    now = world.clock.now()
    if name == "empty":
        return []
    if name == "demo":
        return demo.orders(now)
    if name == "trouble":
        return trouble.orders(now)
    return scale.orders(now, int(name.removeprefix("scale:")))


def _script(world: World, name: str) -> None:
    makers = {"demo": demo.scripts, "trouble": trouble.scripts}
    if name in makers:
        order_ids: dict[str, list[str]] = {}
        for status, order_id in world.store.rows("SELECT status, id FROM orders ORDER BY number"):
            order_ids.setdefault(status, []).append(order_id)
        for order_id, script in makers[name](order_ids):
            world.scripts.add(structs.replace(script, order_id=order_id))
