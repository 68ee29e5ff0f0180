"""One measured process: `python -m tests.benchmarks.reading_process first|again|floor`. Prints one JSON object.

`first` reads everything from the sandbox into an empty database, `again` reads the unchanged orders once more, and
`floor` puts the same rows back into the emptied tables by the fastest plain means: COPY, or executemany on SQLite.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- Django must be set up before models are imported
from django.db import connection as database  # noqa: E402 -- as above
from django.utils import timezone  # noqa: E402 -- as above

from backoffice.celery import keep_startup_out_of_collections  # noqa: E402 -- as above
from backoffice.connections.models import Connection  # noqa: E402 -- as above
from backoffice.sync import runner  # noqa: E402 -- as above
from backoffice.sync.models import Cursor  # noqa: E402 -- as above
from orders.models import Order, OrderLine  # noqa: E402 -- as above

BATCH = 1000


def peak_mb() -> float:
    """Peak resident memory of this process in MiB (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def first(sandbox: str) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    connection = Connection.objects.create(
        name="Bench",
        base_url=f"{sandbox}/connect",
        token_url=f"{sandbox}/auth/oauth/token",
        client_id="demo-client",
        secret="demo-secret",
        speed=1e9,
    )
    return read(Cursor.objects.create(connection=connection, resource="orders"))


def again(_sandbox: str) -> dict[str, Any]:
    Cursor.objects.update(next_at=timezone.now(), wide_at=None)
    return read(Cursor.objects.get())


def read(cursor: Cursor) -> dict[str, Any]:
    keep_startup_out_of_collections()  # as a worker does
    before = peak_mb()
    start = time.perf_counter()
    run = runner.run(cursor.pk)
    seconds = time.perf_counter() - start
    assert run is not None
    assert run.state == "done", run.error
    return {
        "seconds": seconds,
        "received": run.received,
        "created": run.created,
        "unchanged": run.unchanged,
        "start_mb": before,
        "peak_mb": peak_mb(),
    }


def floor(_sandbox: str) -> dict[str, Any]:
    tables = {model._meta.db_table: _rows(model._meta.db_table) for model in (Order, OrderLine)}
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("TRUNCATE orders_order, orders_orderline")
            return {"seconds": timed(lambda: _copy(tables)), "received": len(tables["orders_order"][1])}
        cursor.execute("DELETE FROM orders_orderline")
        cursor.execute("DELETE FROM orders_order")
        return {"seconds": timed(lambda: _executemany(tables)), "received": len(tables["orders_order"][1])}


Rows = tuple[list[str], list[Any]]


def _rows(table: str) -> Rows:
    """The columns, and the rows ready to be sent: text lines for COPY, tuples for executemany."""
    with database.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608 -- our table
            columns = [column.name for column in cursor.description]
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) TO STDOUT") as copy:
                return columns, [bytes(line) for line in copy]
        cursor.execute("SELECT name FROM pragma_table_info(%s)", [table])
        columns = [name for (name,) in cursor.fetchall()]
        # As text, the way they were bound when they were written.
        texts = [f"CAST({c} AS TEXT)" if c.endswith(("_at", "_by")) else c for c in columns]
        cursor.execute(f"SELECT {', '.join(texts)} FROM {table} ORDER BY id")  # noqa: S608 -- our table
        return columns, cursor.fetchall()


def _copy(tables: dict[str, Rows]) -> None:
    with database.cursor() as cursor:
        for table, (columns, lines) in tables.items():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for at in range(0, len(lines), BATCH):
                    copy.write(b"".join(lines[at : at + BATCH]))


def _executemany(tables: dict[str, Rows]) -> None:
    """All orders, then all lines, each in one transaction: fewer commits than any reader could afford."""
    database.ensure_connection()
    raw = database.connection
    for table, (columns, rows) in tables.items():
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 -- our table
        raw.execute("BEGIN IMMEDIATE")
        _insert(raw, statement, rows)
        raw.execute("COMMIT")


def _insert(raw: Any, statement: str, rows: Sequence[Any]) -> None:
    """Past Django's cursor, which would rewrite the placeholders."""

    sqlite3.Cursor(raw).executemany(statement, rows)


if __name__ == "__main__":
    print(json.dumps({"first": first, "again": again, "floor": floor}[sys.argv[1]](sys.argv[2])))
