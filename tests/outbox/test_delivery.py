"""From the undo window to Mirakl's answer: what is sent, once, and what every kind of answer means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.outbox import delivery, queue, sweep, valves
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.kinds import Item
from backoffice.outbox.models import Action, Attempt, Valve
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders.models import Order, OrderLine
from tests.outbox.asking import asked, at_mirakl, decision, followed, fresh, let_go, sent
from tests.outbox.kinds import AT_ONCE, BROKEN, HARMLESS, SHARED, TOGETHER, AtOnce
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db
ACCEPT = "v2-acceptOrderLines"


def bodies(sandbox: RunningSandbox) -> list[Any]:
    """What arrived, in its order."""
    return [write["body"] for write in sandbox.writes()]


def facts(action: Action) -> dict[str, Any]:
    action.refresh_from_db()
    return {"state": action.state, "cause": action.cause, "code": action.code, "claim": action.claim}


def test_an_accepted_order_is_sent_confirmed_and_seen(sandbox: RunningSandbox, cursor: Cursor, anna: User) -> None:
    order = at_mirakl(sandbox, cursor, lines=2)
    action = asked(order, by=anna)
    assert action.state == State.HELD

    sent(action)

    assert (action.state, action.remote_id) == (State.SENT, sandbox.actions()[0]["id"])
    sandbox.settle()
    followed(action)
    assert action.state == State.CONFIRMED
    read(cursor)
    sweep.tick(timezone.now())
    action.refresh_from_db()
    assert action.seen_at is not None
    assert [attempt.outcome for attempt in action.attempts.all()] == ["ok", "ok"]
    assert "AWAITING_ACCEPTANCE" not in {line.status for line in fresh(order).lines.all()}


def test_nothing_leaves_within_the_undo_window(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))

    sweep.tick(timezone.now())
    delivery.deliver_due(action.connection_id)

    assert facts(action)["state"] == State.HELD
    assert sandbox.writes() == []


@pytest.mark.parametrize("state", [ConnectionState.PAUSED, ConnectionState.OBSERVE])
def test_a_connection_that_does_not_send_keeps_its_actions(
    sandbox: RunningSandbox, cursor: Cursor, state: ConnectionState
) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    Connection.objects.update(state=state)

    sent(action)
    assert (action.state, sandbox.writes()) == (State.WAITING, [])

    Connection.objects.update(state=ConnectionState.ACTIVE)
    sent(action)
    assert action.state == State.SENT


def test_a_pause_between_claim_and_call_puts_the_action_back(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    let_go(action)
    taken = delivery.take(action.connection_id, "worker-1", now=timezone.now())

    Connection.objects.update(state=ConnectionState.PAUSED)
    delivery.deliver(taken, "worker-1")

    assert facts(action) == {"state": State.WAITING, "cause": "", "code": "", "claim": ""}
    assert sandbox.writes() == []


def test_an_order_that_changed_meanwhile_is_not_sent_and_both_sides_are_kept(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    order = at_mirakl(sandbox, cursor)
    action = asked(order)
    sandbox.update_order(order.remote_id, status="AWAITING_SHIPMENT")
    read(cursor)

    sent(action)

    [line] = order.lines.all()
    assert facts(action)["cause"] == Cause.CONFLICT
    assert (action.seen["lines"][line.remote_id][-1], action.now["lines"][line.remote_id][-1]) == (
        "AWAITING_ACCEPTANCE",
        "AWAITING_SHIPMENT",
    )
    assert sandbox.writes() == []


def test_a_change_that_does_not_matter_does_not_stop_an_action(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    action = asked(order)
    sandbox.update_order(order.remote_id, channel_updated_at="2026-11-20T08:00:00Z")
    read(cursor)

    assert sent(action).state == State.SENT


def test_the_same_check_runs_again_just_before_sending(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    action = asked(order)
    type(order).objects.filter(pk=order.pk).update(fulfillment="FULFILLED_BY_PARTNER")

    sent(action)

    assert facts(action)["cause"] == Cause.CHECK
    assert "partner" in action.text
    assert sandbox.writes() == []


LOST_ANSWERS: list[dict[str, Any]] = [
    {"kind": "cut", "after_commit": True},
    {"kind": "cut"},
    {"kind": "500"},
    {"kind": "503"},
    {"kind": "html", "status": 200},
    {"kind": "html", "status": 502},
    {"kind": "broken-json"},
]


@pytest.mark.parametrize("fault", LOST_ANSWERS, ids=lambda fault: " ".join(map(str, fault.values())))
def test_a_lost_answer_is_unknown_and_is_never_sent_again_by_itself(
    sandbox: RunningSandbox, cursor: Cursor, fault: dict[str, Any]
) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault(ACCEPT, **fault)

    sent(action)

    assert facts(action)["state"] == State.UNKNOWN
    assert action.departed_at is not None
    arrived = len(sandbox.writes())
    Valve.objects.all().delete()
    sweep.tick(timezone.now() + timedelta(days=1))
    delivery.deliver_due(action.connection_id)
    assert len(sandbox.writes()) == arrived
    assert action.attempts.get().outcome not in ("", "ok")


def test_a_reading_that_shows_it_resolves_an_unknown_action(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault(ACCEPT, kind="cut", after_commit=True)
    sent(action)
    sandbox.settle()

    read(cursor)
    sweep.tick(timezone.now())

    assert facts(action)["state"] == State.CONFIRMED
    assert len(sandbox.actions()) == 1


def test_readings_that_do_not_show_it_prove_nothing(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault(ACCEPT, kind="cut")
    sent(action)

    for _ in range(3):
        read(cursor)
        sweep.tick(timezone.now())

    assert facts(action)["state"] == State.UNKNOWN
    assert action.reads == 3


def test_an_unknown_action_asks_for_a_reading(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    Cursor.objects.update(next_at=timezone.now() + timedelta(hours=1))
    sandbox.fault(ACCEPT, kind="cut", after_commit=True)
    sent(action)

    sweep.tick(timezone.now())

    cursor.refresh_from_db()
    assert cursor.next_at <= timezone.now()


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [({"kind": "429", "retry_after": 30}, "busy"), ({"kind": "401", "times": 2}, "credentials")],
    ids=["429", "401"],
)
def test_a_refusal_at_the_door_leaves_the_action_waiting(
    sandbox: RunningSandbox, cursor: Cursor, fault: dict[str, Any], trouble: str
) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault(ACCEPT, **fault)

    sent(action)

    assert facts(action)["state"] == State.WAITING
    assert action.departed_at is None
    assert Connection.objects.get().trouble == trouble
    assert queue.undo(action.pk, by=None, now=timezone.now())


def test_a_429_is_obeyed_to_the_second(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault(ACCEPT, kind="429", retry_after=300)

    before = timezone.now()
    sent(action)

    assert action.not_before >= before + timedelta(seconds=300)
    assert Valve.objects.get().shut_until == action.not_before


def test_a_revoked_token_that_cannot_be_renewed_leaves_the_action_waiting(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.revoke_tokens()
    sandbox.fault("token", kind="503", times=None)

    sent(action)

    assert facts(action)["state"] == State.WAITING
    assert (action.departed_at, sandbox.actions()) == (None, [])


def test_a_sandbox_that_is_away_leaves_the_action_waiting(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    Connection.objects.update(base_url="http://127.0.0.1:9/connect")

    sent(action)

    assert facts(action)["state"] == State.WAITING
    assert action.departed_at is None
    assert action.attempts.get().outcome == "CouldNotConnect"


def test_an_order_that_mirakl_does_not_know_fails_with_its_words(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    action = asked(order)
    type(order).objects.filter(pk=order.pk).update(remote_id="unknown-order")

    sent(action)

    assert facts(action) == {"state": State.FAILED, "cause": Cause.REFUSED, "code": "DATA_NOT_FOUND", "claim": ""}


def test_an_answer_that_is_the_end_confirms_at_once(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor), AT_ONCE)
    assert action.state == State.WAITING

    assert sent(action).state == State.CONFIRMED


def test_what_is_harmless_twice_is_sent_again_and_can_no_longer_be_undone(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    action = asked(at_mirakl(sandbox, cursor), HARMLESS)
    sandbox.fault(ACCEPT, kind="cut", after_commit=True)

    sent(action)

    assert (action.state, action.departed_at is None) == (State.WAITING, False)
    assert not queue.undo(action.pk, by=None, now=timezone.now())
    Valve.objects.all().delete()
    sent(action)
    assert (action.state, len(sandbox.writes())) == (State.SENT, 2)


def waiting_together(sandbox: RunningSandbox, cursor: Cursor, count: int, bad: Sequence[int] = ()) -> list[Action]:
    orders = [at_mirakl(sandbox, cursor) for _ in range(count)]
    actions = []
    for at, order in enumerate(orders):
        request = decision(order, **({"bad": True} if at in bad else {}))
        actions.append(queue.ask(TOGETHER, order, request, by=None, now=timezone.now()))
    for action in actions:
        let_go(action)
    return actions


def test_many_travel_in_one_call_each_with_its_own_end(sandbox: RunningSandbox, cursor: Cursor) -> None:
    actions = waiting_together(sandbox, cursor, 6)

    calls = delivery.deliver_due(cursor.connection_id)

    assert (calls, len(sandbox.writes())) == (2, 2)
    assert {facts(action)["state"] for action in actions} == {State.SENT}


def test_the_one_at_fault_is_narrowed_down_and_the_others_go(sandbox: RunningSandbox, cursor: Cursor) -> None:
    actions = waiting_together(sandbox, cursor, 4, bad=[2])

    delivery.deliver_due(cursor.connection_id)

    assert [facts(action)["state"] for action in actions] == [State.SENT, State.SENT, State.FAILED, State.SENT]
    assert actions[2].code == "DATA_NOT_FOUND"


def test_a_lane_sends_in_its_order_and_one_at_a_time(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    first, second = asked(order, SHARED), asked(order, SHARED)
    let_go(second)
    assert delivery.take(cursor.connection_id, "worker-1", now=timezone.now()) == []  # the first is still held

    let_go(first)
    assert delivery.take(cursor.connection_id, "worker-1", now=timezone.now()) == [first]
    assert delivery.take(cursor.connection_id, "worker-2", now=timezone.now()) == []


def test_the_database_lets_only_one_of_a_lane_be_sent(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    first, second = asked(order, SHARED), asked(order, SHARED)
    let_go(first)
    let_go(second)
    now = timezone.now()

    assert delivery.claim(first, "worker-1", now=now)
    assert not delivery.claim(second, "worker-2", now=now)


def test_an_action_waits_for_the_end_of_another(sandbox: RunningSandbox, cursor: Cursor) -> None:
    first = asked(at_mirakl(sandbox, cursor))
    then = asked(at_mirakl(sandbox, cursor), after=first)

    assert (sent(first).state, sent(then).state) == (State.SENT, State.WAITING)

    sandbox.settle()
    followed(first)
    assert (first.state, sent(then).state) == (State.CONFIRMED, State.SENT)


def test_what_waited_for_something_that_never_happened_fails_unsent(sandbox: RunningSandbox, cursor: Cursor) -> None:
    first = asked(at_mirakl(sandbox, cursor))
    then = asked(at_mirakl(sandbox, cursor), after=first)
    queue.undo(first.pk, by=None, now=timezone.now())

    sent(then)

    assert facts(then)["cause"] == Cause.AFTER
    assert sandbox.writes() == []


def test_one_broken_connection_holds_up_no_other(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    broken = Connection.objects.get()
    broken.pk, broken.name, broken.base_url = None, "Broken", "http://127.0.0.1:9/connect"
    broken.save()
    stuck = asked(at_mirakl(sandbox, cursor))
    Action.objects.filter(pk=stuck.pk).update(connection=broken)
    let_go(action)
    let_go(stuck)

    for connection in Connection.objects.all():
        delivery.deliver_due(connection.pk)

    assert (facts(action)["state"], facts(stuck)["state"]) == (State.SENT, State.WAITING)
    assert sweep.connections_to_serve(timezone.now())[0] == set()


def test_a_worker_that_lost_its_claim_sends_nothing(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    let_go(action)
    taken = delivery.take(action.connection_id, "slow", now=timezone.now())
    sweep.recover(timezone.now() + valves.CLAIM + timedelta(seconds=1))  # it was silent for so long

    assert delivery.deliver_due(action.connection_id) == 1  # another one sends it
    delivery.deliver(taken, "slow")

    assert facts(action)["state"] == State.SENT
    assert len(sandbox.writes()) == 1


def test_bodies_are_kept_only_where_somebody_switched_that_on(sandbox: RunningSandbox, cursor: Cursor) -> None:
    quiet = sent(asked(at_mirakl(sandbox, cursor)))
    Connection.objects.update(keep_bodies=True)
    loud = sent(asked(at_mirakl(sandbox, cursor)))

    assert (quiet.attempts.get().sent, quiet.attempts.get().received) == ("", "")
    assert "order_lines" in loud.attempts.get().sent
    assert loud.remote_id in loud.attempts.get().received
    assert "demo-secret" not in "".join(Attempt.objects.values_list("sent", flat=True))


def test_a_kind_that_nobody_registered_fails_and_says_so(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    Action.objects.update(kind="orders.of_a_later_version")

    sent(action)

    assert facts(action)["cause"] == Cause.OURS


def test_an_order_that_vanished_here_fails_and_says_so(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    action = asked(order)
    OrderLine.objects.all().delete()
    type(order).objects.all().delete()

    sent(action)

    assert facts(action)["cause"] == Cause.CHECK


def test_a_fault_of_ours_in_the_last_check_ends_the_action_and_not_the_others(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    poison, good = asked(at_mirakl(sandbox, cursor), BROKEN), asked(at_mirakl(sandbox, cursor))
    Action.objects.filter(pk=poison.pk).update(request={**poison.request, "now": True})
    let_go(poison)

    sent(good)

    assert facts(poison) == {"state": State.FAILED, "cause": Cause.OURS, "code": "", "claim": ""}
    assert "nobody thought of that" in poison.text
    assert good.state == State.SENT


def test_who_waits_for_a_repetition_does_not_stand_in_its_way(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    first = asked(order, SHARED)
    then = asked(order, SHARED, after=first)
    last = asked(order, SHARED, after=then)
    sandbox.script_action(code="UNAVAILABLE", times=1)
    sent(first)
    sandbox.settle()
    followed(first)
    repeated = Action.objects.get(follows=first)
    for action in (then, last):
        let_go(action)

    assert sent(repeated).state == State.SENT
    assert [facts(action)["state"] for action in (then, last)] == [State.WAITING, State.WAITING]


@pytest.mark.parametrize("kind", ["503", "cut"])
def test_a_mirakl_in_trouble_is_not_given_one_action_after_the_other(
    sandbox: RunningSandbox, cursor: Cursor, kind: str
) -> None:
    actions = [asked(at_mirakl(sandbox, cursor)) for _ in range(3)]
    for action in actions:
        let_go(action)
    sandbox.fault(ACCEPT, kind=kind, times=None)

    delivery.deliver_due(cursor.connection_id)

    assert [facts(action)["state"] for action in actions] == [State.UNKNOWN, State.WAITING, State.WAITING]


def test_a_429_that_asks_for_no_wait_is_not_answered_with_a_storm(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    let_go(action)
    sandbox.fault(ACCEPT, kind="429", retry_after=0, times=None)

    calls = delivery.deliver_due(cursor.connection_id, seconds=1.0)

    assert (calls, facts(action)["state"]) == (1, State.WAITING)


def test_what_arrived_although_its_answer_was_lost_is_not_called_failed_when_it_comes_again(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    action = asked(at_mirakl(sandbox, cursor), HARMLESS)
    sandbox.fault(ACCEPT, kind="cut", after_commit=True)
    sent(action)
    sandbox.settle()
    read(cursor)
    Valve.objects.all().delete()

    assert sent(action).state == State.UNKNOWN
    read(cursor)
    sweep.tick(timezone.now())

    assert facts(action)["state"] == State.CONFIRMED
    assert len(sandbox.writes()) == 1


def test_a_late_answer_for_many_counts_only_where_nobody_decided(sandbox: RunningSandbox, cursor: Cursor) -> None:
    settled: list[int] = []

    class Noting(AtOnce):
        def apply(self, action: Action) -> None:
            settled.append(action.pk)

    actions = [asked(at_mirakl(sandbox, cursor), AT_ONCE) for _ in range(2)]
    Action.objects.update(state=State.UNKNOWN, claim="worker-1", departed_at=timezone.now())
    queue.give_up(actions[0].pk, by=None, reason="Done by telephone.", now=timezone.now())

    items = [Item(action, fresh(Order.objects.get(pk=action.target_id))) for action in actions]
    delivery.Call(Noting(), actions[0].connection, items, "worker-1").was_taken("")

    assert [facts(action)["state"] for action in actions] == [State.GIVEN_UP, State.CONFIRMED]
    assert settled == [actions[1].pk]
