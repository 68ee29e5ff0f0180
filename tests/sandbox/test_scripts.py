"""Scripted ends of actions: by order, by channel, for the next ones, for a share (domain.md §2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import requests

from backoffice.sandbox.market.actions import Aim
from backoffice.sandbox.market.scripts import Script, Scripts
from backoffice.sandbox.market.words import CODES, TEXTS
from backoffice.sandbox.store import Store
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


def test_every_code_of_mirakl_is_there() -> None:
    assert set(CODES) == {
        "INVALID_INPUT",
        "DATA_NOT_FOUND",
        "UNEXPECTED",
        "UNAVAILABLE",
        "TOO_MANY_REQUEST",
        "ACTION_NOT_SUPPORTED",
        "ORDER_IN_WRONG_STATE",
        "RETURN_IN_WRONG_STATE",
        "INVALID_PRODUCT_ID",
        "OUT_OF_STOCK",
        "ORDER_FULFILLED_BY_PARTNER",
        "PAYMENT_REQUIRED",
        "SYNCHRONIZATION_DEACTIVATED",
        "CARRIER_NOT_SUPPORTED",
        "MISSING_CARRIER",
        "WAREHOUSE_ID_REQUIRED",
        "WAREHOUSE_ID_NOT_FOUND",
        "OTHER",
    }
    texts = [text for texts in TEXTS.values() for text in texts]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_reached_by_order_by_channel_and_for_the_next(
    sandbox: RunningSandbox, caller: Caller, code: str
) -> None:
    one, two, three = (sandbox.place_order(channel_id="0002")["id"] for _ in range(3))

    ends = []
    for order_id, where in ((one, {"order_id": one}), (two, {"channel_id": "0002"}), (three, {})):
        sandbox.script_action(code=code, **where)
        ends.append(caller.action(caller.decide(order_id, True)).json())

    errors = [{"code": code, "message": TEXTS[code][2]}]
    assert [(end["status"], end["errors"]) for end in ends] == [("FAILED", errors)] * 3
    assert sandbox.state()["orders"] == {"AWAITING_ACCEPTANCE": 3}


@pytest.mark.parametrize(("channel_id", "language"), [("0001", 1), ("0002", 2), ("0003", 0)])
def test_marketplace_speaks_its_own_language(
    sandbox: RunningSandbox, caller: Caller, channel_id: str, language: int
) -> None:
    order_id = sandbox.place_order(channel_id=channel_id)["id"]
    sandbox.script_action(code="OUT_OF_STOCK")

    error = caller.action(caller.decide(order_id, True)).json()["errors"][0]

    assert error["message"] == TEXTS["OUT_OF_STOCK"][language]


def test_message_and_code_can_be_anything_together(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.script_action(code="BRAND_NEW", message="Stock épuisé <b>!")

    answer = caller.action(caller.decide(order_id, True)).json()

    assert answer["errors"] == [{"code": "BRAND_NEW", "message": "Stock épuisé <b>!"}]


def test_script_strikes_so_often_and_then_no_more(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.script_action(order_id=order_id, code="UNAVAILABLE", times=2)

    ends = [caller.end(caller.decide(order_id, True)) for _ in range(3)]

    assert ends == [("FAILED", "UNAVAILABLE")] * 2 + [("SUCCESS", None)]


def test_script_without_an_end_stays_until_cleared(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.script_action(code="OTHER", times=None)
    ends = [caller.end(caller.decide(order_id, True)) for _ in range(2)]

    sandbox.clear_scripts()

    assert ends == [("FAILED", "OTHER")] * 2
    assert caller.end(caller.decide(order_id, True)) == ("SUCCESS", None)


def test_order_goes_before_channel_and_channel_before_any(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order(channel_id="0001")["id"]
    sandbox.script_action(code="OTHER")
    sandbox.script_action(code="UNEXPECTED", channel_id="0002")
    sandbox.script_action(code="OUT_OF_STOCK", channel_id="0001")
    sandbox.script_action(code="UNAVAILABLE", order_id=order_id)
    sandbox.script_action(code="PAYMENT_REQUIRED")

    codes = [caller.end(caller.decide(order_id, True))[1] for _ in range(5)]

    assert codes == ["UNAVAILABLE", "OUT_OF_STOCK", "OTHER", "PAYMENT_REQUIRED", None]
    assert [script["code"] for script in sandbox.state()["scripts"]] == ["UNEXPECTED"]


def test_script_is_decided_when_the_call_is_taken(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(settle_seconds=3600)
    first, second = (sandbox.place_order()["id"] for _ in range(2))
    early = caller.decide(first, True)
    sandbox.script_action(code="OTHER")
    late = caller.decide(second, True)

    sandbox.settle()

    assert (caller.end(early), caller.end(late)) == (("SUCCESS", None), ("FAILED", "OTHER"))


def test_channel_can_forbid_mixed_decisions(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.script_action(channel_id="0003", mixed=True, code="ACTION_NOT_SUPPORTED", times=None)
    order_id, other = (sandbox.place_order(channel_id=channel, lines=2)["id"] for channel in ("0003", "0001"))

    mixed, elsewhere = caller.decide(order_id, True, False), caller.decide(other, True, False)
    whole = caller.decide(order_id, True, True)

    assert caller.end(mixed) == ("FAILED", "ACTION_NOT_SUPPORTED")
    assert (caller.end(elsewhere), caller.end(whole)) == (("SUCCESS", None), ("SUCCESS", None))


def struck(order_ids: Iterable[str], *, seed: int, share: float) -> set[str]:
    """The orders that a script with this share strikes in a fresh world."""
    store = Store(":memory:")
    scripts = Scripts(store)
    scripts.add(Script(code="OTHER", share=share, times=None))
    found = {
        order_id for order_id in order_ids if scripts.strike(Aim(order_id, order_id, "0001"), "ACCEPT", {}, seed=seed)
    }
    store.close()
    return found


def test_share_strikes_the_same_orders_for_the_same_seed_however_calls_are_mixed() -> None:
    ids = [f"0001_MR{number}-A" for number in range(200)]

    first = struck(ids, seed=1, share=0.3)

    assert 40 < len(first) < 80
    assert struck(reversed(ids), seed=1, share=0.3) == first
    assert struck(ids, seed=2, share=0.3) != first
    assert (struck(ids, seed=1, share=0), struck(ids, seed=1, share=1)) == (set(), set(ids))


def test_share_draws_anew_for_the_next_attempt(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.configure(seed=7)
    sandbox.script_action(code="UNEXPECTED", share=0.5, times=None)
    sandbox.script_action(code="OTHER", times=None)

    codes = [caller.end(caller.decide(order_id, True))[1] for _ in range(24)]

    assert 4 < codes.count("UNEXPECTED") < 20
    assert codes.count("OTHER") == 24 - codes.count("UNEXPECTED")


def test_slow_action_takes_its_own_time(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.script_action(outcome="slow", seconds=100, code="OTHER")
    action_id = caller.decide(order_id, True)

    sandbox.advance(90)
    before = caller.end(action_id)
    sandbox.advance(10)

    assert (before, caller.end(action_id)) == (("PENDING", None), ("FAILED", "OTHER"))


def test_action_can_be_pending_for_ever(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.script_action(outcome="pending-for-ever")
    action_id = caller.decide(order_id, True)

    settled = sandbox.settle()
    sandbox.advance(30 * 86400)

    assert (settled, Caller(sandbox).end(action_id)) == (0, ("PENDING", None))


@pytest.mark.parametrize(("more", "end"), [({}, "SUCCESS"), ({"code": "OTHER"}, "FAILED")])
def test_forgotten_action_answers_404_though_it_took_its_course(
    sandbox: RunningSandbox, caller: Caller, more: dict[str, str], end: str
) -> None:
    order_id = sandbox.place_order(lines=1)["id"]
    sandbox.script_action(outcome="forget", **more)

    answer = caller.action(caller.decide(order_id, True))

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")
    assert sandbox.actions()[0]["status"] == end
    assert (caller.order(order_id)["status"] == "AWAITING_ACCEPTANCE") is (end == "FAILED")


def test_word_that_nobody_knows_stays_for_ever_or_for_a_while(sandbox: RunningSandbox, caller: Caller) -> None:
    one, two = (sandbox.place_order()["id"] for _ in range(2))
    sandbox.script_action(outcome="unknown-word", order_id=one)
    sandbox.script_action(outcome="unknown-word", order_id=two, word="HALF_DONE", seconds=50)
    actions = [caller.decide(order_id, True) for order_id in (one, two)]

    before = [caller.end(action_id)[0] for action_id in actions]
    sandbox.advance(50)

    assert before == ["QUEUED_AT_CHANNEL", "HALF_DONE"]
    assert [caller.end(action_id)[0] for action_id in actions] == ["QUEUED_AT_CHANNEL", "SUCCESS"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Say how the action ends: a code, an outcome, or to."),
        ({"code": "OUT_OF_STCK"}, "'OUT_OF_STCK' is no code of Mirakl: INVALID_INPUT,"),
        ({"code": "OTHER", "outcome": "success"}, "An action either fails with a code or does not."),
        ({"code": "OTHER", "to": "AWAITING_PAYMENT"}, "An action either fails with a code or does not."),
        ({"code": "OTHER", "times": 0}, "times is 1 or more"),
        ({"code": "OTHER", "share": 1.5}, "share is a number from 0 to 1."),
        ({"outcome": "slow"}, "slow needs seconds."),
        ({"outcome": "slow", "seconds": -1}, "seconds is a number of 0 or more"),
        ({"code": "OTHER", "channel_id": "9"}, "There is no channel '9'."),
        ({"outcome": "explode"}, "Invalid enum value 'explode'"),
        ({"cod": "OTHER"}, "Object contains unknown field `cod`"),
        ({"to": "SHIPPED"}, "Invalid enum value 'SHIPPED'"),
    ],
)
def test_script_without_sense_is_refused_with_a_sentence(
    sandbox: RunningSandbox, fields: dict[str, Any], sentence: str
) -> None:
    answer = requests.post(f"{sandbox.url}/_control/script-action", json=fields, timeout=30)

    assert (answer.status_code, answer.json()["message"][: len(sentence)]) == (400, sentence)
    assert sandbox.state()["scripts"] == []


def test_script_for_an_order_that_is_not_there_is_404(sandbox: RunningSandbox) -> None:
    fields = {"order_id": "nowhere", "code": "OTHER"}

    answer = requests.post(f"{sandbox.url}/_control/script-action", json=fields, timeout=30)

    assert (answer.status_code, answer.json()["message"]) == (404, "There is no order 'nowhere'.")
