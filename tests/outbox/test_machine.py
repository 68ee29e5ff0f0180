"""Any sequence of events, in any order: no forbidden move, no lost row, never two open actions about one thing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.models import Action
from backoffice.outbox.moves import MOVES
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from tests.outbox.asking import MOMENT, asked, order_to_accept
from tests.outbox.kinds import COSTLY, HARMLESS, READ_BACK
from tests.outbox.test_table import EVENTS

pytestmark = pytest.mark.django_db
KINDS = {kind.name: kind for kind in (ACCEPT_LINES, COSTLY, HARMLESS, READ_BACK)}


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(KINDS)), events=st.lists(st.sampled_from(sorted(EVENTS)), min_size=4, max_size=25))
def test_no_sequence_of_events_makes_a_forbidden_move_or_loses_an_action(
    kind: str, events: list[str], anna: User, boris: User
) -> None:
    order = order_to_accept()
    asked(order, KINDS[kind], by=anna, now=MOMENT)

    for event in events:
        before = {action.pk: action for action in Action.objects.filter(target_id=order.pk)}
        newest = before[max(before)]
        EVENTS[event](newest, boris)
        after = {action.pk: action for action in Action.objects.filter(target_id=order.pk)}

        assert before.keys() <= after.keys()
        for pk, action in after.items():
            _is_whole(action)
            if pk in before and action.state != before[pk].state:
                assert _may_follow(State(before[pk].state), State(action.state)), f"{event}: {before[pk].state}"
        assert sum(action.state in OPEN for action in after.values()) <= 1


def _may_follow(old: State, new: State) -> bool:
    """In one event an action may take two moves: the window ends and a worker claims it."""
    return new in MOVES[old] or any(new in MOVES[between] for between in MOVES[old])


def _is_whole(action: Action) -> None:
    """What every row says about itself is true."""
    if action.state in {State.UNDONE, State.TO_APPROVE, State.HELD}:
        assert action.departed_at is None
    if action.state in {State.SENT, State.UNKNOWN}:
        assert action.departed_at is not None
    if action.state in {State.CONFIRMED, State.FAILED, State.UNDONE, State.GIVEN_UP}:
        assert action.ended_at is not None
    if action.state in {State.FAILED, State.UNKNOWN}:
        assert action.cause
    if action.state not in {State.SENDING, State.UNKNOWN}:
        assert action.claim == ""
