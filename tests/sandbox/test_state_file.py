"""The state file: what is in it, and what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.paging import PageTokens, Place
from backoffice.sandbox.store import Store, StoredOrder
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import OtherWorldError, load

PLACE = Place(forward=True, keys=[1, "o"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "state.sqlite3")
    yield world
    world.close()


def test_world_is_made_once(world: World) -> None:
    load(world, "scale:7")
    load(world, "scale:7")

    assert (sum(world.store.counts().values()), world.store.fact("world")) == (7, "scale:7")


def test_other_world_is_refused(world: World) -> None:
    load(world, "empty")

    with pytest.raises(OtherWorldError, match="'empty', not 'demo'"):
        load(world, "demo")


@pytest.mark.parametrize("name", ["", "atlantis", "scale", "scale:", "scale:-1", "scale:x"])
def test_unknown_world_is_refused_and_nothing_is_kept(world: World, name: str) -> None:
    with pytest.raises(ValueError, match="There is no world"):
        load(world, name)

    assert world.store.fact("world") is None


def test_orders_are_stored_all_or_none(world: World) -> None:
    def rows() -> Iterator[StoredOrder]:
        yield StoredOrder("a", 1, "S", "F", None, b"{}")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        world.store.put_orders(rows(), world="half")

    assert (world.store.counts(), world.store.fact("world")) == ({}, None)


def test_page_token_of_another_operation_is_refused(world: World) -> None:
    token = world.page_tokens.issue("v2-listReturns", ["question"], PLACE)

    assert world.page_tokens.read(token, "v2-listReturns", list[str]) == (["question"], PLACE)
    with pytest.raises(RefusedError):
        world.page_tokens.read(token, "v2-listOrders", list[str])


def test_page_token_outlives_a_restart(world: World, tmp_path: Path) -> None:
    token = world.page_tokens.issue("v2-listOrders", ["question"], PLACE)
    again = Store(tmp_path / "state.sqlite3")

    read = PageTokens(again).read(token, "v2-listOrders", list[str])

    again.close()
    assert read == (["question"], PLACE)


def test_newest_first_is_read_from_the_index(world: World) -> None:
    question = "EXPLAIN QUERY PLAN SELECT body FROM orders WHERE {} ORDER BY {} LIMIT 100"
    forward = question.format("updated_at >= 1 AND (updated_at, id) < (9, 'x')", "updated_at DESC, id DESC")
    backward = question.format("(updated_at, id) > (9, 'x')", "updated_at, id")

    plans = [[row[3] for row in world.store.rows(sql)] for sql in (forward, backward)]

    assert plans == [
        ["SEARCH orders USING INDEX orders_newest (updated_at>? AND (updated_at,id)<(?,?))"],
        ["SEARCH orders USING INDEX orders_newest ((updated_at,id)>(?,?))"],
    ]
