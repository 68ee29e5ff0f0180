"""The state file of one world, in SQLite (`schema.py`)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from backoffice.sandbox.schema import SCHEMA, VERSION


class StoredOrder(NamedTuple):
    """One order: what is filtered by, and the JSON text that is served as it is. Moments in microseconds."""

    id: str
    updated_at: int
    status: str
    fulfillment_type: str
    moves_at: int | None  # when it moves on by itself in a world that is alive
    body: bytes
    private: bytes = b"{}"  # JSON, never served: {"shipped": {line id: units}}


class OtherVersionError(Exception):
    """The state file was made by another version of the sandbox."""


class Store:
    """One connection behind one lock: the threads of the server take turns, which SQLite would make them do anyway."""

    def __init__(self, path: str | Path) -> None:
        self.lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing; only a power cut may
        self._make_tables()

    def _make_tables(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and version != VERSION:
            self._db.close()
            raise OtherVersionError("The state file was made by another version of the sandbox.")
        self._db.executescript(f"{SCHEMA}PRAGMA user_version = {VERSION};")

    def close(self) -> None:
        with self.lock:
            self._db.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one writing statement; tells how many rows it touched."""
        with self.lock:
            return self._db.execute(sql, values).rowcount

    def insert(self, table: str, values: dict[str, Any]) -> None:
        """A row with these columns."""
        names, places = ", ".join(values), ", ".join("?" * len(values))
        self.change(f"INSERT INTO {table} ({names}) VALUES ({places})", list(values.values()))  # noqa: S608 -- constant names

    def fact(self, name: str) -> str | None:
        found = self.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return found[0][0] if found else None

    def remember(self, name: str, value: str) -> None:
        self.change("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; other threads wait. Within another transaction it is a part of that."""
        with self.lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def put_orders(self, orders: Iterable[StoredOrder], **facts: str) -> None:
        """Insert or overwrite by id, and remember the facts, all or nothing."""
        with self.transaction():
            self._db.executemany(
                "INSERT INTO orders (id, updated_at, status, fulfillment_type, moves_at, body, private)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at,"
                " status = excluded.status, fulfillment_type = excluded.fulfillment_type,"
                " moves_at = excluded.moves_at, body = excluded.body, private = excluded.private",
                orders,
            )
            for name, value in facts.items():
                self.remember(name, value)

    def tidy(self) -> None:
        """Move what was written into the file itself: a large world would be read out of its journal from then on."""
        self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def order(self, order_id: str) -> StoredOrder | None:
        found = self.rows(f"SELECT {', '.join(StoredOrder._fields)} FROM orders WHERE id = ?", (order_id,))  # noqa: S608 -- constant names
        return StoredOrder(*found[0]) if found else None

    def next_number(self) -> int:
        """A number that no stored order has: part of the next order's id."""
        return int(self.rows("SELECT coalesce(max(number), 0) + 1 FROM orders")[0][0])

    def counts(self, table: Literal["orders", "returns", "actions"] = "orders") -> dict[str, int]:
        """How many rows there are of each status."""
        return dict(self.rows(f"SELECT status, count(*) FROM {table} GROUP BY status ORDER BY status"))  # noqa: S608 -- one of three names
