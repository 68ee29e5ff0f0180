"""The catalog behind listProducts: what was asked for is done to it once its time has come (domain.md §2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market.actions import later

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.world import World

Json = dict[str, Any]


def change(call: Call, asked: dict[str, list[Any]]) -> None:
    """Take `{"upsert": [product]}` or `{"delete": [id]}`, to be seen after `catalog_seconds`.

    What was asked for later is never seen earlier, or the older change would undo it.
    """
    world, store = call.world, call.world.store
    with store.transaction():
        (latest,) = store.rows("SELECT max(shows_at) FROM catalog_changes")[0]
        shows_at = max(later(world, call.now, world.switches.catalog_seconds), latest or 0)
        store.change("INSERT INTO catalog_changes (shows_at, body) VALUES (?, ?)", (shows_at, to_json(asked)))
        world.writes.taken(call, "")  # there is no action to name
        settle(world)


def settle(world: World) -> None:
    """Do what has become due by now."""
    now = micros(world.clock.now())
    with world.store.lock:
        due = world.store.rows("SELECT number, body FROM catalog_changes WHERE shows_at <= ? ORDER BY number", (now,))
        if not due:
            return
        with world.store.transaction():
            for number, body in due:
                asked = from_json(body)
                for product in asked.get("upsert", []):
                    _merge(world.store, product)
                for product_id in asked.get("delete", []):
                    drop(world.store, product_id)
                world.store.change("DELETE FROM catalog_changes WHERE number = ?", (number,))


def _merge(store: Store, product: Json) -> None:
    """Field by field at the top: what is absent stays, what is there replaces the former value, null takes it away."""
    found = store.rows("SELECT body FROM products WHERE id = ?", (product["id"],))
    former = from_json(found[0][0]) if found else {}
    put(store, {name: value for name, value in {**former, **product}.items() if value is not None})


def put(store: Store, product: Json) -> None:
    """Whatever was there before."""
    sql = "INSERT INTO products (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body"
    store.change(sql, (product["id"], to_json(product)))


def drop(store: Store, product_id: str) -> bool:
    """Tells whether there was such a product."""
    return bool(store.change("DELETE FROM products WHERE id = ?", (product_id,)))


def listed(store: Store, *, after: int = 0, limit: int = -1) -> list[Json]:
    """By number, which says in which order they came; it is not the order of listProducts."""
    sql = "SELECT number, body FROM products WHERE number > ? ORDER BY number LIMIT ?"
    return [{"number": number, **from_json(body)} for number, body in store.rows(sql, (after, limit))]
