"""Actions come to their end, and orders show it (domain.md §1.3, §2.1, §2.2, §2.5; §8, questions 11 to 16 and 38)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backoffice.sandbox.dates import parse
from backoffice.sandbox.market import settling
from backoffice.sandbox.worlds.moves import sum_up
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

WAITS, SHIP, PAY = "AWAITING_ACCEPTANCE", "AWAITING_SHIPMENT", "AWAITING_PAYMENT"


def place(sandbox: RunningSandbox, lines: int = 1, **fields: Any) -> str:
    """An order to accept whose accepted lines go straight to shipment."""
    order_id: str = sandbox.place_order(lines=lines, **fields)["id"]
    sandbox.script_action(order_id=order_id, to=SHIP, times=None)
    return order_id


def lines_of(caller: Caller, order_id: str) -> list[tuple[str, str | None]]:
    return [(line["status"], line.get("status_reason")) for line in caller.order(order_id)["order_lines"]]


@pytest.fixture
def slow(sandbox: RunningSandbox) -> RunningSandbox:
    """The marketplace takes its time."""
    sandbox.configure(settle_seconds=100)
    return sandbox


def test_action_is_pending_until_the_marketplace_answers(slow: RunningSandbox, caller: Caller) -> None:
    action_id = caller.decide(place(slow), True)

    pending = caller.action(action_id).json()
    slow.advance(90)
    still = caller.action(action_id).json()
    slow.advance(10)
    ended = caller.action(action_id).json()

    assert set(pending) == {"id", "status", "created_at", "updated_at"}
    assert (pending["id"], pending["status"], pending["created_at"]) == (action_id, "PENDING", pending["updated_at"])
    assert (still, ended["status"], ended["created_at"]) == (pending, "SUCCESS", pending["created_at"])
    assert (parse(ended["updated_at"]) - parse(ended["created_at"])).total_seconds() >= 100


def test_speed_divides_the_time_that_the_marketplace_takes(slow: RunningSandbox, caller: Caller) -> None:
    slow.configure(speed=10)
    action_id = caller.decide(place(slow), True)

    slow.advance(9)
    before = caller.end(action_id)
    slow.advance(1)

    assert (before, caller.end(action_id)) == (("PENDING", None), ("SUCCESS", None))


def test_order_is_untouched_before_the_end(slow: RunningSandbox, caller: Caller) -> None:
    order_id = place(slow)
    before = caller.order(order_id)

    caller.decide(order_id, True)

    assert caller.order(order_id) == before


@pytest.mark.parametrize("look", ["status", "orders", "life"])
def test_end_comes_at_the_first_look_or_by_itself(sandbox: RunningSandbox, caller: Caller, look: str) -> None:
    order_id = place(sandbox)
    action_id = caller.decide(order_id, True)

    if look == "status":
        assert caller.end(action_id) == ("SUCCESS", None)
    elif look == "orders":
        assert caller.order(order_id)["status"] == SHIP
    else:
        sandbox.advance(0)

    assert sandbox.actions()[0]["status"] == "SUCCESS"


def test_settle_ends_what_is_pending_without_moving_the_clock(slow: RunningSandbox, caller: Caller) -> None:
    action_ids = [caller.decide(place(slow), True) for _ in range(3)]
    before = slow.now()

    settled = slow.settle()

    assert (settled, {caller.end(action_id) for action_id in action_ids}) == (3, {("SUCCESS", None)})
    assert (slow.now() - before).total_seconds() < 50
    assert slow.settle() == 0


def test_accepted_lines_go_to_shipment_or_to_payment_always_the_same(sandbox: RunningSandbox, caller: Caller) -> None:
    ids = [sandbox.place_order(lines=2)["id"] for _ in range(20)]

    for order_id in ids:
        caller.decide(order_id, True, True)

    ends = [caller.order(order_id)["status"] for order_id in ids]
    assert {status: ends.count(status) for status in ends} == {SHIP: 15, PAY: 5}
    assert all(len(set(lines_of(caller, order_id))) == 1 for order_id in ids)


@pytest.mark.parametrize("to", [SHIP, PAY])
def test_where_accepted_lines_go_can_be_scripted(sandbox: RunningSandbox, caller: Caller, to: str) -> None:
    for _ in range(6):
        order_id = sandbox.place_order(lines=1)["id"]
        sandbox.script_action(order_id=order_id, to=to)
        caller.decide(order_id, True)
        assert caller.order(order_id)["status"] == to


def test_accepted_order_may_be_cancelled_but_not_refunded(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    before = caller.order(order_id)["order_lines"][0]

    caller.decide(order_id, True)

    after = caller.order(order_id)["order_lines"][0]
    assert (before["can_cancel"], after["can_cancel"], after["can_refund"]) == (False, True, False)


def test_accepting_moves_both_dates_of_the_order(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    before = caller.order(order_id)

    caller.decide(order_id, True)

    after = caller.order(order_id)
    assert after["updated_at"] == after["channel_updated_at"] > before["updated_at"]
    assert after["created_at"] == before["created_at"]


def test_refused_order_is_closed_and_keeps_its_amounts(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, 2)
    before = caller.order(order_id)

    caller.decide(order_id, False, False)

    after = caller.order(order_id)
    assert (after["status"], after["status_reason"]) == ("CLOSED", "REFUSED")
    assert lines_of(caller, order_id) == [("CLOSED", "REFUSED")] * 2
    for line, old in zip(after["order_lines"], before["order_lines"], strict=True):
        changed = {name for name in line if line[name] != old.get(name)}
        assert changed == {"status", "status_reason"}


def test_partly_refused_order_goes_on_with_the_rest(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, 3)

    action_id = caller.decide(order_id, True, False, True)

    assert caller.end(action_id) == ("SUCCESS", None)
    assert caller.order(order_id)["status"] == SHIP
    assert "status_reason" not in caller.order(order_id)
    assert lines_of(caller, order_id) == [(SHIP, None), ("CLOSED", "REFUSED"), (SHIP, None)]


def test_undecided_lines_go_on_waiting(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, 2)

    first = caller.decide(order_id, True)

    assert caller.end(first) == ("SUCCESS", None)
    assert lines_of(caller, order_id) == [(SHIP, None), ("AWAITING_ACCEPTANCE", None)]
    assert caller.order(order_id)["status"] == "AWAITING_ACCEPTANCE"


def test_strict_decisions_fail_an_incomplete_list(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(strict_decisions=True)
    order_id = place(sandbox, 2)

    partial, whole = caller.decide(order_id, True), caller.decide(order_id, True, False)

    assert (caller.end(partial), caller.end(whole)) == (("FAILED", "INVALID_INPUT"), ("SUCCESS", None))


@pytest.mark.parametrize("status", ["AWAITING_FRAUD_CHECK", PAY, SHIP, "SHIPPED", "CLOSED", "CHANNEL_SPECIFIC"])
def test_line_in_another_state_fails_the_action_and_changes_nothing(
    sandbox: RunningSandbox, caller: Caller, status: str
) -> None:
    order_id = place(sandbox, 2, order_lines=[{}, {"status": status}])
    before = caller.order(order_id)

    action_id = caller.decide(order_id, True, True)

    assert caller.end(action_id) == ("FAILED", "ORDER_IN_WRONG_STATE")
    assert caller.order(order_id) == before


def test_order_of_a_partner_fails_the_action(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert caller.end(caller.decide(order_id, True)) == ("FAILED", "ORDER_FULFILLED_BY_PARTNER")


def test_order_that_moves_on_between_202_and_the_end_fails_the_action(slow: RunningSandbox, caller: Caller) -> None:
    order_id = place(slow)
    action_id = caller.decide(order_id, True)

    slow.update_order(order_id, status="CLOSED", status_reason="ACCEPTANCE_TIMEOUT")
    slow.settle()

    assert caller.end(action_id) == ("FAILED", "ORDER_IN_WRONG_STATE")
    assert lines_of(caller, order_id) == [("CLOSED", "ACCEPTANCE_TIMEOUT")]


def test_same_call_twice_succeeds_once(slow: RunningSandbox, caller: Caller) -> None:
    order_id = place(slow)
    first, second = caller.decide(order_id, True), caller.decide(order_id, False)

    slow.settle()

    assert (caller.end(first), caller.end(second)) == (("SUCCESS", None), ("FAILED", "ORDER_IN_WRONG_STATE"))
    assert lines_of(caller, order_id) == [(SHIP, None)]


def test_success_may_come_before_the_order_shows_it(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(show_seconds=100)
    order_id = place(sandbox)
    before = caller.order(order_id)

    action_id = caller.decide(order_id, True)
    ended, unchanged = caller.end(action_id), caller.order(order_id)
    settled = sandbox.settle()
    still = caller.order(order_id)
    sandbox.advance(100)

    assert (ended, settled, unchanged, still) == (("SUCCESS", None), 0, before, before)
    assert caller.order(order_id)["status"] == SHIP
    shown_at = parse(sandbox.actions()[0]["shown_at"])
    assert (shown_at - parse(caller.action(action_id).json()["updated_at"])).total_seconds() >= 100


def test_marketplace_knows_what_it_did_though_the_order_does_not_show_it(
    sandbox: RunningSandbox, caller: Caller
) -> None:
    sandbox.configure(show_seconds=100)
    order_id = place(sandbox, 2)

    ends = [caller.end(caller.decide(order_id, *decisions)) for decisions in ((True,), (True, True))]

    assert ends == [("SUCCESS", None), ("FAILED", "ORDER_IN_WRONG_STATE")]


def test_unknown_action_is_404(sandbox: RunningSandbox, caller: Caller) -> None:
    answer = caller.action("1ba5fc4b-c4fd-4251-880b-3052e301bbd4")

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")


def test_status_may_be_asked_once_a_minute_for_each_action(sandbox: RunningSandbox, caller: Caller) -> None:
    one, two = caller.decide(place(sandbox), True), caller.decide(place(sandbox), True)
    sandbox.configure(limits="on")

    statuses = [caller.action(action_id).status_code for action_id in (one, two, one)]
    refused = caller.action(two)
    sandbox.advance(60)

    assert (statuses, refused.status_code, refused.headers["Retry-After"]) == ([200, 200, 429], 429, "60")
    assert [caller.action(action_id).status_code for action_id in (one, one)] == [200, 429]


def test_speed_divides_the_minute_of_an_action(sandbox: RunningSandbox, caller: Caller) -> None:
    action_id = caller.decide(place(sandbox), True)
    sandbox.configure(limits="on", speed=30)
    caller.action(action_id)

    assert caller.action(action_id).headers["Retry-After"] == "2"
    sandbox.advance(2)
    assert caller.action(action_id).status_code == 200


def test_more_actions_than_end_in_one_transaction_end_in_one_go(
    slow: RunningSandbox, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "AT_ONCE", 20)
    ids = slow.place_orders(45)
    for order_id in ids:
        caller.accept(order_id)

    assert slow.settle() == 45

    assert slow.state()["actions"] == {"SUCCESS": 45}
    assert {action["order_id"] for action in slow.actions()} == set(ids)


def test_order_put_in_as_odd_text_meanwhile_fails_only_its_own_action(slow: RunningSandbox, caller: Caller) -> None:
    odd, plain = place(slow), place(slow)
    actions = caller.decide(odd, True), caller.decide(plain, True)
    slow.put_raw_order("[]", order_id=odd, updated_at="2026-01-01T00:00:00Z")

    slow.settle()

    assert [caller.end(action) for action in actions] == [("FAILED", "ORDER_IN_WRONG_STATE"), ("SUCCESS", None)]


@pytest.mark.parametrize("in_its_text", ["another", 5, None, {}])
def test_order_is_known_by_one_id_whatever_stands_in_its_text(
    sandbox: RunningSandbox, caller: Caller, in_its_text: Any
) -> None:
    another = place(sandbox, id="another", order_lines=[{"id": "L"}])
    order = {"id": in_its_text, "updated_at": "2026-01-01T00:00:00Z", "order_lines": [{"id": "L", "status": WAITS}]}
    sandbox.put_raw_order(json.dumps({**order, "status": WAITS}), order_id="known")
    sandbox.script_action(order_id="known", to=PAY)

    action = caller.accept("known", {"order_lines": [{"id": "L", "accepted": True}]}).json()["action_id"]

    assert caller.end(action) == ("SUCCESS", None)
    assert sandbox.actions()[0]["order_id"] == "known"
    assert (caller.order("known")["status"], caller.order(another)["status"]) == (PAY, WAITS)
    sandbox.step_order("known")
    assert (caller.order("known")["status"], caller.order(another)["status"]) == (SHIP, WAITS)
    assert sum(sandbox.state()["orders"].values()) == 2


def test_odd_neighbour_of_a_line_does_not_keep_it_from_its_decision(sandbox: RunningSandbox, caller: Caller) -> None:
    odd: list[Any] = [{}, ["o-1"], None]
    lines = [{"id": line_id, "status": WAITS} for line_id in ["o-1", *odd]]
    order = {"id": "o", "updated_at": "2026-01-01T00:00:00Z", "status": WAITS, "order_lines": lines}
    sandbox.put_raw_order(json.dumps(order))

    assert caller.end(caller.decide("o", True)) == ("SUCCESS", None)


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:00Z", "9999-12-31T23:59:59.999Z"])
def test_order_of_the_end_of_time_does_not_stop_the_marketplace(
    sandbox: RunningSandbox, caller: Caller, moment: str
) -> None:
    order_id = place(sandbox)
    text = json.dumps({**caller.order(order_id), "updated_at": moment})
    sandbox.put_raw_order(text)
    sandbox.clear_scripts()
    sandbox.script_action(order_id=order_id, to=PAY)

    assert caller.end(caller.decide(order_id, True)) == ("SUCCESS", None)


@pytest.mark.parametrize(
    ("lines", "status", "reason"),
    [
        ([("CLOSED", "REFUSED"), ("CLOSED", "REFUSED")], "CLOSED", "REFUSED"),
        ([("CLOSED", "CANCELED"), ("CLOSED", "REFUSED")], "CLOSED", "the reason given"),
        ([("SHIPPED", ""), (PAY, ""), ("CLOSED", "REFUSED")], PAY, None),
        ([("DELIVERED", ""), ("SHIPPED", "")], "SHIPPED", None),
        ([("SOMETHING_NEW", ""), ("DELIVERED", "")], "DELIVERED", None),
        ([("SOMETHING_NEW", ""), ("CLOSED", "REFUSED")], "SOMETHING_NEW", None),
        ([], "AWAITING_ACCEPTANCE", "old"),
    ],
)
def test_status_of_an_order_is_that_of_its_least_advanced_line(
    lines: list[tuple[str, str]], status: str, reason: str | None
) -> None:
    order: dict[str, Any] = {"status": "AWAITING_ACCEPTANCE", "status_reason": "old"}
    order["order_lines"] = [{"status": word, "status_reason": why} for word, why in lines]

    sum_up(order, "the reason given")

    assert (order["status"], order.get("status_reason")) == (status, reason)
