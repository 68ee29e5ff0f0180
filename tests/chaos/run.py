"""One run: start everything, press and break, mend everything, wait until it rests, judge."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.clients import CLIENTS, Client, Tidier
from tests.chaos.collecting import collect, taken
from tests.chaos.database import Database
from tests.chaos.events import Breaker
from tests.chaos.evidence import Evidence
from tests.chaos.ledger import Ledger
from tests.chaos.plan import AHEAD, Job, Plan
from tests.chaos.system import System
from tests.waiting import until

JOURNAL_EVERY = 3.0  # seconds; the sandbox keeps the last 2,000 calls
LONGEST_REST = 420.0  # seconds: a claim of two minutes, and the last repetition of a failed action a minute later
UNREST = """
SELECT
  (SELECT count(*) FROM outbox_action WHERE state IN ('held', 'waiting', 'sending'))
  + (SELECT count(*) FROM outbox_action WHERE state = 'confirmed' AND seen_at IS NULL AND differs_at IS NULL)
  + (SELECT count(*) FROM outbox_action WHERE state = 'unknown' AND reads < 2) AS unrest
"""


@dataclass(slots=True)
class Outcome:
    evidence: Evidence
    breaker: Breaker
    ledger: Ledger
    rested: bool
    missed: list[str] = field(default_factory=list)  # events that found nothing to strike
    kills: dict[str, int] = field(default_factory=dict)


def run(system: System, plan: Plan, say: Callable[[str], None]) -> Outcome:
    database, ledger = system.database(), Ledger()
    breaker = Breaker(system, database, ledger)
    orders = _placed(system, database, plan)
    say(f"{plan.orders} orders were placed and read; {CLIENTS} clients begin")
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in plan.jobs:
        jobs.put(job)
    clients = [Client(system.url, system.database(), ledger, jobs, orders) for _ in range(CLIENTS)]
    tidier = Tidier(system.url, system.database(), ledger, plan.seed)
    for thread in (*clients, tidier):
        thread.start()
    missed = _break(plan, breaker, ledger, clients, say)
    system.sandbox.clear_faults()
    system.start_the_dead()
    say("everything is mended; waiting until nothing is under way")
    rested = _rest(system, database, breaker)
    tidier.stop()
    rested = _rest(system, database, breaker)  # what was asked for again at the end
    breaker.read_journal()
    for name in ("scheduler", "worker-a", "worker-b"):
        system.members[name].end()
    kills = {name: member.kills for name, member in system.members.items()}
    return Outcome(collect(database, system.sandbox, ledger), breaker, ledger, rested, missed, kills)


def _placed(system: System, database: Database, plan: Plan) -> dict[int, dict[int, str]]:
    """The orders of each job: our primary key and Mirakl's id."""
    fates = [fate for job in plan.jobs for fate in job.fates]
    ids: list[str] = []
    while len(ids) < len(fates):
        ids += system.sandbox.place_orders(min(1000, len(fates) - len(ids)))
    for order_id, fate in zip(ids, fates, strict=True):
        if fate:
            system.sandbox.script_action(order_id=order_id, **fate)
    count = "SELECT count(*) AS there FROM orders_order"
    until(lambda: database.rows(count)[0]["there"] == len(ids), seconds=60)
    keys = {row["remote_id"]: row["id"] for row in database.rows("SELECT id, remote_id FROM orders_order")}
    left = iter(ids)
    return {job.number: {keys[one]: one for one in (next(left) for _ in job.fates)} for job in plan.jobs}


def _break(
    plan: Plan, breaker: Breaker, ledger: Ledger, clients: list[Client], say: Callable[[str], None]
) -> list[str]:
    """Strikes each event when so many forms were begun; returns when the clients are done and all is mended."""
    events, missed = list(plan.events), []
    looked = time.monotonic()
    while events or breaker.busy or any(client.is_alive() for client in clients):
        ledger.most = events[0].after + AHEAD if events else len(plan.jobs)
        breaker.tick()
        if events and (ledger.forms >= events[0].after or not any(client.is_alive() for client in clients)):
            event = events.pop(0)
            ledger.most = events[0].after + AHEAD if events else len(plan.jobs)
            how = breaker.strike(event)
            if how:
                missed.append(event.what)
            say(f"form {ledger.forms:>4}: {event}{f' ({how})' if how else ''}")
        elif time.monotonic() - looked > JOURNAL_EVERY:
            breaker.read_journal()
            looked = time.monotonic()
        else:
            time.sleep(0.02)
    return missed


def _rest(system: System, database: Database, breaker: Breaker) -> bool:
    """Whether everything came to its end: nothing open but what the sandbox never ends, and all of it was read."""
    end = time.monotonic() + LONGEST_REST
    while not (_quiet(system, database) and _quiet(system, database)):
        if time.monotonic() > end:
            return False
        breaker.read_journal()
        time.sleep(1)
    return True


def _quiet(system: System, database: Database) -> bool:
    endless = {one["id"] for one in system.sandbox.actions() if taken(one).endless}
    sent = {row["remote_id"] for row in database.rows("SELECT remote_id FROM outbox_action WHERE state = 'sent'")}
    return sent <= endless and not database.rows(UNREST)[0]["unrest"]
