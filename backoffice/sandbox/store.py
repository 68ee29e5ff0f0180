"""The state file of one world, in SQLite: orders, actions and who asked for them, scripts, tokens and a few facts."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, client_id TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    updated_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    fulfillment_type TEXT NOT NULL,
    moves_at INTEGER,
    body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS orders_newest ON orders (updated_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS orders_moving ON orders (moves_at) WHERE moves_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS actions (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    order_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    request_id TEXT NOT NULL UNIQUE,
    script BLOB NOT NULL,
    status TEXT NOT NULL,
    errors BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    due_at INTEGER,
    shown_at INTEGER);
CREATE INDEX IF NOT EXISTS actions_due ON actions (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS actions_of_order ON actions (order_id);
CREATE TABLE IF NOT EXISTS scripts (number INTEGER PRIMARY KEY, order_id TEXT, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS scripts_of_order ON scripts (order_id);
CREATE TABLE IF NOT EXISTS writes (
    number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL,
    operation TEXT NOT NULL,
    path BLOB NOT NULL,
    body BLOB NOT NULL,
    status INTEGER,
    action_id TEXT);
"""


class StoredOrder(NamedTuple):
    """One order: what is filtered by, and the JSON text that is served as it is. Moments in microseconds."""

    id: str
    updated_at: int
    status: str
    fulfillment_type: str
    moves_at: int | None  # when it moves on by itself in a world that is alive
    body: bytes


class Store:
    """One connection behind one lock: the threads of the server take turns, which SQLite would make them do anyway."""

    def __init__(self, path: str | Path) -> None:
        self.lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing; only a power cut may
        self._db.executescript(SCHEMA)

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
                "INSERT INTO orders (id, updated_at, status, fulfillment_type, moves_at, body)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at,"
                " status = excluded.status, fulfillment_type = excluded.fulfillment_type,"
                " moves_at = excluded.moves_at, body = excluded.body",
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

    def counts(self, table: Literal["orders", "actions"] = "orders") -> dict[str, int]:
        """How many rows there are of each status."""
        return dict(self.rows(f"SELECT status, count(*) FROM {table} GROUP BY status ORDER BY status"))  # noqa: S608 -- one of two names
