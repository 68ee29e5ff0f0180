"""Every move of a connection from one state to another. Each is one conditional UPDATE; whoever gets 0 came too late.

OBSERVE ⇄ ACTIVE      a person
either  → PAUSED      a person; nothing is read or sent, everything waits
PAUSED  → either      a person
either  → STOPPED     Mirakl refuses the credentials (401): nothing is read or sent, everything waits
STOPPED → where from  the credentials were accepted: `probing` and `checking` try them
STOPPED → PAUSED      a person
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from backoffice.connections.enums import READING, Happening, State
from backoffice.connections.models import Change, Connection
from backoffice.users.models import User

# From where a person may set each state.
FROM: Mapping[str, tuple[State, ...]] = {
    State.OBSERVE: (State.ACTIVE, State.PAUSED),
    State.ACTIVE: (State.OBSERVE, State.PAUSED),
    State.PAUSED: (State.OBSERVE, State.ACTIVE, State.STOPPED),
}
# How long credentials that were refused are left alone before they are tried again, at speed 1.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
# Refused again so soon after they were accepted: perhaps only a part of Mirakl refuses them, so not every minute.
SOON = timedelta(minutes=10)


def wait(probes: int, speed: float) -> timedelta:
    """From one try of refused credentials to the next."""
    return WAITS[min(probes, len(WAITS) - 1)] / speed


def move(connection: Connection, to: State, *, by: User, now: datetime) -> bool:
    """A person sets another state. False when the connection is no longer in one from which that can be."""
    with transaction.atomic():
        before = Connection.objects.filter(pk=connection.pk, state__in=FROM[to]).values_list("state", "resumes_to")
        found = before.first()
        if found is None:
            return False
        state, resumes_to = found
        kept = (resumes_to if state == State.STOPPED else state) if to == State.PAUSED else ""
        rows = Connection.objects.filter(pk=connection.pk, state=state)
        if not rows.update(state=to, resumes_to=kept, stopped_at=None, probe_at=None, probes=0):
            return False
        _note(connection.pk, Happening.STATE, by=by, before=state, after=to, now=now)
    return True


def refused(connection: Connection, text: str, *, now: datetime) -> bool:
    """Mirakl answered 401 to the credentials that `connection` holds: from now on nothing is read or sent.

    False when it stands still already, or the credentials were changed meanwhile.
    """
    rows = Connection.objects.filter(pk=connection.pk, revision=connection.revision, state__in=READING)
    again = Q(resumed_at__gt=now - SOON / connection.speed)
    with transaction.atomic():
        for probes, some in ((1, rows.filter(again)), (0, rows)):
            moved = some.update(
                resumes_to=F("state"),
                state=State.STOPPED,
                stopped_at=now,
                probes=probes,
                probe_at=now + wait(probes, connection.speed),
            )
            if moved:
                before = Connection.objects.values_list("resumes_to", flat=True).get(pk=connection.pk)
                _note(connection.pk, Happening.REFUSED, before=before, after=State.STOPPED, text=text, now=now)
                return True
    return False


def accepted(connection: Connection, *, now: datetime) -> bool:
    """Mirakl took the credentials that `connection` holds: a connection that was stopped goes on as before."""
    rows = Connection.objects.filter(pk=connection.pk, revision=connection.revision, state=State.STOPPED)
    with transaction.atomic():
        moved = rows.update(
            state=F("resumes_to"),
            resumes_to="",
            stopped_at=None,
            probe_at=None,
            probes=0,
            resumed_at=now,
            trouble="",
            trouble_text="",
            trouble_since=None,
            last_success_at=now,
        )
        if moved:
            after = Connection.objects.values_list("state", flat=True).get(pk=connection.pk)
            _note(connection.pk, Happening.ACCEPTED, before=State.STOPPED, after=after, now=now)
    return bool(moved)


def _note(  # noqa: PLR0913 -- the columns of one row
    connection_id: int,
    what: Happening,
    *,
    now: datetime,
    by: User | None = None,
    before: str = "",
    after: str = "",
    text: str = "",
) -> None:
    Change.objects.create(
        connection_id=connection_id, at=now, by=by, what=what, before=before, after=after, text=text[:2000]
    )
