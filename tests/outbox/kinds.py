"""Kinds for tests: what acceptance is not. They send what acceptance sends, to the same sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from backoffice.connections import clients
from backoffice.connections.models import Connection
from backoffice.mirakl.operations import Outcome
from backoffice.mirakl.watching import Watcher
from backoffice.outbox.kinds import Item, Json, Objection, register
from backoffice.outbox.models import Action
from backoffice.users.models import User
from orders.actions import AcceptLines
from orders.models import Order


class AtOnce(AcceptLines):
    """Its answer is its end, and it has no undo window."""

    name = "tests.at_once"
    outcome = Outcome.NOW
    undo = timedelta(0)


class ReadBack(AcceptLines):
    """Only a reading shows that it happened."""

    name = "tests.read_back"
    outcome = Outcome.READ_BACK


class Harmless(AcceptLines):
    """May be sent twice."""

    name = "tests.harmless"
    harmless_twice = True


class Costly(AcceptLines):
    """A colleague has to agree."""

    name = "tests.costly"

    def needs_approval(self, target: Order, request: Json, by: User | None) -> bool:
        return True


class Together(AcceptLines):
    """Four travel in one call. One whose request says "bad" makes Mirakl refuse the whole call."""

    name = "tests.together"
    batch_of = 4

    def send(self, connection: Connection, watcher: Watcher, items: Sequence[Item[Order]]) -> str:
        client = clients.connect(connection, watcher=watcher)
        bad = any("bad" in item.action.request for item in items)
        lines = {"no-such-line": True} if bad else items[0].action.request["lines"]
        return client.accept_order_lines(items[0].target.remote_id, lines)


class Shared(AcceptLines):
    """Any number may be open on one order: they share its lane."""

    name = "tests.shared"

    def exclusive(self, target: Order, request: Json) -> str:
        return ""


class Broken(AcceptLines):
    """Has faults of ours: in what runs again before sending, and in what looks for a trace."""

    name = "tests.broken"

    def check(self, target: Order, request: Json, own: Action | None = None) -> Objection | None:
        if "now" in request:
            raise TypeError("nobody thought of that")
        return super().check(target, request, own)

    def evidence(self, target: Order, action: Action) -> bool:
        raise TypeError("nobody thought of that")


AT_ONCE, READ_BACK, HARMLESS, COSTLY, TOGETHER, SHARED, BROKEN = (
    AtOnce(),
    ReadBack(),
    Harmless(),
    Costly(),
    Together(),
    Shared(),
    Broken(),
)
for kind in (AT_ONCE, READ_BACK, HARMLESS, COSTLY, TOGETHER, SHARED, BROKEN):
    register(kind)
