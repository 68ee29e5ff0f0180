"""What became of the actions that Mirakl took: their status is asked for until it is final (domain.md §2.5)."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.connections.models import Connection
from backoffice.mirakl import errors
from backoffice.mirakl.operations import Operation
from backoffice.mirakl.watching import Exchange
from backoffice.outbox import kinds, queue, valves
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.kinds import Kind, Report
from backoffice.outbox.models import Action, Attempt
from backoffice.outbox.moves import move

log = logging.getLogger(__name__)

# Mirakl's words for the end of an action, in three spellings for "failed" (domain.md §8, question 35).
ENDS: Mapping[str, State] = {
    "SUCCESS": State.CONFIRMED,
    "FAILED": State.FAILED,
    "ERROR": State.FAILED,
    "FAILURE": State.FAILED,
}
FIRST, OFTEN, SELDOM, RARELY = timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
OFTEN_TIMES = 10
LATE = timedelta(hours=24)  # from then on people are told
LONGEST = timedelta(days=7)  # after that nobody asks any more
# How long after a failure that passes by itself the same is asked for anew.
REPEAT_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))


def first_wait(connection: Connection) -> timedelta:
    """From Mirakl's "taken" to our first question."""
    return FIRST / connection.speed


def next_wait(asks: int, age: timedelta, speed: float) -> timedelta:
    """From one question about an action to the next: never less than a minute, slower as time goes by."""
    if age > LATE / speed:
        return RARELY / speed
    return (OFTEN if asks < OFTEN_TIMES else SELDOM) / speed


def follow_due(connection_id: int, *, seconds: float = 20.0) -> int:
    """Asks about the actions of a connection that are due, one after the other; how many that were."""
    connection = Connection.objects.get(pk=connection_id)
    end = time.monotonic() + seconds
    asked = 0
    while time.monotonic() < end:
        now = timezone.now()
        if not valves.is_open(connection, now=now):
            break
        action = _next(connection, now)
        if action is None:
            break
        follow(action, connection, now=now)
        asked += 1
    return asked


def _next(connection: Connection, now: datetime) -> Action | None:
    """The next action to ask about, taken from the other workers by moving its time on."""
    for action in Action.objects.filter(connection=connection, state=State.SENT, ask_at__lte=now).order_by("ask_at")[
        :20
    ]:
        wait = next_wait(action.asks, now - (action.sent_at or now), connection.speed)
        mine = Action.objects.filter(pk=action.pk, state=State.SENT, ask_at=action.ask_at)
        if mine.update(ask_at=now + wait, asks=F("asks") + 1):
            return action
    return None


def follow(action: Action, connection: Connection, *, now: datetime) -> None:
    """Asks once, and stores what was said."""
    watcher = _Asked()
    try:
        report = kinds.get(action.kind).status(connection, watcher, action)
    except errors.NotYet as error:
        Action.objects.filter(pk=action.pk, state=State.SENT).update(ask_at=error.until)
    except errors.MiraklError as error:
        _record(action, watcher, connection)
        asked = watcher.exchange is not None  # otherwise it is the token endpoint that says this, or our Redis
        text = words_of(error)["text"]
        if asked and isinstance(error, errors.NotFound):
            lose_sight(action, Cause.GONE, text)
            return
        Action.objects.filter(pk=action.pk, state=State.SENT).update(text=text)
        if not (asked and _concerns_one(error)):
            valves.failed(connection, error, until=_until(error, now), now=now)
    except DatabaseError:
        raise
    except Exception:  # a fault of ours must not stop the other actions; this one is asked about again
        log.exception("An action could not be followed", extra={"action": action.pk})
    else:
        with transaction.atomic():
            _record(action, watcher, connection)
            learn(action, report, connection, now=timezone.now())
        valves.worked(connection, now=now)


