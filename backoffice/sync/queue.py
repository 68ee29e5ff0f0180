"""Which cursor is due, who reads it, and when it is read next. Every move is one conditional UPDATE."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Least

from backoffice.connections.enums import OPEN_CHECKS, READING
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.sync import resources
from backoffice.sync.enums import RunState
from backoffice.sync.models import Cursor, Run

# A claim is renewed every few seconds by a living run; one this old belongs to a worker that died.
CLAIM = timedelta(seconds=60)
LONGEST_WAIT = timedelta(hours=1)


class ClaimLostError(Exception):
    """Another worker took this cursor over, because this one was silent for too long."""


def make_cursors() -> None:
    """Gives every connection that is read a cursor for each resource of its family."""
    have = set(Cursor.objects.values_list("connection_id", "resource"))
    wanted = [
        Cursor(connection=connection, resource=resource.name)
        for connection in Connection.objects.filter(state__in=READING)
        for resource in resources.of_family(connection.family)
        if (connection.pk, resource.name) not in have
    ]
    if wanted:
        Cursor.objects.bulk_create(wanted, ignore_conflicts=True)


def _free(now: datetime) -> Q:
    return Q(claim="", next_at__lte=now) | Q(claimed_until__lt=now, next_at__lte=now)


def due(now: datetime) -> QuerySet[Cursor]:
    """Cursors that should be read now and that nobody is reading.

    A check of the connection that somebody looks at goes first: both need the one call a minute that Mirakl allows.
    """
    checked = ConnectionCheck.objects.filter(connection=OuterRef("connection"), state__in=OPEN_CHECKS)
    return Cursor.objects.filter(_free(now), ~Exists(checked), connection__state__in=READING).order_by("next_at")


def ask(cursor: Cursor, *, now: datetime) -> None:
    """A person wants this read soon. The scheduler obeys; Mirakl's call frequency still decides when."""
    Cursor.objects.filter(pk=cursor.pk).update(asked_at=now, next_at=Least(F("next_at"), Value(now)))


def claim(cursor_id: int, *, now: datetime) -> str:
    """Takes a due cursor for one run and returns the claim, or "" when there is nothing to take."""
    mine = str(uuid.uuid4())
    # The UPDATE looks at the cursor alone: with a join Django puts the conditions into a subquery, which PostgreSQL
    # does not look at again after waiting for the row, and two would have it.
    free = Cursor.objects.filter(_free(now), pk=cursor_id)
    if not due(now).filter(pk=cursor_id).exists() or not free.update(claim=mine, claimed_until=now + CLAIM):
        return ""
    Run.objects.filter(cursor_id=cursor_id, state=RunState.RUNNING).update(state=RunState.LOST, ended_at=now)
    return mine


def keep(cursor_id: int, mine: str, *, now: datetime) -> None:
    """Renews the claim; raises ClaimLostError when somebody else has it.

    Called first in every transaction that stores records: it locks the cursor's row, so two runs that both think
    they hold the cursor can never interleave their writes.
    """
    if not Cursor.objects.filter(pk=cursor_id, claim=mine).update(claimed_until=now + CLAIM):
        raise ClaimLostError


def release(cursor_id: int, mine: str, *, started: datetime, next_at: datetime, **fields: object) -> None:
    """Ends the run's hold. A wish that came in meanwhile is not forgotten: then the next run is due at once."""
    wished = Case(
        When(asked_at__gt=started, then=Least(Value(next_at), F("asked_at"))),
        default=Value(next_at),
        output_field=DateTimeField(),
    )
    Cursor.objects.filter(pk=cursor_id, claim=mine).update(claim="", claimed_until=None, next_at=wished, **fields)


def wait_after_failures(pace: timedelta, failures: int) -> timedelta:
    """Twice as long after each failure in a row, an hour at most."""
    doublings = 1 << min(failures, 12)
    return min(pace * doublings, LONGEST_WAIT)
