"""Carries out what the plan breaks. Everything is done from outside: signals, sockets, the sandbox's own switches."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

import redis
import requests

from tests.chaos.database import Database
from tests.chaos.ledger import Ledger
from tests.chaos.plan import ACCEPT, SLEEPER, STATUS, TOKEN, WITHIN_A_BULK, Event
from tests.chaos.processes import Process
from tests.chaos.system import System

MOMENT = 40.0  # seconds to wait for a named step; then it is struck anyway and noted as missed
MORE = 15  # forms that clients may begin while a named step is waited for
PAST_THE_CLAIM = 150.0  # a claim lasts 120 s, and the sweep comes by every second
SENDING = "SELECT id FROM outbox_action WHERE state = 'sending' AND departed_at IS "


class Breaker:
    """Told of an event, breaks something now and mends it later. `tick` has to be called all the time."""

    def __init__(self, system: System, database: Database, ledger: Ledger) -> None:
        self._system, self._database, self._ledger = system, database, ledger
        self._later: list[tuple[Callable[[], bool], Callable[[], None]]] = []
        self.counts: Counter[str] = Counter()
        self.claims_ended = 0
        self.struck: Counter[str] = Counter()  # faults, as the sandbox says
        self._seen: set[str] = set()
        self._asleep: list[int] = []  # actions that the sleeping worker holds
        self._named: dict[str, Callable[[Event], bool]] = {
            SLEEPER: self._freeze_past_the_claim,
            "workers killed before the departure": self._before_the_departure,
            "workers killed after departed_at": self._after_the_departure,
            "workers killed while the sandbox has the write": self._within_the_write,
            "workers killed while a status is asked": self._within_the_question,
            WITHIN_A_BULK: self._within_the_bulk,
        }

    @property
    def busy(self) -> bool:
        return bool(self._later)

    def tick(self) -> None:
        due = [(when, mend) for when, mend in self._later if when()]
        for one in due:
            self._later.remove(one)
            one[1]()

    def strike(self, event: Event) -> str:
        """Breaks it; how that went, in a word."""
        self._soon(lambda: all(member.works for member in self._needed(event)), seconds=15)
        if event.what in self._named:
            self._ledger.most += MORE  # so that something is under way
            self._told(self._system.sandbox.clear_faults)  # the one that is to strike must not stand in line
            hit = self._named[event.what](event)
        elif event.what.startswith(("kill", "freeze")):
            hit = self._process(event)
        else:
            hit = self._other(event)
        if hit:
            self.counts[event.what] += 1
        return "" if hit else "nothing there to strike"

    def _needed(self, event: Event) -> list[Process]:
        """Who has to be up for this to strike."""
        members = self._system.members
        if event.what in self._named:
            return list(members.values())
        names = {name for name in members if name in event.what}
        if "workers" in event.what:
            names |= {"worker-a", "worker-b"}
        if "pool" in event.what:
            names.add("worker-a")
        if event.what in ("fault", "revoke tokens"):
            names.add("sandbox")
        if event.what in ("lose all messages", "drop clients") and "broker" in members:
            names.add("broker")
        return [members[name] for name in names]

    # --- processes ---

    def _process(self, event: Event) -> bool:
        verb, _, name = event.what.partition(" ")
        if name == "a pool process":
            return self._system.members["worker-a"].kill_a_child(int(event.seconds * 10))
        if name == "both workers":
            return self._kill_workers(event.seconds)
        return self._freeze(name, event.seconds) if verb == "freeze" else self._kill(name, event.seconds)

    def _kill(self, name: str, seconds: float) -> bool:
        if name == "sandbox":
            self.read_journal()  # it dies with it
        member = self._system.members[name]
        self._after(seconds, member.start)
        return member.kill()

    def _kill_workers(self, seconds: float) -> bool:
        return all([self._kill("worker-a", seconds), self._kill("worker-b", seconds)])

    def _freeze(self, name: str, seconds: float) -> bool:
        member = self._system.members[name]
        self._after(seconds, member.thaw)
        return member.freeze()

    def _after(self, seconds: float, mend: Callable[[], None], *, or_when: Callable[[], bool] = lambda: False) -> None:
        end = time.monotonic() + seconds
        self._later.append((lambda: time.monotonic() >= end or or_when(), mend))

    # --- broker, database, sandbox ---

    def _other(self, event: Event) -> bool:
        others: dict[str, Callable[[Event], bool]] = {
            "lose the broker": self._lose_the_broker,
            "lose all messages": self._lose_all_messages,
            "drop clients": self._drop_clients,
            "drop database connections": lambda event: bool(self._database.drop_connections(5)),
            "revoke tokens": lambda event: self._told(self._system.sandbox.revoke_tokens),
            "fault": self._fault,
        }
        return others[event.what](event)

    def _lose_the_broker(self, event: Event) -> bool:
        if self._system.broker.process is not None:
            return self._kill("broker", event.seconds)
        return self._drop_clients(event) and self._lose_all_messages(event)

    def _lose_all_messages(self, event: Event) -> bool:
        return self._told(self._system.broker.forget)

    def _drop_clients(self, event: Event) -> bool:
        return self._told(self._system.broker.drop_connections)

    def _fault(self, event: Event) -> bool:
        return self._told(lambda: self._system.sandbox.fault(**event.fault))

    def _told(self, verb: Callable[[], object]) -> bool:
        """False where the one who should be told is dead at the moment."""
        try:
            verb()
        except (requests.RequestException, redis.RedisError):
            return False
        return True

    # --- named steps ---

    def _before_the_departure(self, event: Event) -> bool:
        """A worker has the claim and fetches a token, which takes long: the broker, which kept it, forgot it."""
        self._told(self._system.broker.forget)
        self._told(lambda: self._system.sandbox.fault(TOKEN, kind="slow", seconds=4.0, times=4))
        hit = self._soon(lambda: bool(self._database.rows(SENDING + "NULL LIMIT 1")))
        return self._kill_and_free(event) and hit

    def _after_the_departure(self, event: Event) -> bool:
        hit = self._soon(lambda: bool(self._database.rows(SENDING + "NOT NULL LIMIT 1")))
        return self._kill_and_free(event) and hit

    def _within_the_write(self, event: Event) -> bool:
        return self._within(ACCEPT) and self._kill_and_free(event)

    def _within_the_question(self, event: Event) -> bool:
        return self._within(STATUS) and self._kill_and_free(event)

    def _within(self, operation: str) -> bool:
        """Waits until the sandbox has such a call and lets it wait."""
        if not self._told(lambda: self._system.sandbox.fault(operation, kind="slow", seconds=5.0)):
            return False
        return self._soon(lambda: self._is_waiting(operation))

    def _is_waiting(self, operation: str) -> bool:
        try:
            journal = self._system.sandbox.journal()
        except requests.RequestException:
            return False
        calls = [call for call in journal if (call["operation"], call["fault"]) == (operation, "slow")]
        return any(call["milliseconds"] is None for call in calls)

    def _kill_and_free(self, event: Event) -> bool:
        """Both workers, so that the one that holds it is hit. As nobody is left who could hold a claim, the claims end
        at once: waited for, each would keep one of the four places of the connection for two minutes."""
        killed = self._kill_workers(event.seconds)
        sql = self._database.END_CLAIMS
        if asleep := self._asleep:
            sql += f" AND id NOT IN ({marks(asleep)})"
        self.claims_ended += len(self._database.rows(sql + " RETURNING id", *asleep))
        return killed

    def _freeze_past_the_claim(self, event: Event) -> bool:
        """A third worker holds a write that is under way, and sleeps until its claim is over and the sweep has been by.
        Then the answer that lay in its socket all the time comes late."""
        sleeper, others = self._system.sleeper, [self._system.members[name] for name in ("worker-a", "worker-b")]
        sleeper.start()
        sleeper.wait_until_it_answers()
        for worker in others:
            worker.freeze()
        hit = self._within(ACCEPT)
        sleeper.freeze()
        for worker in others:
            worker.thaw()
        self._asleep = held = [row["id"] for row in self._database.rows(SENDING + "NOT NULL")]
        self._after(PAST_THE_CLAIM if held else 0, sleeper.thaw, or_when=lambda: not self._still_sending(held))
        return hit and bool(held)

    def _still_sending(self, actions: list[int]) -> bool:
        sending = {row["id"] for row in self._database.rows(SENDING + "NOT NULL")}
        return bool(sending.intersection(actions))

    def _within_the_bulk(self, event: Event) -> bool:
        """Its client waits for us; a moment after it lets go, the web server is at work on it."""
        self._ledger.bulk_awaited.set()
        hit = self._soon(self._ledger.bulk_on_its_way.is_set)
        time.sleep(event.seconds / 40)
        return self._kill("web", event.seconds) and hit

    def _soon(self, condition: Callable[[], bool], seconds: float = MOMENT) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.tick()
        return True

    # --- figures ---

    def read_journal(self) -> None:
        """Counts the faults that struck since the last look."""
        try:
            journal = self._system.sandbox.journal()
        except requests.RequestException:
            return
        for call in journal:
            if call["fault"] and call["request_id"] not in self._seen:
                self._seen.add(call["request_id"])
                self.struck[f"{call['operation']} {call['fault']}"] += 1


def marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values)) or "NULL"
