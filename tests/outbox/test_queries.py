from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from backoffice.outbox import queries, queue
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Heartbeat
from backoffice.outbox.shown import shown
from backoffice.users.models import User
from tests.outbox.asking import MOMENT, action_in, asked, order_to_accept
from tests.outbox.kinds import SHARED

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment() -> object:
    with time_machine.travel(MOMENT, tick=False):
        yield


@pytest.mark.parametrize("number", [1, 3])
def test_actions_of_one_object_come_newest_first_in_one_query(
    django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    order = order_to_accept()
    made = [asked(order, SHARED, now=MOMENT).pk for _ in range(number)]
    action_in(State.HELD)

    with django_assert_num_queries(1):
        found = [shown(action, MOMENT) for action in queries.on_target("orders.order", order.pk)]

    assert [one.action.pk for one in found] == made[::-1]


@pytest.mark.parametrize("state", list(State))
def test_object_speaks_of_its_action_until_that_has_ended(state: State) -> None:
    action = action_in(state, seen_at=MOMENT if state == State.CONFIRMED else None)

    found = queries.latest_on("orders.order", [action.target_id])

    silent = {State.CONFIRMED, State.UNDONE, State.GIVEN_UP}
    assert list(found.values()) == ([] if state in silent else [action])


def test_object_speaks_of_what_is_confirmed_until_a_reading_shows_it() -> None:
    action = action_in(State.CONFIRMED)

    assert queries.latest_on("orders.order", [action.target_id]) == {action.target_id: action}


@pytest.mark.parametrize(("settled_at", "speaks"), [(None, True), (MOMENT, False)])
def test_object_speaks_of_what_readings_do_not_show_until_a_person_settles_it(
    settled_at: datetime | None, speaks: bool
) -> None:
    action = action_in(State.CONFIRMED, differs_at=MOMENT, settled_at=settled_at)

    found = queries.latest_on("orders.order", [action.target_id])

    assert found == ({action.target_id: action} if speaks else {})


def test_object_speaks_of_the_newest_action() -> None:
    failed = action_in(State.FAILED)
    new = queue.repeat_by_itself(failed, not_before=MOMENT, now=MOMENT)

    assert queries.latest_on("orders.order", [failed.target_id]) == {failed.target_id: new}


def test_actions_of_a_page_of_objects_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = [action_in(State.SENT) for _ in range(3)]

    with django_assert_num_queries(1):
        found = queries.latest_on("orders.order", [action.target_id for action in made])
        intents = {target: shown(action, MOMENT).sentence for target, action in found.items()}

    assert intents == {action.target_id: "→ Accepted, waiting for Mirakl" for action in made}


def test_held_actions_of_a_person_are_their_own_next_to_leave_first(anna: User, boris: User) -> None:
    later = action_in(State.HELD, by=anna, not_before=MOMENT + timedelta(seconds=9))
    sooner = action_in(State.HELD, by=anna, not_before=MOMENT + timedelta(seconds=3))
    action_in(State.HELD, by=boris)
    action_in(State.WAITING, by=anna)

    assert queries.held_by(anna, most=3) == [sooner, later]


@pytest.mark.parametrize(
    ("state", "age", "silent"),
    [
        (State.HELD, timedelta(seconds=31), True),
        (State.WAITING, timedelta(seconds=31), True),
        (State.SENT, timedelta(seconds=31), True),
        (State.SENT, timedelta(seconds=30), False),
        (State.SENT, None, True),
        (State.FAILED, timedelta(hours=1), False),
        (State.CONFIRMED, timedelta(hours=1), False),
    ],
)
def test_silence_matters_only_while_something_should_move(
    anna: User, state: State, age: timedelta | None, silent: bool
) -> None:
    action_in(state)
    if age is not None:
        Heartbeat.objects.create(pk=1, at=MOMENT - age)

    assert queries.pulse(anna).is_silent(MOMENT) == silent


def test_groups_tell_how_many_and_the_first_deadline() -> None:
    for hours in (5, 3):
        action_in(State.FAILED, code="OUT_OF_STOCK", place="Rivoli", deadline=MOMENT + timedelta(hours=hours))
    action_in(State.UNKNOWN, code="", place="Rivoli")

    assert queries.groups_of(Action.objects.all()) == [
        queries.Group("failed", "channel", "OUT_OF_STOCK", "Rivoli", 2, MOMENT + timedelta(hours=3)),
        queries.Group("unknown", "lost", "", "Rivoli", 1, None),
    ]