def learn(action: Action, report: Report, connection: Connection, *, now: datetime) -> None:
    """Stores what Mirakl says about an action; called in a transaction."""
    rows = Action.objects.filter(pk=action.pk)
    end = ENDS.get(report.word.upper())
    word = storable(report.word, 60)
    if end is None:  # PENDING, or a word that we have never seen: kept as it is, and asked about again
        rows.filter(state=State.SENT).update(remote_status=word)
        return
    fields: dict[str, Any] = {"remote_status": word, "ended_at": now, "ask_at": None}
    kind = kinds.get(action.kind)
    # From UNKNOWN too: it was only given up while this question was on its way.
    if end == State.CONFIRMED:
        if move(rows, [State.SENT, State.UNKNOWN], end, cause="", text="", reads=0, read_to=None, **fields):
            kind.apply(action)
        return
    code = report.errors[0][0] if report.errors else ""
    fields |= {"code": storable(code, 60), "text": storable("\n".join(text for _code, text in report.errors))}
    if move(rows, [State.SENT, State.UNKNOWN], end, cause=Cause.CHANNEL, **fields):
        kind.failed(action, code)
        _repeat(action, code, kind, connection, now=now)


def _repeat(action: Action, code: str, kind: Kind[Any], connection: Connection, *, now: datetime) -> None:
    """A code that passes makes a new action by itself, a few times, and never past the deadline."""
    if code not in kind.retryable or action.attempt_number > len(REPEAT_AFTER):
        return
    not_before = now + REPEAT_AFTER[action.attempt_number - 1] / connection.speed
    if action.deadline is None or not_before < action.deadline:
        queue.repeat_by_itself(action, not_before=not_before, now=now)


def lose_sight(action: Action, cause: Cause, text: str) -> bool:
    """Nobody can ask about this action any more."""
    rows = Action.objects.filter(pk=action.pk)
    return bool(move(rows, [State.SENT], State.UNKNOWN, cause=cause, text=text, ask_at=None, reads=0, read_to=None))


def end_silence(now: datetime) -> int:
    """Seven days without an end: nobody asks any more, a person has to look. How many that were.

    Not before Mirakl was asked once more: a question that is overdue means that for a while we did not ask, because
    the connection was paused or nothing ran here.
    """
    rows = Action.objects.filter(Q(ask_at=None) | Q(ask_at__gt=now), sent_at__lt=now - LONGEST)
    text = _("Mirakl took it seven days ago and never said what became of it.")
    return move(rows, [State.SENT], State.UNKNOWN, cause=Cause.SILENT, text=text, ask_at=None, reads=0, read_to=None)


def _concerns_one(error: errors.MiraklError) -> bool:
    """A missing right, or an answer that cannot be read: no reason to leave the whole connection alone."""
    if isinstance(error, errors.Refused) and not isinstance(error, errors.TooSoon):
        return error.status != 401
    return isinstance(error, errors.Unreadable)


def _until(error: errors.MiraklError, now: datetime) -> datetime | None:
    return now + timedelta(seconds=error.retry_after) if isinstance(error, errors.TooSoon) else None


class _Asked:
    """What the client reports of a question."""

    exchange: Exchange | None = None

    def departing(self, operation: Operation) -> None:
        """A question may be repeated: nothing to write down."""

    def returned(self, exchange: Exchange) -> None:
        self.exchange = exchange


def _record(action: Action, watcher: _Asked, connection: Connection) -> None:
    if watcher.exchange is not None:
        fields = described(watcher.exchange, keep_bodies=connection.keep_bodies)
        Attempt.objects.create(action=action, at=watcher.exchange.at, operation=watcher.exchange.operation_id, **fields)


def described(exchange: Exchange, *, keep_bodies: bool) -> dict[str, Any]:
    """The columns of an attempt. Bodies only where an administrator switched that on."""
    fields: dict[str, Any] = {
        "status": exchange.status,
        "outcome": exchange.outcome[:40],
        "milliseconds": exchange.milliseconds,
        "code": storable(exchange.code, 60),
        "text": storable(exchange.text),
        "request_id": storable(exchange.request_id, 100),
    }
    if keep_bodies:
        fields |= {"sent": _readable(exchange.sent), "received": _readable(exchange.received)}
    return fields


def _readable(body: bytes) -> str:
    return storable(body[:20_000].decode(errors="replace"), 20_000)


def storable(text: str, longest: int = 2000) -> str:
    """What a column takes of the words of others: PostgreSQL refuses the character 0."""
    return text.replace("\0", "")[:longest]


def words_of(error: Exception) -> dict[str, str]:
    """What an error says, in the columns of an action."""
    said = isinstance(error, errors.MiraklError | ValueError | LookupError)
    text = str(error) if said else f"{type(error).__name__}: {error}"
    return {"code": storable(str(getattr(error, "code", "")), 60), "text": storable(text)}
