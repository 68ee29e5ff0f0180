"""The read-only check of a connection: layer by layer, until one of them fails. Nothing is written at Mirakl.

A row asks for it, a worker takes it, and every step is stored as soon as it is known, so that a page can follow. The
one question that Mirakl counts, for orders, keeps to the published call frequency: a check waits for its turn.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from backoffice.connections import health, states
from backoffice.connections.asking import Asking, NotTriedError
from backoffice.connections.enums import OPEN_CHECKS, CheckState, Layer, Outcome, Trouble
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.connections.steps import Found, failed, skipped
from backoffice.mirakl.errors import NotYet
from backoffice.users.models import User

log = logging.getLogger(__name__)

# The clock is told by the answer of the service; what may have to wait comes last.
ORDER = (Layer.ADDRESS, Layer.TLS, Layer.SERVICE, Layer.CREDENTIALS, Layer.CLOCK, Layer.RIGHTS, Layer.SAMPLE)
CLAIM = timedelta(seconds=120)  # longer than all steps together can take
LONGEST = timedelta(minutes=10)  # a check that is still open then has no worker
MOST_WAITS = 3
LONGEST_WAIT = timedelta(seconds=90)
# Our turn comes this long before the call may be made: whoever asks within the client's patience has it reserved.
AHEAD = timedelta(seconds=1)


def start(connection: Connection, *, by: User | None, now: datetime) -> ConnectionCheck:
    """Asks for a check; one that is under way for the same address and credentials is that check."""
    with transaction.atomic():
        stale = _open().filter(connection=connection).exclude(revision=connection.revision)
        stale.update(state=CheckState.REPLACED, ended_at=now, claim="")
    try:
        with transaction.atomic():
            return ConnectionCheck.objects.create(
                connection=connection, revision=connection.revision, asked_at=now, asked_by=by, due_at=now
            )
    except IntegrityError:
        return _open().filter(connection=connection).first() or start(connection, by=by, now=now)


def due(now: datetime) -> list[int]:
    """Keys of the checks that a worker should take now. Those that nobody ended are ended."""
    _open().filter(asked_at__lt=now - LONGEST).update(state=CheckState.REPLACED, ended_at=now, claim="")
    return list(ConnectionCheck.objects.filter(_free(now)).values_list("pk", flat=True))


def run(check_id: int) -> None:
    """Takes a check that is due, and goes on with it from where it stands."""
    now = timezone.now()
    mine = str(uuid.uuid4())
    rows = ConnectionCheck.objects.filter(_free(now), pk=check_id)
    if rows.update(state=CheckState.RUNNING, claim=mine, claimed_until=now + CLAIM):
        _Run(ConnectionCheck.objects.select_related("connection").get(pk=check_id), mine).to_its_end()


def _open() -> QuerySet[ConnectionCheck]:
    return ConnectionCheck.objects.filter(state__in=OPEN_CHECKS)


def _free(now: datetime) -> Q:
    return Q(state=CheckState.WAITING, due_at__lte=now) | Q(state=CheckState.RUNNING, claimed_until__lt=now)


class _Run:
    """A check while one worker has it. Whatever is stored is stored only as long as it is ours."""

    def __init__(self, check: ConnectionCheck, mine: str) -> None:
        self.check, self.mine, self.connection = check, mine, check.connection
        self.steps = {step["layer"]: step for step in check.steps}
        self.asking = Asking(self.connection)

    def to_its_end(self) -> None:
        if self.connection.revision != self.check.revision:
            self._store(state=CheckState.REPLACED, ended_at=timezone.now(), claim="")
            return
        for layer in ORDER:
            if layer in self.steps:
                continue
            try:
                found = self._tried(layer)
            except NotYet as error:
                if self._waits(error.until):
                    return
                found = skipped("slow_down", time=f"{error.until:%H:%M:%S}")
                self.steps[layer.value] = found.as_step(layer, None)
            if not self._store():
                return  # the connection was changed, or we were silent for too long
            if found.outcome is Outcome.FAILED or layer not in self.steps:
                break
        self._end()

    def _tried(self, layer: Layer) -> Found:
        """What this layer says, noted. Raises NotYet."""
        began = time.perf_counter()
        try:
            found = self.asking.of(layer)
        except NotTriedError as error:  # it is a layer below that this call showed to be wrong
            layer, found = error.layer, error.found
        except NotYet:
            raise
        except Exception as error:  # a fault of ours is an answer, too: the page must not wait for ever
            log.exception("A step of a check failed", extra={"connection": self.connection.name})
            found = failed("ours", text=type(error).__name__)
        measured = found.outcome is not Outcome.SKIPPED and layer is not Layer.SAMPLE
        self.steps[layer.value] = found.as_step(
            layer, round((time.perf_counter() - began) * 1000) if measured else None
        )
        return found

    def _waits(self, until: datetime) -> bool:
        """Mirakl's call frequency: somebody else had this turn. The next one is ours, if it is not far."""
        now = timezone.now()
        if until - now > LONGEST_WAIT or self.check.waits >= MOST_WAITS:
            return False
        self._store(
            state=CheckState.WAITING, due_at=max(until - AHEAD, now), claim="", claimed_until=None, waits=F("waits") + 1
        )
        return True

    def _end(self) -> None:
        for layer in Layer:
            self.steps.setdefault(layer.value, skipped("before").as_step(layer, None))
        now = timezone.now()
        ok = self._judged()
        if not self._store(state=CheckState.DONE, ok=ok, ended_at=now, claim="", claimed_until=None):
            return
        if self.asking.refusal:
            health.record_trouble(self.connection, Trouble.CREDENTIALS, self.asking.refusal, now=now)
        elif ok and not states.accepted(self.connection, now=now):
            health.record_success(self.connection.pk, now=now)

    def _judged(self) -> bool | None:
        """None: nothing is wrong as far as it went, but orders could not be asked for."""
        if any(step["outcome"] == Outcome.FAILED for step in self.steps.values()):
            return False
        return True if self.steps[Layer.RIGHTS]["outcome"] == Outcome.OK else None

    def _store(self, **fields: object) -> bool:
        rows = ConnectionCheck.objects.filter(pk=self.check.pk, claim=self.mine, state=CheckState.RUNNING)
        return bool(rows.update(steps=_in_order(self.steps.values()), **fields))


def _in_order(steps: Collection[dict[str, object]]) -> list[dict[str, object]]:
    layers = [layer.value for layer in Layer]
    return sorted(steps, key=lambda step: layers.index(str(step["layer"])))
