"""Accepting 1,000 orders in one bulk, through real processes, beside the floor: the same calls and nothing else.

What a person waits for is the answer of the form; the rest happens in the background. `BENCH_ACTIONS` (1000) sets how
many, the sandbox runs at speed 60.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.chaos.browser import Browser
from tests.chaos.database import Database
from tests.chaos.evidence import Answer
from tests.chaos.forms import Form
from tests.chaos.system import System, system
from tests.sandbox.calling import Caller
from tests.waiting import until

COUNT = int(os.environ.get("BENCH_ACTIONS", "1000"))
PATIENCE = 300.0
THREADS = 4  # as many calls as the outbox makes to one connection at a time


def main() -> None:
    servers = {"SQLite, Valkey": ("", "")}
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        servers["PostgreSQL, Redis"] = (os.environ["DATABASE_URL"], os.environ.get("REDIS_URL", ""))
    for name, (database, redis) in servers.items():
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, system(Path(folder), database, redis) as running:
            _measure(name, running)


def _measure(name: str, running: System) -> None:
    floor = _floor(running)
    running.sandbox.place_orders(COUNT, status="AWAITING_ACCEPTANCE", lines=1)
    database = running.database()

    def counted(where: str) -> int:
        return int(database.rows(f"SELECT count(*) AS there FROM {where}")[0]["there"])  # noqa: S608 -- our own words

    until(lambda: counted("orders_order WHERE stage = 'to_accept'") >= COUNT, seconds=PATIENCE)
    browser = Browser(running.url, "manager@demo.test")
    browser.log_in()
    began, answered = _press(browser, database)
    first = _when(lambda: counted("outbox_action WHERE state = 'confirmed'") > 0, began)
    last = _when(lambda: counted("outbox_action WHERE state = 'confirmed'") >= COUNT, began)
    seen = _when(lambda: counted("outbox_action WHERE seen_at IS NOT NULL") >= COUNT, began)
    # The undo window is part of what passes, and no work: the ratio leaves it out.
    window = 20.0
    print(
        f"\nAccepting {COUNT:,} orders in one bulk ({name})\n"
        f"  answer of the form           {answered * 1000:8.0f} ms\n"
        f"  first confirmation           {first:8.1f} s, {window:.0f} of them the undo window\n"
        f"  last confirmation            {last:8.1f} s\n"
        f"  all seen in a reading        {seen:8.1f} s\n"
        f"  the same calls alone         {floor:8.1f} s\n"
        f"  ratio, without the window    {(last - window) / floor:8.1f}"
    )


def _floor(running: System) -> float:
    """Accepts as many orders and asks once about each: plain calls in four threads. Their orders are gone after it."""
    ids = running.sandbox.place_orders(COUNT, status="AWAITING_ACCEPTANCE", lines=1)
    callers = [Caller(running.sandbox) for _ in range(THREADS)]
    began = time.perf_counter()

    def accept(caller: Caller, mine: list[str]) -> None:
        for order_id in mine:
            caller.action(caller.decide(order_id, True))

    with ThreadPoolExecutor(THREADS) as pool:
        for work in [pool.submit(accept, caller, ids[at::THREADS]) for at, caller in enumerate(callers)]:
            work.result()
    return time.perf_counter() - began


def _press(browser: Browser, database: Database) -> tuple[float, float]:
    """Confirms the review sheet of everything in the view; when, and how long the answer took."""
    browser.forms("/orders/?view=to_accept")
    browser.post("/orders/select/?view=to_accept", [("csrfmiddlewaretoken", browser.token)])
    token = database.rows("SELECT token FROM lists_selection ORDER BY id DESC LIMIT 1")[0]["token"]
    form = browser.form(f"/orders/accept/?decision=accept&selection={token}", _is_the_review)
    assert form is not None
    began = time.perf_counter()
    answer = browser.post("/orders/accept/", form.fields)
    answered = time.perf_counter() - began
    assert answer is Answer.TAKEN, answer
    return began, answered


def _is_the_review(form: Form) -> bool:
    return form.method == "post" and bool(form.value("token"))


def _when(condition: Callable[[], bool], began: float) -> float:
    until(condition, seconds=PATIENCE)
    return time.perf_counter() - began
