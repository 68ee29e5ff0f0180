"""The database of one run, looked at from outside: plain SQL on a connection of its own, no models."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.rows import dict_row

from tests.ports import closed_port

Row = dict[str, Any]
OURS = "chaos"  # how our own connections are told from those of the system
DROP = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> ?
    ORDER BY random() LIMIT ?) AS chosen
"""


class Database(Protocol):
    name: str
    url: str  # for DATABASE_URL; "" for the embedded one
    END_CLAIMS: str  # an UPDATE to which conditions may be added; leaves out rows that others hold where it can

    def rows(self, sql: str, *values: object) -> list[Row]:
        """One statement by itself; `?` stands for a value."""

    def drop_connections(self, count: int) -> int:
        """Ends so many connections of others; how many there were."""


class Sqlite:
    name, url = "SQLite", ""
    END_CLAIMS = "UPDATE outbox_action SET claimed_until = '2000-01-01 00:00:00' WHERE state = 'sending'"

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, timeout=20, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row

    def rows(self, sql: str, *values: object) -> list[Row]:
        return [dict(row) for row in self._connection.execute(sql, values)]

    def drop_connections(self, count: int) -> int:
        return 0


class Postgres:
    name = "PostgreSQL"
    END_CLAIMS = """UPDATE outbox_action SET claimed_until = '2000-01-01 00:00:00' WHERE id IN (
        SELECT id FROM outbox_action WHERE state = 'sending' FOR UPDATE SKIP LOCKED)"""

    def __init__(self, url: str) -> None:
        self.url = url
        # A process that we froze may hold a lock, and only we wake it: waiting for ever would be a deadlock.
        self._connection = psycopg.connect(
            url,
            autocommit=True,
            row_factory=dict_row,
            application_name=OURS,
            connect_timeout=10,
            options="-c lock_timeout=10s",
        )

    def rows(self, sql: str, *values: object) -> list[Row]:
        cursor = self._connection.execute(sql.replace("?", "%s"), values)
        return list(cursor.fetchall()) if cursor.description else []

    def drop_connections(self, count: int) -> int:
        return len(self.rows(DROP, OURS, count))


@contextmanager
def postgres(server: str) -> Iterator[str]:
    """A new database on this server, dropped at the end; its URL."""
    name = f"chaos_{closed_port()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def decoded(value: object) -> Any:
    """A JSON column: SQLite gives its text."""
    return json.loads(value) if isinstance(value, str) else value


def moment(value: object) -> datetime:
    """A date column."""
    if isinstance(value, datetime):
        return value
    assert isinstance(value, str)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
