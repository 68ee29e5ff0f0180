"""Seek pagination (domain.md §1.0; §8, questions 4 to 6)."""

from __future__ import annotations

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 25])
def test_walk_shows_every_order_once(sandbox: RunningSandbox, caller: Caller, count: int) -> None:
    ids = [order_id for size in (count // 2, count - count // 2) if size for order_id in sandbox.place_orders(size)]

    pages = caller.walk()

    assert sorted(order_id for page in pages for order_id in page) == sorted(ids)
    assert [len(page) for page in pages[:-1]] == [10] * max(0, (count - 1) // 10)


def test_page_of_one_moment_is_walked_by_id(sandbox: RunningSandbox, caller: Caller) -> None:
    moment = sandbox.now()
    for number in range(5):
        sandbox.place_order(id=f"order {number}", updated_at=moment)

    assert caller.walk(limit=2) == [["order 4", "order 3"], ["order 2", "order 1"], ["order 0"]]


def test_tokens_are_absent_at_the_ends(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(3)

    first = caller.page(limit=1)
    second = caller.page(page_token=first["next_page_token"])
    third = caller.page(page_token=second["next_page_token"])

    assert first.keys() == {"data", "next_page_token"}
    assert second.keys() == {"data", "next_page_token", "previous_page_token"}
    assert third.keys() == {"data", "previous_page_token"}
    assert caller.page().keys() == {"data"}


def test_way_back_shows_the_same_pages(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(5)
    first = caller.page(limit=2)
    second = caller.page(page_token=first["next_page_token"])
    third = caller.page(page_token=second["next_page_token"])

    back = caller.page(page_token=third["previous_page_token"])
    start = caller.page(page_token=back["previous_page_token"])

    assert (back["data"], start["data"]) == (second["data"], first["data"])
    assert start.keys() == {"data", "next_page_token"}
    assert caller.ids(page_token=start["next_page_token"]) == [order["id"] for order in second["data"]]


def test_token_wins_over_every_other_parameter(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(2, status="SHIPPED")
    sandbox.place_orders(2, status="CLOSED")
    first = caller.page(limit=1, statuses="SHIPPED")

    others = {"limit": 100, "statuses": "LOST", "order_ids": "x", "updated_from": "never"}
    second = caller.page(page_token=first["next_page_token"], **others)

    assert [order["status"] for order in second["data"]] == ["SHIPPED"]
    assert second.keys() == {"data", "previous_page_token"}


def test_order_updated_during_a_walk_jumps_to_the_front(sandbox: RunningSandbox, caller: Caller) -> None:
    ids = [sandbox.place_order()["id"] for _ in range(4)]
    first = caller.page(limit=2)

    sandbox.update_order(ids[0], status="SHIPPED")
    rest = caller.page(page_token=first["next_page_token"])

    assert [order["id"] for order in rest["data"]] == [ids[1]]
    newer = caller.page(page_token=rest["previous_page_token"])
    assert newer["data"] == first["data"]
    assert caller.ids(page_token=newer["previous_page_token"]) == [ids[0]]


def test_window_of_a_walk_stays_while_time_passes(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(3)
    first = caller.page(limit=2)

    sandbox.advance(40 * 86400)
    later = Caller(sandbox)

    assert len(later.ids(page_token=first["next_page_token"])) == 1
    assert later.ids() == []


def test_changed_token_is_refused(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(2)
    token = caller.page(limit=1)["next_page_token"]

    changed = [token[:-1], token + "A", token[:30] + ("A" if token[30] != "A" else "B") + token[31:]]

    assert [caller.answer(page_token=text).status_code for text in changed] == [400, 400, 400]
