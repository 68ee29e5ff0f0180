"""Writing many orders at once: the one place with SQL of its own, in two dialects.

PostgreSQL: new orders by binary COPY, changed ones by one UPDATE over arrays. SQLite: executemany. The caller holds
the transaction and the cursor's claim (`backoffice.sync.queue.keep`), so nobody else writes these orders meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from django.db import connection as database
from django.db.backends.utils import CursorWrapper

from orders.rows import LINE_COLUMNS, ORDER_COLUMNS, Made

# The PostgreSQL types of the columns; what is not named here is text.
_TYPES = {
    "id": "int8",
    "order_id": "int8",
    "connection_id": "int8",
    "channel_id": "int8",
    "digest": "int8",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "ship_by": "timestamptz",
    "accept_by": "timestamptz",
    "due_at": "timestamptz",
    "sort_at": "timestamptz",
    "anonymized_at": "timestamptz",
    "total": "numeric",
    "price": "numeric",
    "shipping_price": "numeric",
    "position": "int2",
    "quantity": "int4",
    "can_cancel": "bool",
    "can_refund": "bool",
}


Row = tuple[Any, ...]


class Known(NamedTuple):
    """What we hold of an order."""

    pk: int
    updated_at: datetime
    digest: int
    status: str
    status_reason: str

    def older_than(self, updated_at: datetime, digest: int) -> bool:
        """True if the incoming one should be written: it is newer, or as old but different."""
        return self.updated_at < updated_at or (self.updated_at == updated_at and self.digest != digest)


def known(connection_id: int, remote_ids: list[str]) -> dict[str, Known]:
    """Those of these orders that are here, by Mirakl id."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute(_KNOWN_IN_SQLITE, [connection_id, json.dumps(remote_ids)])
        else:
            cursor.execute(_KNOWN_IN_POSTGRESQL, [remote_ids, connection_id])
        return {
            remote_id: Known(pk, at.replace(tzinfo=UTC), *others) for remote_id, pk, at, *others in cursor.fetchall()
        }


_KNOWN_IN_SQLITE = """
    SELECT remote_id, id, updated_at, digest, status, status_reason FROM orders_order
    WHERE connection_id = %s AND remote_id IN (SELECT value FROM json_each(%s))
"""
# One look into the unique index for each id. Asked with "= ANY", a planner that has no statistics yet (the whole first
# import) reads all orders of the connection every time. The moment comes without a zone, as SQLite gives it too.
_KNOWN_IN_POSTGRESQL = """
    SELECT wanted.remote_id, known.id, known.updated_at AT TIME ZONE 'UTC', known.digest,
        known.status, known.status_reason
    FROM unnest(%s::text[]) AS wanted (remote_id)
    CROSS JOIN LATERAL (
        SELECT id, updated_at, digest, status, status_reason FROM orders_order
        WHERE connection_id = %s AND remote_id = wanted.remote_id
        LIMIT 1
    ) AS known
"""


def insert(made: Iterable[Made], most: int) -> None:
    """Inserts up to `most` new orders and their lines. The orders may be made while they are written."""
    dialect = _dialect()
    lines: list[Row] = []
    with database.cursor() as cursor:
        dialect.hurry(cursor)
        pks = dialect.next_keys(cursor, most)
        dialect.insert(cursor, "orders_order", ("id", *ORDER_COLUMNS), _with_keys(made, pks, lines))
        dialect.insert(cursor, "orders_orderline", ("order_id", *LINE_COLUMNS), lines)


def _with_keys(made: Iterable[Made], pks: Sequence[int], lines: list[Row]) -> Iterator[Row]:
    for pk, one in zip(pks, made, strict=False):
        lines += [(pk, *line) for line in one.lines]
        yield (pk, *one.order)


def update(made: Iterable[Made], keys: Mapping[str, int]) -> None:
    """Updates orders that are here under these primary keys; lines that are new are added, none is taken away."""
    dialect = _dialect()
    changed = list(made)
    lines = [(keys[one.remote_id], *line) for one in changed for line in one.lines]
    with database.cursor() as cursor:
        if changed:
            dialect.update(cursor, [(keys[one.remote_id], *one.order) for one in changed])
        if lines:
            dialect.upsert_lines(cursor, lines)


