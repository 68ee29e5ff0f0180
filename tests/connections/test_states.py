"""Refused credentials stop a connection, whoever met the 401, and good ones let it go on; nothing is lost meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from backoffice.connections import checking, editing, health, probing, states
from backoffice.connections.enums import Happening, State, Trouble
from backoffice.connections.models import Change, Connection
from backoffice.outbox import delivery, sweep
from backoffice.outbox.enums import State as ActionState
from backoffice.outbox.models import Action
from backoffice.sync import queue
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from tests.outbox.asking import asked, at_mirakl, followed, let_go, sent
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def fresh(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def make_probe_due(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(probe_at=timezone.now())


def nord(**fields: object) -> Connection:
    fields = {"base_url": "https://mirakl.example/api", "secret": "x", "state": State.ACTIVE, **fields}
    return Connection.objects.create(name="Nord", **fields)


def in_reading(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.fault("v2-listOrders", kind="401", times=None)
    read(cursor)


def in_sending(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    sandbox.fault("v2-acceptOrderLines", kind="401", times=None)
    assert sent(action).state == ActionState.WAITING


def in_following(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.fault("v2-getActionStatus", kind="401", times=None)
    assert followed(action).state == ActionState.SENT


@pytest.mark.parametrize("where", [in_reading, in_sending, in_following])
def test_a_lasting_401_stops_the_connection_wherever_it_is_met(
    where: Callable[[RunningSandbox, Cursor], None], sandbox: RunningSandbox, cursor: Cursor
) -> None:
    where(sandbox, cursor)

    stopped = fresh(cursor.connection)
    assert (stopped.state, stopped.resumes_to, stopped.trouble) == (State.STOPPED, State.ACTIVE, Trouble.CREDENTIALS)
    change = Change.objects.get()
    assert (change.what, change.before, change.after, change.by) == ("refused", "active", "stopped", None)


def test_a_passing_401_stops_nothing(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.fault("v2-listOrders", kind="401", times=1)

    read(cursor)

    assert fresh(cursor.connection).state == State.ACTIVE


def test_while_stopped_nothing_is_read_or_sent_or_lost_and_all_goes_on_when_the_credentials_are_good(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    action = asked(at_mirakl(sandbox, cursor))
    in_reading(sandbox, cursor)
    let_go(action)
    now = timezone.now() + timedelta(days=1)
    Cursor.objects.update(next_at=timezone.now())

    assert not queue.due(now).exists()
    assert sweep.connections_to_serve(now) == (set(), set())
    assert delivery.deliver_due(action.connection_id) == 0

    sandbox.clear_faults()
    make_probe_due(cursor.connection)
    assert probing.due(timezone.now()) == [action.connection_id]
    assert probing.probe(action.connection_id)

    assert fresh(cursor.connection).state == State.ACTIVE
    assert queue.due(now).exists()
    assert delivery.deliver_due(action.connection_id) == 1
    assert Action.objects.get().state == ActionState.SENT


def test_a_connection_that_only_observed_only_observes_again(sandbox: RunningSandbox, cursor: Cursor) -> None:
    Connection.objects.update(state=State.OBSERVE)
    in_reading(sandbox, cursor)
    sandbox.clear_faults()
    make_probe_due(cursor.connection)

    probing.probe(cursor.connection_id)

    connection = fresh(cursor.connection)
    assert (connection.state, connection.trouble, connection.probe_at) == (State.OBSERVE, "", None)
    assert list(Change.objects.values_list("what", flat=True)) == [Happening.ACCEPTED, Happening.REFUSED]


def test_each_try_that_is_refused_makes_the_next_one_later(sandbox: RunningSandbox, cursor: Cursor) -> None:
    in_reading(sandbox, cursor)
    probes = []
    for _ in range(3):
        make_probe_due(cursor.connection)
        assert not probing.probe(cursor.connection_id)
        probes.append(fresh(cursor.connection).probes)

    assert (probes, fresh(cursor.connection).state) == ([1, 2, 3], State.STOPPED)


def test_the_waits_are_one_five_fifteen_and_sixty_minutes_at_speed_one() -> None:
    assert [states.wait(number, 1) for number in range(6)] == [
        timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 60, 60)
    ]


def test_a_host_that_is_away_says_nothing_about_the_credentials(connection: Connection, cursor: Cursor) -> None:
    states.refused(connection, "401", now=timezone.now())
    Connection.objects.update(base_url=f"{connection.base_url}/elsewhere", probes=2)
    make_probe_due(connection)

    assert not probing.probe(connection.pk)

    stopped = fresh(connection)
    assert (stopped.state, stopped.probes) == (State.STOPPED, 2)


def test_two_workers_try_the_credentials_once(connection: Connection, sandbox: RunningSandbox) -> None:
    states.refused(connection, "401", now=timezone.now())
    make_probe_due(connection)
    sandbox.clear_journal()

    found = fresh(connection)
    assert probing._take(found, timezone.now())
    assert not probing._take(found, timezone.now())


def test_an_answer_to_old_credentials_says_nothing_about_new_ones(boris: User) -> None:
    old = nord()
    entered = fresh(old)
    entered.secret = "new"
    assert editing.store(entered, {"secret"}, by=boris, now=NOON)

    health.record_trouble(old, Trouble.CREDENTIALS, "401", now=NOON)

    assert (fresh(old).state, fresh(old).trouble) == (State.ACTIVE, "")


def test_a_success_of_another_worker_does_not_hide_that_credentials_are_refused() -> None:
    connection = nord()
    health.record_trouble(connection, Trouble.CREDENTIALS, "401", now=NOON)

    health.record_success(connection.pk, now=NOON + timedelta(seconds=1))

    stopped = fresh(connection)
    assert (stopped.state, stopped.trouble) == (State.STOPPED, Trouble.CREDENTIALS)
    assert stopped.last_success_at == NOON + timedelta(seconds=1)


def test_what_another_call_meets_does_not_hide_that_credentials_are_refused() -> None:
    connection = nord()
    health.record_trouble(connection, Trouble.CREDENTIALS, "401", now=NOON)

    health.record_trouble(connection, Trouble.BUSY, "429", now=NOON)

    assert (fresh(connection).trouble, fresh(connection).trouble_text) == (Trouble.CREDENTIALS, "401")


def test_refused_again_soon_after_it_went_on_waits_longer() -> None:
    connection = nord()
    states.refused(connection, "401", now=NOON)
    states.accepted(connection, now=NOON + timedelta(minutes=1))
    states.refused(connection, "401", now=NOON + timedelta(minutes=2))

    assert fresh(connection).probe_at == NOON + timedelta(minutes=7)


def test_refused_twice_at_the_same_moment_is_recorded_once() -> None:
    connection = nord()

    assert states.refused(connection, "401", now=NOON)
    assert not states.refused(connection, "401", now=NOON)

    assert (fresh(connection).resumes_to, Change.objects.count()) == (State.ACTIVE, 1)


@pytest.mark.parametrize(
    ("state", "to", "moved"),
    [
        (State.ACTIVE, State.PAUSED, True),
        (State.ACTIVE, State.OBSERVE, True),
        (State.ACTIVE, State.ACTIVE, False),
        (State.OBSERVE, State.ACTIVE, True),
        (State.PAUSED, State.ACTIVE, True),
        (State.PAUSED, State.OBSERVE, True),
        (State.STOPPED, State.PAUSED, True),
        (State.STOPPED, State.ACTIVE, False),  # only credentials that are good let it go on
        (State.STOPPED, State.OBSERVE, False),
    ],
)
def test_a_person_moves_it_where_that_is_possible_and_it_is_recorded(
    state: State, to: State, moved: bool, boris: User
) -> None:
    connection = nord(state=state)

    assert states.move(connection, to, by=boris, now=NOON) is moved

    assert fresh(connection).state == (to if moved else state)
    assert [(one.by, one.before, one.after) for one in Change.objects.all()] == ([(boris, state, to)] if moved else [])


def test_a_pause_ends_the_tries_and_a_check_of_good_credentials_does_not_end_the_pause(
    connection: Connection, boris: User
) -> None:
    states.refused(connection, "401", now=timezone.now())
    states.move(connection, State.PAUSED, by=boris, now=timezone.now())
    assert probing.due(timezone.now() + timedelta(days=1)) == []

    checking.run(checking.start(fresh(connection), by=boris, now=timezone.now()).pk)

    paused = fresh(connection)
    assert (paused.state, paused.trouble, paused.resumes_to) == (State.PAUSED, "", State.ACTIVE)
