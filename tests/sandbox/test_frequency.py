"""Call frequency (domain.md §1.2; §8, questions 59 and 59a): v2-listOrders once a minute."""

from __future__ import annotations

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


def test_second_call_within_a_minute_is_429_and_says_how_long(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(limits="on")

    first, second = caller.answer(), caller.answer()
    sandbox.advance(45)
    third = caller.answer()

    assert (first.status_code, second.status_code, third.status_code) == (200, 429, 429)
    assert (second.json()["code"], second.headers["Retry-After"]) == ("TOO_MANY_REQUEST", "60")
    assert third.headers["Retry-After"] == "15"


def test_call_is_free_again_after_a_minute(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(limits="on")

    statuses = [caller.answer().status_code]
    for _ in range(2):
        sandbox.advance(60)
        statuses += [caller.answer().status_code, caller.answer().status_code]

    assert statuses == [200, 200, 429, 200, 429]


def test_speed_divides_the_minute(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(limits="on", speed=20)
    caller.answer()

    refused = caller.answer()
    sandbox.advance(3)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert caller.answer().status_code == 200


def test_pages_of_a_walk_are_not_counted(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(5)
    sandbox.configure(limits="on")

    assert [len(page) for page in caller.walk(limit=1)] == [1, 1, 1, 1, 1]
    assert caller.answer().status_code == 429


def test_new_token_is_the_same_caller(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(limits="on")
    caller.answer()

    assert Caller(sandbox).answer().status_code == 429


def test_refused_call_does_not_start_the_minute_again(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(limits="on")
    caller.answer()
    sandbox.advance(50)
    assert caller.answer().status_code == 429

    sandbox.advance(10)

    assert caller.answer().status_code == 200


@pytest.mark.parametrize("switch", ["off", False])
def test_limits_can_be_switched_off(sandbox: RunningSandbox, caller: Caller, switch: object) -> None:
    sandbox.configure(limits="on")
    sandbox.configure(limits=switch)

    assert [caller.answer().status_code for _ in range(3)] == [200, 200, 200]