def _dialect() -> type[_Sqlite | _Postgresql]:
    return _Sqlite if database.vendor == "sqlite" else _Postgresql


class _Postgresql:
    @staticmethod
    def hurry(cursor: CursorWrapper) -> None:
        """Commits without waiting for the disk. A crash may then lose the last batches together with everything that
        was committed after them, the watermark too: the same as a crash a moment earlier, and they are read again."""
        cursor.execute("SET LOCAL synchronous_commit = off")

    @staticmethod
    def next_keys(cursor: CursorWrapper, count: int) -> list[int]:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('orders_order', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [pk for (pk,) in cursor.fetchall()]

    @staticmethod
    def insert(cursor: CursorWrapper, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        # Django translates the errors of its own methods only.
        with (
            database.wrap_database_errors,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types([_TYPES.get(column, "text") for column in columns])
            for row in rows:
                copy.write_row(row)

    @staticmethod
    def update(cursor: CursorWrapper, rows: list[Row]) -> None:
        columns = ("id", *ORDER_COLUMNS)
        cursor.execute(
            f"UPDATE orders_order SET {', '.join(f'{c} = new.{c}' for c in ORDER_COLUMNS)}"  # noqa: S608 -- our columns
            f" FROM {_arrays(columns)} WHERE orders_order.id = new.id",
            _columns(rows),
        )

    @staticmethod
    def upsert_lines(cursor: CursorWrapper, rows: list[Row]) -> None:
        columns = ("order_id", *LINE_COLUMNS)
        cursor.execute(
            f"INSERT INTO orders_orderline ({', '.join(columns)})"  # noqa: S608 -- our columns
            f" SELECT {', '.join(columns)} FROM {_arrays(columns)} {_on_conflict()}",
            _columns(rows),
        )


class _Sqlite:
    @staticmethod
    def hurry(cursor: CursorWrapper) -> None:
        """Nothing to say: in WAL mode with `synchronous=NORMAL` no commit waits for the disk."""

    @staticmethod
    def next_keys(cursor: CursorWrapper, count: int) -> range:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'orders_order'")
        (last,) = cursor.fetchone()
        return range(last + 1, last + 1 + count)

    @staticmethod
    def insert(cursor: CursorWrapper, table: str, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608 -- our columns
            # Django's own cursor takes an iterator too; only its types ask for a sequence.
            cast("Sequence[Row]", map(_plain, rows) if table == "orders_order" else rows),
        )

    @staticmethod
    def update(cursor: CursorWrapper, rows: list[Row]) -> None:
        cursor.executemany(
            f"UPDATE orders_order SET {', '.join(f'{c} = %s' for c in ORDER_COLUMNS)} WHERE id = %s",  # noqa: S608 -- our columns
            [(*_plain(row)[1:], row[0]) for row in rows],
        )

    @staticmethod
    def upsert_lines(cursor: CursorWrapper, rows: list[Row]) -> None:
        columns = ("order_id", *LINE_COLUMNS)
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO orders_orderline ({', '.join(columns)}) VALUES ({marks}) {_on_conflict()}",  # noqa: S608 -- our columns
            rows,
        )


def _on_conflict() -> str:
    changes = ", ".join(f"{c} = excluded.{c}" for c in LINE_COLUMNS if c != "remote_id")
    return f"ON CONFLICT (order_id, remote_id) DO UPDATE SET {changes}"


def _arrays(columns: tuple[str, ...]) -> str:
    """A table called `new`, made of one array parameter for each column."""
    arrays = ", ".join(f"%s::{_TYPES.get(column, 'text')}[]" for column in columns)
    return f"unnest({arrays}) AS new ({', '.join(columns)})"


def _columns(rows: list[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


_MOMENTS = [at for at, column in enumerate(("id", *ORDER_COLUMNS)) if _TYPES.get(column) == "timestamptz"]


def _plain(row: Row) -> Row:
    """The row of an order with its moments as Django's SQLite backend keeps them: UTC, without an offset."""
    values = list(row)
    for at in _MOMENTS:
        moment = values[at]
        if moment is not None:
            values[at] = str(moment if moment.tzinfo is UTC else moment.astimezone(UTC))[: -len("+00:00")]
    return tuple(values)
