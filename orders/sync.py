"""How orders are read (`v2-listOrders`): which are new or changed, and what each becomes here."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone

from backoffice.connections import clients
from backoffice.connections.enums import Family
from backoffice.connections.models import Connection
from backoffice.mirakl import Page
from backoffice.mirakl.connect import types as connect
from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.reading import Moment
from backoffice.sync.resources import Resource, Stored, Unstorable, register
from backoffice.timeline.models import Entry
from orders import bulk, reporting, rows
from orders.history import status_entry
from orders.models import Order
from orders.reporting import Result
from shops.deadlines import acceptances
from shops.models import Channel


class Head(msgspec.Struct, frozen=True):
    """Just enough of an order to see whether it changed."""

    id: str
    updated_at: Moment
    origin: connect.Origin = connect.Origin()


class Incoming(msgspec.Struct, frozen=True):
    """One record of a batch."""

    head: Head
    digest: int
    raw: bytes


def pages(connection: Connection, updated_from: datetime) -> Iterator[Page]:
    """All orders that changed since, newest first."""
    return clients.connect(connection).list_orders(updated_from=updated_from, limit=100)


def count(connection: Connection, since: datetime, until: datetime) -> int:
    """How many orders are here that Mirakl changed in this span, both ends included."""
    return Order.objects.filter(connection=connection, updated_at__gte=since, updated_at__lte=until).count()


def store(connection: Connection, records: Sequence[bytes]) -> Stored:
    """Writes a batch inside the caller's transaction. What cannot be stored is told apart and harms nothing else."""
    stored = Stored()
    incoming = _newest_of_each(_read_heads(records, stored))
    stored.newest = max((one.head.updated_at for one in incoming.values()), default=None)
    known = bulk.known(connection.pk, [*incoming, *(one.remote_id for one in stored.parked)])
    fresh, changed = [], []
    for one in incoming.values():
        was = known.get(one.head.id)
        if was is None:
            fresh.append(one)
        elif was.older_than(one.head.updated_at, one.digest):
            changed.append(one)
        else:
            stored.unchanged += 1
            stored.ids.append(one.head.id)
    work = _Work(connection, stored)
    stored.created += work.write(fresh, bulk.insert)
    stored.changed += work.write(changed, lambda made, _: _update(connection, list(made), known))
    if connection.report_orders:
        reporting.note(connection, _results([*fresh, *changed], stored, known), now=timezone.now())
    return stored


def _results(written: Sequence[Incoming], stored: Stored, known: Mapping[str, bulk.Known]) -> Iterator[Result]:
    """What became of each order that is new, changed or parked. A record without an id is nobody's order."""
    dates = {one.head.id: one.head.updated_at for one in written}
    parked = {one.remote_id: one for one in stored.parked if not one.remote_id.startswith(NAMELESS)}
    for remote_id in dict.fromkeys([*dates, *parked]):
        failed = parked.get(remote_id)
        yield Result(
            remote_id,
            new=remote_id not in known,
            updated_at=dates.get(remote_id),
            code="" if failed is None else "UNEXPECTED" if failed.quotes else "INVALID_INPUT",
            reason="" if failed is None else NOT_STORED if failed.quotes else failed.reason,
        )


def _update(connection: Connection, changed: list[rows.Made], known: Mapping[str, bulk.Known]) -> None:
    """Writes orders that are here, and on their timelines what their statuses were before."""
    bulk.update(changed, {made.remote_id: known[made.remote_id].pk for made in changed})
    pairs = [(made, known[made.remote_id]) for made in changed]
    Entry.objects.bulk_create(
        status_entry(was.pk, connection.pk, made.updated_at, before=(was.status, was.status_reason), after=made.status)
        for made, was in pairs
        if made.status != (was.status, was.status_reason)
    )


def _read_heads(records: Sequence[bytes], stored: Stored) -> Iterator[Incoming]:
    decode = msgspec.json.Decoder(Head).decode
    for record in records:
        raw = _without_nul(record) if NUL in record else record
        digest = zlib.crc32(raw)
        try:
            head = decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            try:  # the tolerant way: other spellings of a date, for example
                order = connect.read(raw, connect.Order)
            except Unreadable as error:
                stored.parked.append(_unstorable(_name_of(raw, digest), error, raw))
                continue
            head = Head(order.id, order.updated_at, order.origin)
        if head.updated_at.year > rows.LAST_YEAR:
            stored.parked.append(_unstorable(head.id, Unreadable("It was updated too far in the future."), raw))
            continue
        yield Incoming(head, digest, raw)


class Named(msgspec.Struct, frozen=True):
    id: str


