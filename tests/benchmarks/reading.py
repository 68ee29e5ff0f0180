"""Reading orders from the sandbox, beside the floor: the same ready rows put into the same tables and indexes.

SQLite always; PostgreSQL too where `DATABASE_URL` names a server (a database of our own is made there and dropped).
`BENCH_ORDERS` (100000) and `BENCH_ROUNDS` (3) set the size.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet

from tests.broker import Broker
from tests.ports import closed_port
from tests.sandbox_server import SandboxProcess

ORDERS = int(os.environ.get("BENCH_ORDERS", "100000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
ROOT = Path(__file__).resolve().parents[2]

Figures = dict[str, Any]
Database = Callable[[], Any]  # a context manager that makes an empty database and gives its URL


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        redis = stack.enter_context(broker(folder)).url
        few = stack.enter_context(sandbox(f"scale:{ORDERS // 10}", folder / "few.sqlite3")).url
        many = stack.enter_context(sandbox(f"scale:{ORDERS}", folder / "many.sqlite3")).url
        for name, database in databases().items():
            small = _measure(database, redis, few, ["first"])
            rounds = [_measure(database, redis, many, ["first", "again", "floor"]) for _ in range(ROUNDS)]
            _report(name, small, rounds)


def databases() -> dict[str, Database]:
    """By name: SQLite, and PostgreSQL where a server is named."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return {"SQLite": _sqlite, "PostgreSQL": _postgresql}
    print("PostgreSQL is left out: DATABASE_URL names no server.")
    return {"SQLite": _sqlite}


def _measure(database: Database, redis: str, sandbox_url: str, steps: list[str]) -> dict[str, Figures]:
    with database() as url:
        return {step: process("reading_process", step, url, redis, sandbox_url) for step in steps}


def process(module: str, step: str, database_url: str, redis_url: str, sandbox_url: str) -> Figures:
    """Each step is a process of its own, so that its peak memory is its own too."""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{module}", step, sandbox_url],
        cwd=ROOT,
        env=os.environ | _KEYS | {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "LOG_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: Figures = json.loads(done.stdout)
    return figures


_KEYS = {
    "DJANGO_SETTINGS_MODULE": "backoffice.settings",
    "SECRET_KEY": secrets.token_hex(32),
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "ALLOWED_HOSTS": "localhost",
    "ALLOW_LOOPBACK_CONNECTIONS": "1",
}


def _report(name: str, small: dict[str, Figures], rounds: list[dict[str, Figures]]) -> None:
    def median(of: Callable[[dict[str, Figures]], float]) -> float:
        return statistics.median(map(of, rounds))

    def rate(step: str) -> float:
        return median(lambda one: one[step]["received"] / one[step]["seconds"])

    peak, peak_small = median(lambda one: one["first"]["peak_mb"]), small["first"]["peak_mb"]
    print(f"\n{name}: {ORDERS:,} orders, medians of {ROUNDS} rounds")
    print(f"  floor (ready rows)      {rate('floor'):>9,.0f} orders/s")
    print(f"  first read              {rate('first'):>9,.0f} orders/s")
    print(f"  unchanged, read again   {rate('again'):>9,.0f} orders/s")
    floor = median(lambda one: one["floor"]["seconds"] / one["first"]["seconds"])
    again = median(lambda one: one["first"]["seconds"] / one["again"]["seconds"])
    print(f"  first read / floor      {floor:>9.2f}   (wanted: at least 0.5)")
    print(f"  read again / first read {again:>9.2f}   (wanted: at least 1.5)")
    print(f"  peak memory             {peak:>9.0f} MiB (wanted: under 150), before reading {_start(rounds):.0f} MiB")
    print(f"  peak / peak at a tenth  {peak / peak_small:>9.2f}   (wanted: at most 1.2)")


def _start(rounds: list[dict[str, Figures]]) -> float:
    return float(statistics.median(one["first"]["start_mb"] for one in rounds))


@contextmanager
def sandbox(world: str, state: Path) -> Iterator[SandboxProcess]:
    made = SandboxProcess("--port", "0", "--state", str(state), "--world", world, "--limits", "off")
    try:
        yield made
    finally:
        made.kill()


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    made = Broker(folder)
    made.start()
    try:
        yield made
    finally:
        made.kill()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield f"sqlite:///{folder}/db.sqlite3"


@contextmanager
def _postgresql() -> Iterator[str]:
    url, name = os.environ["DATABASE_URL"], f"bench_{closed_port()}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield url.rpartition("/")[0] + f"/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
