"""Sending what is due. The only place where an error becomes a state.

    claim → still right? → depart → call → answer, or error → state

Each step is one short transaction, and a worker may be killed between any two instructions: what it leaves behind is a
row in SENDING whose claim ends. `sweep.recover` then knows from `departed_at` whether anything can have left.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import Exists, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.mirakl import errors
from backoffice.mirakl.operations import Operation, Outcome
from backoffice.mirakl.watching import Exchange
from backoffice.outbox import following, kinds, lanes, valves, verdicts
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.kinds import Item, Kind
from backoffice.outbox.models import Action, Attempt
from backoffice.outbox.moves import move

log = logging.getLogger(__name__)

R = TypeVar("R")

LOOK = 20  # due actions that are looked at for one that nobody else takes first


class ClaimLostError(Exception):
    """This worker was silent for so long that the action was taken from it. Nothing may be sent any more."""


def due(now: datetime) -> QuerySet[Action]:
    """What may leave now: at its time, nothing before it in its lane, and what it waits for has ended."""
    waiting = Action.objects.filter(lanes.FREE, state=State.WAITING, not_before__lte=now)
    return waiting.filter(~Exists(lanes.ahead())).order_by("not_before", "pk")


def deliver_due(connection_id: int, *, seconds: float = 20.0) -> int:
    """Sends what is due at this connection, one call after the other, until nothing is or the time is over; how many
    calls that were."""
    end = time.monotonic() + seconds
    calls = 0
    while time.monotonic() < end:
        mine = str(uuid.uuid4())
        taken = take(connection_id, mine, now=timezone.now())
        if not taken:
            break
        deliver(taken, mine)
        calls += 1
    return calls


def take(connection_id: int, mine: str, *, now: datetime) -> list[Action]:
    """Claims the next due action of a connection, with those that may travel in the same call. Empty: nothing to do."""
    connection = Connection.objects.get(pk=connection_id)
    if not valves.room(connection, now=now):
        return []
    waiting = due(now).filter(connection_id=connection_id)
    first = next((one for one in waiting[:LOOK] if claim(one, mine, now=now)), None)
    if first is None:
        return []
    return [first, *_companions(first, waiting, mine, now)]


def claim(action: Action, mine: str, *, now: datetime) -> bool:
    """Takes one waiting action, alone in its lane."""
    rows = Action.objects.filter(pk=action.pk, not_before__lte=now)
    try:
        with transaction.atomic():
            return bool(move(rows, [State.WAITING], State.SENDING, claim=mine, claimed_until=now + valves.CLAIM))
    except IntegrityError:  # another one of this lane is being sent
        return False


def _companions(first: Action, waiting: QuerySet[Action], mine: str, now: datetime) -> Iterator[Action]:
    """More actions of the same kind, as many as one call carries and each of them still allows."""
    try:
        most = kinds.get(first.kind).batch_of
    except KeyError:
        return
    most = min(most, first.most_together or most)
    if most == 1:
        return
    count = 1
    for other in waiting.filter(kind=first.kind)[: most - 1]:
        most = min(most, other.most_together or most)
        if count >= most:
            return
        if claim(other, mine, now=now):
            count += 1
            yield other


def deliver(actions: list[Action], mine: str) -> None:
    """Sends claimed actions in one call, and stores what came of it. Errors end here."""
    try:
        kind = kinds.get(actions[0].kind)
    except KeyError:
        for action in actions:
            _stop(action, mine, Cause.OURS, _("This version of the program does not know how to do this."))
        return
    connection = Connection.objects.get(pk=actions[0].connection_id)
    if connection.state != ConnectionState.ACTIVE:  # paused between the claim and now
        rows = _held_by(mine, actions)
        move(rows, [State.SENDING], State.WAITING, claim="", claimed_until=None)
        return
    items = [item for action in actions if (item := _checked(action, kind, mine))]
    if items:
        Call(kind, connection, items, mine).make()


def _checked(action: Action, kind: Kind[Any], mine: str) -> Item[Any] | None:
    """As `_still_right`. A fault of ours there ends this action: it would come back for ever, and hold up its lane."""
    try:
        return _still_right(action, kind, mine)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("An action could not be looked at before sending", extra={"action": action.pk})
        return _stop(action, mine, Cause.OURS, following.words_of(error)["text"])


def _still_right(action: Action, kind: Kind[Any], mine: str) -> Item[Any] | None:
    """The action with its target as it is now; None when it has no business there any more, which is stored."""
    if action.after_id and action.after and action.after.state != State.CONFIRMED:
        text = _("Action #%(number)s did not happen.") % {"number": action.after_id}
        return _stop(action, mine, Cause.AFTER, text)
    target = kind.targets().filter(pk=action.target_id).first()
    if target is None:
        return _stop(action, mine, Cause.CHECK, _("What this was about is not here any more."))
    now = kind.version(target)
    if now != action.seen:
        return _stop(action, mine, Cause.CONFLICT, _("It changed after you asked for this."), now=now)
    if objection := kind.check(target, action.request, action):
        return _stop(action, mine, Cause.CHECK, objection.text)
    return Item(action, target)


def _stop(action: Action, mine: str, cause: Cause, text: str, **fields: Any) -> Item[Any] | None:
    """Ends an action that must not be sent any more; nothing of it is left to send.

    One that departed before, with an answer that was lost, may be the very reason why its target changed.
    """
    rows = _held_by(mine, [action])
    if action.departed_at:
        move(rows, [State.SENDING], State.UNKNOWN, **FREE, **UNPROVED, cause=Cause.LOST, text=text)
    else:
        end = {**FREE, "ended_at": timezone.now(), "cause": cause, "text": text}
        move(rows, [State.SENDING], State.FAILED, **end, **fields)
    return None


def _held_by(mine: str, actions: Sequence[Action]) -> QuerySet[Action]:
    return Action.objects.filter(pk__in=[action.pk for action in actions], claim=mine)


FREE: dict[str, Any] = {"claim": "", "claimed_until": None}
UNPROVED: dict[str, Any] = {"reads": 0, "read_to": None}


class Call:
    """One call for one action or several. As the client's watcher it writes down the departure."""

    def __init__(self, kind: Kind[Any], connection: Connection, items: list[Item[Any]], mine: str) -> None:
        self.kind, self.connection, self.items, self.mine = kind, connection, items, mine
        self.actions = [item.action for item in items]
        self.departed = False
        self.writing = False  # the attempt that is being made may change something
        self.begun: Sequence[Attempt] = ()
        self.exchange: Exchange | None = None

    def make(self) -> None:
        """Makes it, and stores its end."""
        try:
            remote_id = self.kind.send(self.connection, self, self.items)
        except ClaimLostError:
            log.warning("An action was taken from a worker that was silent for too long", extra=self._named())
        except (OperationalError, InterfaceError):
            # Our own database, before anything left. The claim ends by itself and the sweep puts the action back.
            log.exception("The database failed while an action was being sent", extra=self._named())
        except Exception as error:  # every error has to become a state
            if not isinstance(error, errors.MiraklError):
                log.exception("An action could not be sent", extra=self._named())
            self.went_wrong(error)
        else:
            self.was_taken(remote_id)

    def departing(self, operation: Operation) -> None:
        """Committed before the first byte can leave. Raises ClaimLostError, and then nothing leaves."""
        self.writing = not operation.repeatable
        if not self.writing:
            return
        now = timezone.now()
        with transaction.atomic():
            rows = _held_by(self.mine, self.actions).filter(state=State.SENDING)
            if rows.update(departed_at=now, claimed_until=now + valves.CLAIM) != len(self.actions):
                raise ClaimLostError
            self._complete_attempts()  # of this call: a token was renewed, or a short pause asked for
            self.begun = Attempt.objects.bulk_create(
                [Attempt(action=action, at=now, operation=operation.id) for action in self.actions]
            )
        self.departed = True

    def returned(self, exchange: Exchange) -> None:
        """Remembers what came of the attempt. Refused at the door (no token, too soon) is as good as never sent."""
        if not self.writing:  # a question of the same kind: it says nothing about what departed
            return
        self.exchange = exchange
        if exchange.status in {401, 429}:
            self.departed = False

    def was_taken(self, remote_id: str) -> None:
        """Mirakl took it. An answer that comes after the sweep gave this worker up still counts."""
        now = timezone.now()
        fields = {**FREE, **UNPROVED, "sent_at": now, "remote_id": remote_id, "cause": "", "code": "", "text": ""}
        state = State.SENT
        if self.kind.outcome is Outcome.NOW:
            state = State.CONFIRMED
            fields["ended_at"] = now
        elif self.kind.outcome is Outcome.TRACKED:
            fields["ask_at"] = now + following.first_wait(self.connection)
        self._store([State.SENDING, State.UNKNOWN], state, fields)
        valves.worked(self.connection, now=now)

    def went_wrong(self, error: Exception) -> None:
        """Stores what the error means."""
        now = timezone.now()
        harmless = self.kind.harmless_twice
        verdict = verdicts.of(error, departed=self.departed, harmless_twice=harmless, now=now)
        until = verdict.until or now
        if verdict.shut:
            until = _persist(lambda: valves.failed(self.connection, error, until=verdict.until, now=now))
        if verdict.cause == Cause.REFUSED and len(self.actions) > 1:
            # One call for many is refused as a whole, so nothing happened: halves go, down to the one at fault.
            fields = {**FREE, "departed_at": None, "most_together": len(self.actions) // 2}
            self._store([State.SENDING], State.WAITING, fields)
        elif verdict.state == State.WAITING:
            departed = {} if verdict.may_have_arrived else {"departed_at": None}
            fields = {**FREE, **departed, "not_before": until, **following.words_of(error)}
            self._store([State.SENDING], State.WAITING, fields)
        elif verdict.state == State.FAILED:
            # From UNKNOWN too: a late refusal shows that what was thought unknown did not happen.
            fields = {**FREE, "ended_at": now, "cause": verdict.cause, **following.words_of(error)}
            self._store([State.SENDING, State.UNKNOWN], State.FAILED, fields)
        else:
            fields = {**UNPROVED, "cause": verdict.cause, **following.words_of(error)}
            self._store([State.SENDING], State.UNKNOWN, fields)

    def _store(self, come_from: Sequence[State], state: State, fields: dict[str, Any]) -> None:
        """Moves the actions and completes their attempts, in one transaction."""

        def store() -> None:
            self._complete_attempts()
            if state != State.CONFIRMED:
                move(_held_by(self.mine, self.actions), come_from, state, **fields)
                return
            for action in self.actions:  # one by one: somebody may have decided about some of them meanwhile
                if move(_held_by(self.mine, [action]), come_from, state, **fields):
                    self.kind.apply(action)

        _persist(store)

    def _complete_attempts(self) -> None:
        if self.exchange is not None and self.begun:
            said = following.described(self.exchange, keep_bodies=self.connection.keep_bodies)
            Attempt.objects.filter(pk__in=[attempt.pk for attempt in self.begun]).update(**said)

    def _named(self) -> dict[str, Any]:
        return {"action": self.actions[0].pk, "connection": self.connection.name}


def _persist(store: Callable[[], R]) -> R:
    """Runs `store` in a transaction: what Mirakl said must not be lost to a database that is away for a moment."""
    for wait in (0.2, 1.0, 3.0, 6.0):
        try:
            with transaction.atomic():
                return store()
        except (OperationalError, InterfaceError):
            log.warning("The answer of Mirakl could not be stored yet", exc_info=True)
            database.close()
            time.sleep(wait)
    with transaction.atomic():
        return store()