NAMELESS = "unreadable-"  # how the stand-in for a missing id begins
NOT_STORED = "It could not be stored."  # what Mirakl is told where the true reason may hold data of a customer


def _name_of(raw: bytes, digest: int) -> str:
    """The id of a record of which nothing else can be read; a stand-in where even that is missing."""
    try:
        return msgspec.json.decode(raw, type=Named).id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return f"{NAMELESS}{digest:08x}"


# No column of PostgreSQL can hold it; an escaped backslash before a plain “u0000” is something else.
NUL = b"\\u0000"
_ESCAPED_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def _without_nul(raw: bytes) -> bytes:
    return _ESCAPED_NUL.sub(rb"\1", raw)


def _newest_of_each(incoming: Iterator[Incoming]) -> dict[str, Incoming]:
    """An order that changed during the walk is in the batch twice: the newer one counts."""
    newest: dict[str, Incoming] = {}
    for one in incoming:
        seen = newest.get(one.head.id)
        if seen is None or seen.head.updated_at < one.head.updated_at:
            newest[one.head.id] = one
    return newest


class _Work:
    """Decoding and writing the orders of one batch."""

    def __init__(self, connection: Connection, stored: Stored) -> None:
        self.connection = connection
        self.stored = stored
        self.acceptances = acceptances(connection)
        self.channels = {channel.remote_id: channel for channel in Channel.objects.filter(connection=connection)}

    def write(self, batch: list[Incoming], how: Callable[[Iterator[rows.Made], int], None]) -> int:
        """All at once; when the database refuses, in halves, until the one that it cannot hold stands alone.

        Orders are decoded one by one while they are written: PostgreSQL works on the last while we are at the next.
        """
        if not batch:
            return 0
        for one in batch:
            self._learn(one.head)
        done, parked = list[str](), list[Unstorable]()
        try:
            with transaction.atomic():
                how(self._made(batch, done, parked), len(batch))
        except OperationalError:
            raise  # locked or gone: not the fault of any record
        except (DatabaseError, OverflowError, ValueError) as error:
            if len(batch) == 1:
                self.stored.parked.append(_unstorable(batch[0].head.id, error, batch[0].raw))
                return 0
            middle = len(batch) // 2
            return self.write(batch[:middle], how) + self.write(batch[middle:], how)
        self.stored.ids += done
        self.stored.parked += parked
        return len(done)

    def _made(self, batch: list[Incoming], done: list[str], parked: list[Unstorable]) -> Iterator[rows.Made]:
        for one in batch:
            try:
                order = connect.read(one.raw, connect.Order)
                channel = self._channel(order.origin)
                place = rows.Place(self.connection.pk, channel.pk, self.acceptances.of(channel.pk))
                made = rows.make(order, one.raw, one.digest, place)
            except (Unreadable, ArithmeticError) as error:  # amounts that no sum can hold
                parked.append(_unstorable(one.head.id, error, one.raw))
            else:
                done.append(one.head.id)
                yield made

    def _channel(self, origin: connect.Origin) -> Channel:
        known = self.channels.get(origin.channel_id)
        if known is None:
            raise Unreadable("The id of the channel is longer than 200 characters.")
        return known

    def _learn(self, head: Head) -> None:
        """An unknown channel is made on first sight, a new name taken over: beforehand, for nothing can be asked
        during a COPY."""
        origin, name = head.origin, head.origin.channel_name[:200]
        known = self.channels.get(origin.channel_id)
        if len(origin.channel_id) > 200 or (known and name in ("", known.name)):
            return
        if known and known.named_at and known.named_at >= head.updated_at:
            return
        self.channels[origin.channel_id], _ = Channel.objects.update_or_create(
            connection=self.connection,
            remote_id=origin.channel_id,
            defaults={"name": name, "named_at": head.updated_at},
        )


def _unstorable(remote_id: str, error: Exception, raw: bytes) -> Unstorable:
    reason = str(error).partition("\n")[0] or type(error).__name__
    try:
        payload = rows.without_personal_data(raw) if b'"anonymized_at"' in raw else raw
    except ValueError:
        payload = raw
    return Unstorable(remote_id, reason, payload.decode(errors="replace"), quotes=not isinstance(error, Unreadable))


ORDERS = register(
    Resource(
        name="orders",
        family=Family.CONNECT,
        pace=timedelta(minutes=5),  # recommended; at most once a minute
        overlap=timedelta(minutes=10),
        first=timedelta(days=30),  # what Connect itself gives without a date
        wide=timedelta(days=30),
        pages=pages,
        store=store,
        count=count,
    )
)
