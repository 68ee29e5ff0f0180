"""One run: claim a cursor, walk its resource page by page, store, move the watermark, say how it went.

A run may die at any instruction. What it stored stays, the watermark has not moved, and the next run reads the same
again: repeated work, nothing lost (`docs/architecture.md`).
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from backoffice.connections import health
from backoffice.connections.enums import Trouble
from backoffice.connections.fields import UnreadableSecretError
from backoffice.mirakl.errors import MiraklError, NotYet, PageTokenExpired, TooSoon
from backoffice.sync import queue, resources
from backoffice.sync.ahead import ahead
from backoffice.sync.enums import RunKind, RunState
from backoffice.sync.models import Cursor, Parked, Run
from backoffice.sync.resources import Resource, Stored, Unstorable

log = logging.getLogger(__name__)

BATCH = 2000  # records to a transaction: larger ones hold SQLite's one write lock for too long
DEPTH = 20  # pages fetched ahead: a little more than one batch
BEAT = 10.0  # seconds between two signs of life while Mirakl is slow
WALKS = 3  # how often a walk whose page token expired is begun again
WIDE_EVERY = timedelta(hours=24)


def run(cursor_id: int) -> Run | None:
    """Reads what is due for this cursor. None when it is not due, paused, or somebody else is at it."""
    started = timezone.now()
    mine = queue.claim(cursor_id, now=started)
    if not mine:
        return None
    cursor = Cursor.objects.select_related("connection").get(pk=cursor_id)
    return _Walk(cursor, mine, started).to_its_end()


class _Walk:
    """The state of one run while it goes on."""

    def __init__(self, cursor: Cursor, mine: str, started: datetime) -> None:
        self.cursor = cursor
        self.mine = mine
        self.resource: Resource = resources.get(cursor.resource)
        self.kind = RunKind.WIDE if _wide_is_due(cursor, started) else RunKind.CHANGES
        self.run = Run.objects.create(
            cursor=cursor,
            kind=self.kind,
            started_at=started,
            updated_from=_read_from(cursor, self.resource, self.kind, started),
        )
        self.newest: datetime | None = None
        self.there = 0  # records that the walk has given; a walk that begins again counts anew
        self.known_parked = set(cursor.parked.values_list("remote_id", flat=True))

    def to_its_end(self) -> Run | None:
        try:
            self._read()
            self._succeed()
        except queue.ClaimLostError:
            log.warning("A run was taken over by another worker", extra={"cursor": str(self.cursor)})
            return None
        except NotYet as error:  # our own pacing, and nothing was asked: no run, no blame
            self.run.delete()
            queue.release(self.cursor.pk, self.mine, started=self.run.started_at, next_at=error.until)
            return None
        except TooSoon as error:
            self._fail(error, next_at=timezone.now() + timedelta(seconds=error.retry_after))
        except Exception as error:  # one broken reading must not stop the others; it is recorded
            if not isinstance(error, MiraklError):
                log.exception("A run failed", extra={"cursor": str(self.cursor)})
            self._fail(error)
        return self.run

    def _read(self) -> None:
        expired: PageTokenExpired | None = None
        for _ in range(WALKS):
            self.there = 0
            try:
                for batch in self._batches():
                    self._store(batch)
            except PageTokenExpired as error:
                expired = error
            except NotYet:
                if expired is None:
                    raise
                raise expired from None  # a second walk would come too soon after the first
            else:
                return
        assert expired is not None
        raise expired

    def _batches(self) -> Iterator[list[bytes]]:
        """Records in batches; renews the claim while Mirakl lets us wait."""
        assert self.run.updated_from is not None
        pages = self.resource.pages(self.cursor.connection, self.run.updated_from)
        batch: list[bytes] = []
        alive = time.monotonic()
        with contextlib.closing(ahead(pages, depth=DEPTH, beat=BEAT)) as fetched:
            for page in fetched:
                if time.monotonic() - alive >= BEAT:
                    queue.keep(self.cursor.pk, self.mine, now=timezone.now())
                    alive = time.monotonic()
                if page is None:
                    continue
                self.run.pages += 1
                batch += map(bytes, page.data)
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _store(self, batch: list[bytes]) -> None:
        now = timezone.now()
        with transaction.atomic():
            queue.keep(self.cursor.pk, self.mine, now=now)
            stored = self.resource.store(self.cursor.connection, batch)
            self._park(stored, now)
        self._count(stored, received=len(batch))
        # Rows that change during a walk jump to its front, behind us. They are read next time, because the newest
        # updated_at of this walk was on its first page (domain.md §8, question 4).
        self.newest = max(filter(None, (self.newest, stored.newest)), default=None)

    def _count(self, stored: Stored, *, received: int) -> None:
        self.run.received += received
        self.there += received
        self.run.created += stored.created
        self.run.changed += stored.changed
        self.run.unchanged += stored.unchanged
        self.run.parked += len(stored.parked)
        self.run.save(update_fields=["pages", "received", "created", "changed", "unchanged", "parked"])

    def _park(self, stored: Stored, now: datetime) -> None:
        for record in stored.parked:
            _park(self.cursor, record, now)
            self.known_parked.add(record.remote_id)
        recovered = self.known_parked.intersection(stored.ids)
        if recovered:
            Parked.objects.filter(cursor=self.cursor, remote_id__in=recovered).delete()
            self.known_parked -= recovered

    def _succeed(self) -> None:
        now = timezone.now()
        fields: dict[str, object] = {"failures": 0, "complete_to": self.run.started_at}
        if self.newest is not None:
            # A date in the future (a wrong clock somewhere) must not hide what comes until then.
            fields["watermark"] = min(self.newest, self.run.started_at)
        if self.kind == RunKind.WIDE:
            fields |= self._reconcile(now)
        next_at = self.run.started_at + self.resource.pace / self.cursor.connection.speed
        self._end(RunState.DONE, now)
        queue.release(self.cursor.pk, self.mine, started=self.run.started_at, next_at=next_at, **fields)
        health.record_success(self.cursor.connection_id, now=now)

    def _reconcile(self, now: datetime) -> dict[str, object]:
        """How many Mirakl listed, and how many of that span are here. Fewer here means that something is missing.

        An order that changes during the walk is counted here under its old date and not there: more here is normal.
        """
        since = self.run.updated_from
        assert since is not None
        here = self.resource.count(self.cursor.connection, since, self.newest) if self.newest else 0
        return {"wide_at": now, "there": self.there, "here": here}

    def _fail(self, error: Exception, next_at: datetime | None = None) -> None:
        now = timezone.now()
        trouble = health.trouble_of(error)
        said = isinstance(error, MiraklError | UnreadableSecretError)
        text = (str(error) if said else f"{type(error).__name__}: {error}").replace("\0", "")
        failures = self.cursor.failures
        if next_at is None and trouble == Trouble.CREDENTIALS:
            # The connection stops, and whoever tries its credentials again has his own waits.
            next_at = now
        elif next_at is None:
            failures += 1
            wait = queue.wait_after_failures(self.resource.pace, failures - 1)
            next_at = now + wait / self.cursor.connection.speed
        try:
            self._end(RunState.FAILED, now, trouble=trouble, error=text)
            queue.release(self.cursor.pk, self.mine, started=self.run.started_at, next_at=next_at, failures=failures)
            health.record_trouble(self.cursor.connection, trouble, text, now=now)
        except DatabaseError:
            # The database itself is the trouble. The claim ends by itself and the sweep starts over.
            log.exception("A failed run could not be recorded", extra={"cursor": str(self.cursor)})

    def _end(self, state: RunState, now: datetime, **fields: object) -> None:
        for name, value in {"state": state, "ended_at": now, **fields}.items():
            setattr(self.run, name, value)
        self.run.save()


def _wide_is_due(cursor: Cursor, now: datetime) -> bool:
    return cursor.wide_at is None or cursor.wide_at <= now - WIDE_EVERY


def _read_from(cursor: Cursor, resource: Resource, kind: RunKind, now: datetime) -> datetime:
    if cursor.watermark is None:
        return now - resource.first
    if kind == RunKind.WIDE:
        return min(now - resource.wide, cursor.watermark - resource.overlap)
    return cursor.watermark - resource.overlap


def _park(cursor: Cursor, record: Unstorable, now: datetime) -> None:
    parked, created = Parked.objects.get_or_create(
        cursor=cursor,
        remote_id=record.remote_id[:200],
        defaults={"reason": record.reason, "payload": record.payload, "first_at": now, "last_at": now},
    )
    if not created:
        Parked.objects.filter(pk=parked.pk).update(
            reason=record.reason, payload=record.payload, last_at=now, times=F("times") + 1
        )
