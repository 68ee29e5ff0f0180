"""What happens by itself: held actions are let go, stuck ones are found, workers are woken. The broker may lose any
message and the worker may die at any instruction: the next look at the rows finds everything."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from backoffice.connections.enums import READING
from backoffice.connections.enums import State as ConnectionState
from backoffice.outbox import delivery, following, kinds, seeing, valves
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Heartbeat
from backoffice.outbox.moves import move

BEAT_EVERY = timedelta(seconds=5)
# A claim this far ahead was made by a clock that has been set back since.
NO_CLAIM = timedelta(minutes=10)


def tick(now: datetime) -> None:
    """All that time alone brings about. Two at once do no harm."""
    release(now)
    recover(now)
    following.end_silence(now)
    seeing.look(now)
    beat(now)  # last: it says that all this was done


def beat(now: datetime) -> None:
    """Leaves a sign of life, which pages look at."""
    if not Heartbeat.objects.filter(pk=1, at__gt=now - BEAT_EVERY, at__lte=now).exists():
        Heartbeat.objects.update_or_create(pk=1, defaults={"at": now})


def release(now: datetime) -> int:
    """Ends the undo windows that are over."""
    return move(Action.objects.filter(not_before__lte=now), [State.HELD], State.WAITING)


def recover(now: datetime) -> None:
    """Finds actions whose worker died. What never departed, or is harmless twice, is sent again; of the rest nobody
    can tell, and an answer that still comes is let in by its claim."""
    stuck = Action.objects.filter(Q(claimed_until__lt=now) | Q(claimed_until__gt=now + valves.CLAIM + NO_CLAIM))
    harmless = [kind.name for kind in kinds.known() if kind.harmless_twice]
    free = {"claim": "", "claimed_until": None}
    move(stuck.filter(Q(departed_at=None) | Q(kind__in=harmless)), [State.SENDING], State.WAITING, **free)
    said = {"code": "", "text": ""}  # of an earlier try
    move(stuck.exclude(departed_at=None), [State.SENDING], State.UNKNOWN, cause=Cause.STOPPED, **said)


def connections_to_serve(now: datetime) -> tuple[set[int], set[int]]:
    """Connections with actions to send, and with actions to ask about. None that is left alone for now."""
    open_ones = Q(connection__valve=None) | Q(connection__valve__shut_until=None)
    open_ones |= Q(connection__valve__shut_until__lte=now)
    sending = delivery.due(now).filter(open_ones, connection__state=ConnectionState.ACTIVE)
    asking = Action.objects.filter(open_ones, state=State.SENT, ask_at__lte=now)
    asking = asking.filter(connection__state__in=READING)
    return _connections(sending), _connections(asking)


def _connections(actions: QuerySet[Action]) -> set[int]:
    return set(actions.order_by().values_list("connection_id", flat=True).distinct())
