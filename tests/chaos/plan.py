"""What will be pressed and what will break, decided by a seed before anything starts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

STAFF = ("manager@demo.test", "agent@demo.test", "admin@demo.test")

# How an order is decided, out of a hundred. The rest of the names: see clients.py.
WAYS = {
    "plain": 66,  # the form, and "send now"
    "twice": 8,  # the same form twice at the same instant
    "two people": 8,  # two forms of two people at the same instant
    "undo soon": 6,
    "undo at the end": 4,  # at the very end of the undo window
    "wait": 4,  # nobody presses "send now"
    "bulk": 4,  # together with those beside it, which are so many as to make this the second largest
}
BULK = 12
AHEAD = 6  # forms that may be begun before the events that are due have struck

# What the marketplace makes of it, out of a hundred. `seconds` are the marketplace's.
FATES: tuple[tuple[int, dict[str, Any]], ...] = (
    (66, {}),
    (4, {"code": "UNEXPECTED"}),
    (3, {"code": "UNAVAILABLE", "times": 2}),
    (3, {"code": "TOO_MANY_REQUEST"}),
    (4, {"code": "OUT_OF_STOCK"}),  # the second time it works
    (3, {"code": "ORDER_IN_WRONG_STATE", "times": None}),
    (2, {"code": "OTHER", "message": "Wir machen Betriebsferien.", "times": None}),
    (4, {"outcome": "slow", "seconds": 300}),
    (3, {"outcome": "unknown-word", "seconds": 300}),
    (1, {"outcome": "unknown-word", "times": None}),
    (1, {"outcome": "pending-for-ever", "times": None}),
    (3, {"outcome": "forget", "times": None}),
    (3, {"outcome": "forget", "code": "OUT_OF_STOCK", "times": None}),
)

ACCEPT, STATUS, ORDERS, TOKEN = "v2-acceptOrderLines", "v2-getActionStatus", "v2-listOrders", "token"
# Once each, at a step of an action that is waited for.
NAMED = (
    "workers killed before the departure",
    "workers killed after departed_at",
    "workers killed while the sandbox has the write",
    "workers killed while a status is asked",
)
WITHIN_A_BULK = "web killed while a bulk is stored"
SLEEPER = "worker frozen past its claim"  # the first of all: it takes two minutes
SERVER_ONLY = "drop database connections"
KILLS = (
    *("kill worker-a", "kill worker-b", "kill both workers", "kill a pool process", "kill scheduler", "kill web"),
    *("kill sandbox", "freeze worker-a", "freeze worker-b", "lose the broker", "lose all messages", "drop clients"),
    SERVER_ONLY,
)
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    (ACCEPT, {"kind": "cut", "when": "before", "times": 3}),
    (ACCEPT, {"kind": "cut", "when": "midway", "times": 3}),
    (ACCEPT, {"kind": "cut", "when": "after_commit", "times": 3}),
    (ACCEPT, {"kind": "429", "times": 1}),  # without Retry-After everything waits for a minute
    (ACCEPT, {"kind": "429", "retry_after": 1, "times": 6}),
    (ACCEPT, {"kind": "slow", "seconds": 4.0, "times": 3}),
    (ACCEPT, {"kind": "500", "times": 2}),
    (ACCEPT, {"kind": "503", "times": 2}),
    (ACCEPT, {"kind": "401", "times": 2}),
    (ACCEPT, {"kind": "html", "times": 2}),
    (ACCEPT, {"kind": "broken-json", "times": 2}),
    (STATUS, {"kind": "cut", "when": "midway", "times": 3}),
    (STATUS, {"kind": "429", "retry_after": 1, "times": 6}),
    (STATUS, {"kind": "html", "times": 3}),
    (STATUS, {"kind": "broken-json", "times": 3}),
    (STATUS, {"kind": "500", "times": 3}),
    (ORDERS, {"kind": "cut", "when": "midway", "times": 2}),
    (ORDERS, {"kind": "broken-json", "times": 1}),
    (TOKEN, {"kind": "503", "times": 3}),
    ("*", {"kind": "429", "retry_after": 3, "share": 0.5, "times": 10}),
    ("*", {"kind": "503", "share": 0.5, "times": 10}),
    ("revoke", {}),
)


Step = str | tuple[str, dict[str, Any]]  # the name of an event, or an operation and its fault


@dataclass(frozen=True, slots=True)
class Job:
    """One order to decide, or some for "bulk". `fates`: how the marketplace ends each."""

    number: int
    way: str
    decision: str  # "accept", "refuse", "mixed"
    who: int
    fates: tuple[dict[str, Any], ...]
    chance: float  # from 0 to 1, for what the way leaves to chance
    killed: bool = False  # the bulk during which the web server is killed

    @property
    def orders(self) -> int:
        return len(self.fates)


@dataclass(frozen=True, slots=True)
class Event:
    """What breaks after so many forms were pressed. `seconds`: how long it stays broken."""

    after: int
    what: str
    seconds: float = 0
    fault: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        details = " ".join(f"{name}={value}" for name, value in self.fault.items())
        return f"{self.what}{f' {details}' if details else ''}{f' for {self.seconds:.1f} s' if self.seconds else ''}"


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    jobs: list[Job]
    events: list[Event]

    @property
    def orders(self) -> int:
        return sum(job.orders for job in self.jobs)


def make(actions: int, seed: int, *, server: bool) -> Plan:
    """The same for the same arguments. `server`: the database is one, whose connections can be dropped."""
    rng = Random(f"chaos {seed} {actions}")  # noqa: S311 -- a plan, no secret
    jobs: list[Job] = []
    while (there := sum(job.orders for job in jobs)) < actions:
        jobs.append(_job(rng, len(jobs), actions - there))
    if bulks := [job.number for job in jobs if job.way == "bulk"]:
        chosen = rng.choice(bulks)
        jobs[chosen] = replace(jobs[chosen], killed=True)
    return Plan(seed, jobs, _events(rng, jobs, server=server))


def _job(rng: Random, number: int, most: int) -> Job:
    way = rng.choices(list(WAYS), list(WAYS.values()))[0]
    if number in (5, 20):  # there are always some
        way = "bulk"
    count = min(BULK, most) if way == "bulk" else 1
    return Job(
        number=number,
        way=way,
        decision="accept" if way == "bulk" else rng.choices(("accept", "refuse", "mixed"), (70, 15, 15))[0],
        who=rng.randrange(len(STAFF)),
        fates=tuple(rng.choices([fate for _, fate in FATES], [weight for weight, _ in FATES])[0] for _ in range(count)),
        chance=rng.random(),
    )


def _events(rng: Random, jobs: list[Job], *, server: bool) -> list[Event]:
    """About one for every three forms; the first forms meet a healthy system."""
    first, last = min(5, len(jobs)), len(jobs)
    kills = [kill for kill in KILLS if server or kill != SERVER_ONLY]
    pool: list[Step] = [*kills, *kills, *FAULTS]
    rng.shuffle(pool)
    some = [pool[number % len(pool)] for number in range(max(len(jobs) // 3, 6))]
    steps: list[Step] = [*NAMED, *some]
    rng.shuffle(steps)
    places = sorted(rng.randint(first, last) for _ in steps)
    events = [_event(rng, place, step) for place, step in zip(places, steps, strict=True)]
    killed = [job.number + 1 for job in jobs if job.killed]
    events += [Event(after, WITHIN_A_BULK, seconds=round(rng.uniform(1, 3), 1)) for after in killed]
    return [Event(first, SLEEPER), *sorted(events, key=lambda event: event.after)]


def _event(rng: Random, after: int, step: Step) -> Event:
    if isinstance(step, str):
        return Event(after, step, seconds=round(rng.uniform(3, 10) if "freeze" in step else rng.uniform(0.5, 4), 1))
    operation, fault = step
    if operation == "revoke":
        return Event(after, "revoke tokens")
    return Event(after, "fault", fault={"operation": operation, **fault})


def described(plan: Plan) -> str:
    """For the terminal, and to be compared between two runs of the same seed."""
    ways = Counter(job.way for job in plan.jobs)
    lines = [f"Plan of seed {plan.seed}: {plan.orders} orders on {len(plan.jobs)} forms"]
    lines.append("  " + ", ".join(f"{way} {count}" for way, count in ways.most_common()))
    lines += [f"  after form {event.after:>4}: {event}" for event in plan.events]
    return "\n".join(lines)
