"""The one place that says which state follows which. Every move is one UPDATE that looks at its row count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action

S = State
MOVES: Mapping[State, frozenset[State]] = {
    S.TO_APPROVE: frozenset({S.HELD, S.UNDONE}),
    S.HELD: frozenset({S.WAITING, S.UNDONE}),
    S.WAITING: frozenset({S.SENDING, S.UNDONE}),
    S.SENDING: frozenset({S.SENT, S.CONFIRMED, S.FAILED, S.WAITING, S.UNKNOWN}),
    S.SENT: frozenset({S.CONFIRMED, S.FAILED, S.UNKNOWN}),
    # An answer that comes after its worker was thought dead still counts: to SENT, CONFIRMED or FAILED.
    S.UNKNOWN: frozenset({S.CONFIRMED, S.GIVEN_UP, S.SENT, S.FAILED}),
    S.FAILED: frozenset({S.GIVEN_UP}),
    S.CONFIRMED: frozenset(),
    S.UNDONE: frozenset(),
    S.GIVEN_UP: frozenset({S.UNKNOWN}),  # when what was to take its place is undone
}
BEGINNINGS = frozenset({S.TO_APPROVE, S.HELD, S.WAITING})


def move(rows: QuerySet[Action], come_from: Iterable[State], to: State, **fields: Any) -> int:
    """Moves those of `rows` that are in one of these states; how many did. The rest is somebody else's by now.

    `rows` may look at columns of the action alone: with a join Django puts the conditions into a subquery, which
    PostgreSQL does not look at again after waiting for a row, and two would have it.
    """
    states = list(come_from)
    if wrong := [state for state in states if to not in MOVES[state]]:
        raise ValueError(f"No action goes from {wrong[0]} to {to}.")
    return rows.filter(state__in=states).update(state=to, **fields)
