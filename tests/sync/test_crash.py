"""Workers that die, that meet, and a database or broker that is away: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from backoffice.connections import clients
from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.sync import queue, runner
from backoffice.sync.enums import RunState
from backoffice.sync.models import Cursor, Run
from orders.models import Order, OrderLine
from tests.broker import Broker
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def start_reading(cursor: Cursor) -> subprocess.Popen[str]:
    """A real process that reads this cursor from the test's database."""
    name = str(database.settings_dict["NAME"])
    server = "sqlite://" if database.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{name}",
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.sync.reading_process", str(cursor.pk), "200"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def answered_pages(sandbox: RunningSandbox) -> int:
    """How many pages of orders were given out; the one after them may be on its way."""
    return sum(call["operation"] == "v2-listOrders" and call["status"] == 200 for call in sandbox.journal())


def test_worker_killed_in_the_middle_of_a_page_loses_and_doubles_nothing(
    cursor: Cursor, sandbox: RunningSandbox
) -> None:
    sandbox.place_orders(450)
    sandbox.fault("v2-listOrders", kind="slow", seconds=30, after=3)
    with start_reading(cursor) as worker:
        until(lambda: Order.objects.count() == 200 and answered_pages(sandbox) == 3, seconds=30)
        worker.send_signal(signal.SIGKILL)
    sandbox.clear_faults()
    assert Cursor.objects.get().watermark is None
    Cursor.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    assert read(cursor).state == RunState.DONE

    assert Order.objects.count() == 450
    assert OrderLine.objects.count() == sum(len(order.document.order_lines) for order in Order.objects.all())
    assert list(Run.objects.order_by("pk").values_list("state", flat=True)) == [RunState.LOST, RunState.DONE]


def test_living_run_keeps_its_claim_while_mirakl_is_slow(
    cursor: Cursor, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BEAT", 0.05)
    sandbox.place_order()
    sandbox.fault("v2-listOrders", kind="slow", seconds=1)
    thread = threading.Thread(target=_in_thread, args=(cursor.pk, []))
    thread.start()
    until(lambda: Cursor.objects.get().claim != "")
    first = Cursor.objects.get().claimed_until

    until(lambda: Cursor.objects.get().claimed_until != first)

    thread.join()
    assert Run.objects.get().state == RunState.DONE


def test_living_run_keeps_its_claim_while_pages_come_steadily(
    cursor: Cursor, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "BEAT", 0.6)  # longer than any page takes, shorter than all of them
    sandbox.place_orders(900)
    sandbox.fault("v2-listOrders", kind="slow", seconds=0.2, times=None)
    thread = threading.Thread(target=_in_thread, args=(cursor.pk, []))
    thread.start()
    until(lambda: answered_pages(sandbox) == 1)
    began = Run.objects.get().started_at

    until(lambda: claimed_until(cursor, while_pages=range(1, 9), sandbox=sandbox) > began + queue.CLAIM)

    thread.join()
    assert Run.objects.get().state == RunState.DONE


def claimed_until(cursor: Cursor, *, while_pages: range, sandbox: RunningSandbox) -> datetime:
    """How long the claim holds, as long as the walk goes on; afterwards the storing renews it anyway."""
    until = Cursor.objects.get(pk=cursor.pk).claimed_until
    return until if until and answered_pages(sandbox) in while_pages else datetime.min.replace(tzinfo=UTC)


def test_two_workers_at_once_make_one_run(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(30)
    done: list[Run | None] = []
    threads = [threading.Thread(target=_in_thread, args=(cursor.pk, done)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [run.state for run in done if run] == [RunState.DONE]
    assert (Run.objects.count(), Order.objects.count()) == (1, 30)


def test_run_that_was_taken_over_stores_nothing_more(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="slow", seconds=1, after=1)
    done: list[Run | None] = []
    thread = threading.Thread(target=_in_thread, args=(cursor.pk, done))
    thread.start()
    until(lambda: answered_pages(sandbox) == 1)
    Cursor.objects.update(claim="of-another-worker")

    thread.join()

    assert done == [None]
    assert (Order.objects.count(), Cursor.objects.get().claim) == (0, "of-another-worker")


def test_order_that_changes_while_its_page_is_walked_is_read_by_the_next_run(
    cursor: Cursor, sandbox: RunningSandbox
) -> None:
    oldest = sandbox.place_order(status="AWAITING_ACCEPTANCE", updated_at=timezone.now() - timedelta(days=1))
    Cursor.objects.update(watermark=timezone.now() - timedelta(days=20), wide_at=timezone.now())
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="slow", seconds=2, after=1)
    done: list[Run | None] = []
    thread = threading.Thread(target=_in_thread, args=(cursor.pk, done))
    thread.start()
    until(lambda: answered_pages(sandbox) == 1)
    sandbox.update_order(oldest["id"], status="AWAITING_PAYMENT")
    thread.join()

    read(cursor)

    assert Order.objects.get(remote_id=oldest["id"]).status == "AWAITING_PAYMENT"


def test_locked_database_loses_nothing(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="slow", seconds=2, after=1)
    done: list[Run | None] = []
    thread = threading.Thread(target=_in_thread, args=(cursor.pk, done), kwargs={"patience_ms": 100})
    thread.start()
    until(lambda: answered_pages(sandbox) == 1)

    with locked_database():
        thread.join()

    assert (Order.objects.count(), Cursor.objects.get().watermark) == (0, None)
    Cursor.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert read(cursor).state == RunState.DONE
    assert Order.objects.count() == 150


def test_broker_that_is_away_is_our_trouble_and_passes(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox, own_broker: Broker
) -> None:
    sandbox.place_order()
    settings.REDIS_URL = own_broker.url
    clients.shared_memory.cache_clear()
    own_broker.kill()

    run = read(cursor)

    assert (run.state, run.trouble) == (RunState.FAILED, Trouble.OURS)
    own_broker.start()
    assert read(cursor).state == RunState.DONE


def _in_thread(cursor_id: int, done: list[Run | None], patience_ms: int | None = None) -> None:
    try:
        if patience_ms is not None:
            with database.cursor() as cursor:
                setting = "PRAGMA busy_timeout" if database.vendor == "sqlite" else "SET lock_timeout"
                cursor.execute(f"{setting} = {patience_ms}")
        done.append(runner.run(cursor_id))
    finally:
        database.close()


@contextmanager
def locked_database() -> Iterator[None]:
    """Somebody else holds the write lock: SQLite's only one, or the tables on PostgreSQL."""
    if database.vendor == "sqlite":
        with closing(sqlite3.connect(Path(str(database.settings_dict["NAME"])), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    wanted = ("dbname", "user", "password", "host", "port")
    parameters = {key: value for key, value in database.get_connection_params().items() if key in wanted}
    with psycopg.connect(**parameters) as other:
        other.execute("LOCK TABLE orders_order, sync_cursor IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()
