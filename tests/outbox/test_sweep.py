"""What happens by itself: windows end, stuck actions are found, clocks jump, and pages learn that nothing moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backoffice.outbox import sweep, valves
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Heartbeat, Valve
from backoffice.sync.models import Cursor
from orders.models import Order
from tests.outbox.asking import MOMENT, action_in
from tests.outbox.kinds import BROKEN, HARMLESS

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def state_of(action: Action) -> str:
    action.refresh_from_db()
    return action.state


def test_a_window_ends_at_its_second_and_not_before() -> None:
    action = action_in(State.HELD)

    sweep.tick(action.not_before - SECOND)
    assert state_of(action) == State.HELD

    sweep.tick(action.not_before)
    assert state_of(action) == State.WAITING


def test_a_living_claim_is_left_alone() -> None:
    action = action_in(State.SENDING)

    sweep.tick(MOMENT + valves.CLAIM)

    assert state_of(action) == State.SENDING


def test_what_departed_under_a_dead_worker_is_unknown_and_keeps_the_claim_for_a_late_answer() -> None:
    action = action_in(State.SENDING)

    sweep.tick(MOMENT + valves.CLAIM + SECOND)

    assert (state_of(action), action.cause, action.claim) == (State.UNKNOWN, Cause.STOPPED, "worker-1")


def test_what_is_harmless_twice_goes_back_although_it_departed() -> None:
    action = action_in(State.SENDING, HARMLESS)

    sweep.tick(MOMENT + valves.CLAIM + SECOND)

    assert (state_of(action), action.departed_at) == (State.WAITING, MOMENT)


def test_a_clock_that_is_set_back_does_not_keep_a_claim_for_ever() -> None:
    action = action_in(State.SENDING, claimed_until=MOMENT + 5 * HOUR)

    sweep.tick(MOMENT)

    assert state_of(action) == State.UNKNOWN


def test_a_clock_that_differs_by_minutes_between_hosts_takes_no_claim_away() -> None:
    action = action_in(State.SENDING, claimed_until=MOMENT + valves.CLAIM)

    sweep.tick(MOMENT - timedelta(minutes=8))

    assert state_of(action) == State.SENDING


def test_a_clock_that_jumps_ahead_ends_windows_early_and_loses_nothing() -> None:
    held, sending, sent = action_in(State.HELD), action_in(State.SENDING), action_in(State.SENT)

    sweep.tick(MOMENT + 2 * HOUR)
    sweep.tick(MOMENT)  # and back again

    assert [state_of(held), state_of(sending), state_of(sent)] == [State.WAITING, State.UNKNOWN, State.SENT]


def test_two_schedulers_at_once_do_no_harm() -> None:
    actions = [action_in(state) for state in State]

    for _ in range(2):
        sweep.tick(MOMENT + HOUR)

    assert Action.objects.count() == len(actions)


def test_the_heartbeat_says_when_actions_were_last_seen_to() -> None:
    for moment in (MOMENT, MOMENT + SECOND, MOMENT + 7 * SECOND):
        sweep.beat(moment)

    assert [beat.at for beat in Heartbeat.objects.all()] == [MOMENT + 7 * SECOND]


def test_a_heartbeat_from_the_future_is_put_right() -> None:
    Heartbeat.objects.create(pk=1, at=MOMENT + HOUR)

    sweep.beat(MOMENT)

    assert Heartbeat.objects.get().at == MOMENT


def test_nobody_is_woken_for_a_connection_that_is_left_alone() -> None:
    action = action_in(State.WAITING)
    assert sweep.connections_to_serve(MOMENT) == ({action.connection_id}, set())

    Valve.objects.create(connection=action.connection, shut_until=MOMENT + SECOND)

    assert sweep.connections_to_serve(MOMENT) == (set(), set())
    assert sweep.connections_to_serve(MOMENT + SECOND) == ({action.connection_id}, set())


def test_a_connection_is_left_alone_longer_after_each_failure() -> None:
    waits = [valves.wait_after(failures) for failures in range(8)]

    assert waits == [timedelta(seconds=seconds) for seconds in (2, 4, 8, 16, 32, 60, 60, 60)]


def test_failures_at_the_same_moment_count_once() -> None:
    connection = action_in(State.WAITING).connection

    for _ in range(4):
        valves.failed(connection, OSError("gone"), until=None, now=MOMENT)

    assert (Valve.objects.get().failures, Valve.objects.get().shut_until) == (1, MOMENT + 2 * SECOND)


def test_no_more_than_four_calls_go_to_one_connection_and_one_while_it_may_be_broken() -> None:
    calls = ["worker-1", "worker-2", "worker-3", "worker-3"]  # the last two travel together
    actions = [action_in(State.SENDING, claim=claim) for claim in calls]
    connection = actions[0].connection

    assert valves.room(connection, now=MOMENT) == 1
    Valve.objects.create(connection=connection, failures=1)
    assert valves.room(connection, now=MOMENT) == 0
    # Claims of dead workers last longer, but do not keep the connection busy for so long.
    assert valves.room(connection, now=MOMENT + timedelta(minutes=1)) == 1


def test_one_action_that_cannot_be_compared_stops_nothing_else() -> None:
    poison = action_in(State.UNKNOWN, BROKEN)
    shown, waiting = action_in(State.UNKNOWN), action_in(State.WAITING)
    Order.objects.filter(pk=shown.target_id).get().lines.update(status="AWAITING_SHIPMENT")
    Cursor.objects.create(connection=poison.connection, resource="orders", complete_to=MOMENT + SECOND, next_at=MOMENT)

    sweep.tick(MOMENT + 2 * SECOND)

    assert [state_of(poison), state_of(shown), state_of(waiting)] == [State.UNKNOWN, State.CONFIRMED, State.WAITING]
    assert sweep.connections_to_serve(MOMENT + 2 * SECOND)[0] == {waiting.connection_id}
