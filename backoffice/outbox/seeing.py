"""What our copy of the targets, as last read from Mirakl, says about actions: proof, or two readings without it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from backoffice.connections.models import Connection
from backoffice.mirakl.operations import Outcome
from backoffice.outbox import kinds
from backoffice.outbox.enums import State
from backoffice.outbox.kinds import Kind
from backoffice.outbox.models import Action
from backoffice.outbox.moves import move

log = logging.getLogger(__name__)

AT_ONCE = 500
ENOUGH = 2  # readings without a trace, and people are told


def look(now: datetime) -> None:
    """Compares what is open with what was read since; asks for another reading where one is needed."""
    pairs = Action.objects.filter(_open()).order_by().values_list("connection_id", "kind").distinct()
    known = {kind.name: kind for kind in kinds.known()}  # another version of the program may know more
    for connection_id, name in list(pairs):
        if name not in known:
            continue
        try:
            _look_through(known[name], Connection.objects.get(pk=connection_id), now)
        except DatabaseError:
            raise
        except Exception:  # a fault of ours in one kind must not keep everything else from being sent
            log.exception("Actions could not be compared with what was read", extra={"kind": name})


def _open() -> Q:
    """As the index `actions_to_see` has it."""
    unseen = Q(state=State.CONFIRMED, seen_at=None)
    return Q(state__in=[State.SENT, State.UNKNOWN]) | unseen


def _look_through(kind: Kind[Any], connection: Connection, now: datetime) -> None:
    complete_to = kind.complete_to(connection)
    if complete_to is None:
        return
    open_ones = Action.objects.filter(_open(), connection=connection, kind=kind.name)
    if kind.outcome is Outcome.TRACKED:  # their status says it better
        open_ones = open_ones.exclude(state=State.SENT)
    ended, departed = Q(state=State.CONFIRMED), ~Q(state=State.CONFIRMED)
    newer = (ended & Q(ended_at__lt=complete_to)) | (departed & Q(departed_at__lt=complete_to))
    fresh = open_ones.filter(newer, Q(read_to=None) | Q(read_to__lt=complete_to)).order_by("pk")
    last = 0
    while actions := list(fresh.filter(pk__gt=last)[:AT_ONCE]):
        last = actions[-1].pk
        _judge(kind, actions, complete_to, now)
    if open_ones.filter(reads__lt=ENOUGH).exists():
        kind.read_again(connection, now)


def _judge(kind: Kind[Any], actions: list[Action], complete_to: datetime, now: datetime) -> None:
    targets = {target.pk: target for target in kind.targets().filter(pk__in=[one.target_id for one in actions])}
    shown: list[Action] = []
    silent: list[Action] = []
    for action in actions:
        target = targets.get(action.target_id)
        found = target is not None and _shows(kind, target, action)
        (shown if found else silent).append(action)
    _proved(kind, shown, now)
    rows = Action.objects.filter(pk__in=_keys(silent))
    rows.filter(_open()).update(reads=F("reads") + 1, read_to=complete_to)
    rows.filter(state=State.CONFIRMED, seen_at=None, differs_at=None, reads__gte=ENOUGH).update(differs_at=now)


def _shows(kind: Kind[Any], target: Any, action: Action) -> bool:
    try:
        return kind.evidence(target, action)
    except DatabaseError:
        raise
    except Exception:  # a fault of ours: nothing is proved, and the others are looked at
        log.exception("An action could not be compared with what was read", extra={"action": action.pk})
        return False


def _proved(kind: Kind[Any], actions: list[Action], now: datetime) -> None:
    rows = Action.objects.filter(pk__in=_keys(actions))
    rows.filter(state=State.CONFIRMED).update(seen_at=now, differs_at=None)
    for action in actions:
        if action.state == State.CONFIRMED:
            continue
        with transaction.atomic():
            row = Action.objects.filter(pk=action.pk)
            if move(row, [State.SENT, State.UNKNOWN], State.CONFIRMED, ended_at=now, seen_at=now, ask_at=None):
                kind.apply(action)


def _keys(actions: Iterable[Action]) -> list[int]:
    return [action.pk for action in actions]
