"""One broken connection never holds up another: it is left alone for a while, longer after each failure."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from backoffice.connections import health
from backoffice.connections.enums import READING
from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Valve

# Calls to one connection at a time, by all workers together; a single one while it is unknown whether it works again.
AT_ONCE = 4
# Longer than a call can take; a claim this old belongs to a worker that died.
CLAIM = timedelta(seconds=120)
# After this a call is over as a rule, and a claim that is older no longer counts against the connection: those of
# dead workers would keep it busy until they end.
LIKELY = timedelta(seconds=45)
SHORTEST, LONGEST = timedelta(seconds=2), timedelta(minutes=1)


def wait_after(failures: int) -> timedelta:
    """Twice as long after each failure in a row, a minute at most."""
    return min(SHORTEST * (1 << min(failures, 10)), LONGEST)


def failed(connection: Connection, error: BaseException, *, until: datetime | None, now: datetime) -> datetime:
    """The connection did not take a call: until when it is left alone. `until`: Mirakl said when."""
    valve, _ = Valve.objects.get_or_create(connection=connection)
    # "Come back in 0 seconds", or at a time that is over by our clock, would be a storm of calls.
    later = max(until, now + SHORTEST) if until else now + wait_after(valve.failures)
    # Several workers may fail at the same moment: together they are one failure.
    still_open = Valve.objects.filter(Q(shut_until=None) | Q(shut_until__lte=now), pk=valve.pk)
    if not still_open.update(failures=F("failures") + 1, shut_until=later) and until:
        Valve.objects.filter(pk=valve.pk, shut_until__lt=later).update(shut_until=later)
    health.record_trouble(connection, health.trouble_of(error), str(error), now=now)
    return later


def worked(connection: Connection, *, now: datetime) -> None:
    """A call was answered. Two UPDATEs only where something was wrong before."""
    if Valve.objects.filter(connection=connection).exclude(failures=0).update(failures=0, shut_until=None):
        health.record_success(connection.pk, now=now)


def room(connection: Connection, *, now: datetime) -> int:
    """How many more calls may go to this connection now. None while it stands still, only observes, or rests."""
    if connection.state != ConnectionState.ACTIVE:
        return 0
    valve = Valve.objects.filter(connection=connection).first()
    if valve and valve.shut_until and valve.shut_until > now:
        return 0
    most = 1 if valve and valve.failures else AT_ONCE
    young = Action.objects.filter(connection=connection, state=State.SENDING, claimed_until__gt=now + CLAIM - LIKELY)
    return max(most - young.values("claim").distinct().count(), 0)


def is_open(connection: Connection, *, now: datetime) -> bool:
    """Whether this connection may be asked about actions now: observing only does not forbid that."""
    if connection.state not in READING:
        return False
    return not Valve.objects.filter(connection=connection, shut_until__gt=now).exists()
