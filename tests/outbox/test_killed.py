"""SIGKILL at the lines that sending, asking and sweeping run through: nothing is lost, nothing is sent twice.

The kill comes from outside of the code: a trace function in a forked process ends it at the given line. `make test`
kills at every fifth line, `make chaos` at every line (THOROUGH).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

import backoffice
from backoffice.outbox import delivery, following, queue, sweep, valves
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Heartbeat, Valve
from backoffice.sync.models import Cursor
from orders.actions import ACCEPT_LINES
from orders.models import Order
from tests.figures import Tell
from tests.outbox.asking import decision, followed, let_go
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db(transaction=True)

HOME = Path(backoffice.__file__).parent
OUTBOX = {str(path) for path in (HOME / "outbox").glob("*.py")}
DELIVERY = {str(HOME / "outbox" / "delivery.py")}
CLIENT = {str(HOME / "mirakl" / name) for name in ("transport.py", "wire.py")}
Line = tuple[str, int]
EVERY = 1 if os.environ.get("THOROUGH") else 5
INHERITED: list[object] = []  # so that no garbage collection closes them


def in_a_process(work: Callable[[], object], files: set[str], at_line: Callable[[Line], None]) -> tuple[int, str]:
    """Runs `work` in a fork whose every line in these files calls `at_line`; how it ended, and the lines it reached."""
    connections.close_all()
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        # Where a browser's event loop was running, this thread has another connection besides the one we closed. It is
        # the parent's: it is neither used nor closed here.
        for connection in connections.all(initialized_only=True):
            INHERITED.append(connection.connection)
            connection.connection = None
        status = 1
        try:
            sys.settrace(_tracer(files, at_line, into))
            work()
            status = 0
        finally:
            sys.settrace(None)
            os._exit(status)
    os.close(into)
    with os.fdopen(out, "r") as stream:
        said = stream.read()
    _, code = os.waitpid(child, 0)
    return code, said


def _tracer(files: set[str], at_line: Callable[[Line], None], into: int) -> Any:
    def local(frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            line = (frame.f_code.co_filename, frame.f_lineno)
            os.write(into, f"{json.dumps(line)}\n".encode())
            at_line(line)
        return local

    def everywhere(frame: FrameType, event: str, argument: object) -> Any:
        return local if frame.f_code.co_filename in files else None

    return everywhere


def lines_of(work: Callable[[], object], files: set[str]) -> list[Line]:
    """The lines that `work` runs through, each once, in their order; the first of every EVERY."""
    code, said = in_a_process(work, files, lambda line: None)
    assert code == 0
    lines = dict.fromkeys(tuple(json.loads(line)) for line in said.splitlines())
    return [(path, number) for path, number in list(lines)[::EVERY]]


def killed_at(work: Callable[[], object], target: Line) -> None:
    def at_line(line: Line) -> None:
        if line == target:
            os.kill(os.getpid(), signal.SIGKILL)

    code, _ = in_a_process(work, {target[0]}, at_line)
    assert os.waitstatus_to_exitcode(code) == -signal.SIGKILL, f"{target} was not reached"


class Orders:
    """Orders at Mirakl that wait, handed out one after the other."""

    def __init__(self, sandbox: RunningSandbox, cursor: Cursor) -> None:
        self.sandbox, self.cursor = sandbox, cursor
        self.there: list[Order] = []

    def action(self) -> Action:
        """An action about the next order, due now."""
        if not self.there:
            known = set(Order.objects.values_list("pk", flat=True))
            self.sandbox.place_orders(200, status="AWAITING_ACCEPTANCE", lines=1)
            read(self.cursor)
            self.there = list(ACCEPT_LINES.targets().exclude(pk__in=known))
        order = self.there.pop()
        action = queue.ask(ACCEPT_LINES, order, decision(order), by=None, now=timezone.now())
        let_go(action)
        return action

    def taken(self) -> Counter[int]:
        """How often Mirakl took a change of each order, by our primary key."""
        keys = dict(Order.objects.values_list("remote_id", "pk"))
        return Counter(keys[one["order_id"]] for one in self.sandbox.actions())


@pytest.fixture
def orders(sandbox: RunningSandbox, cursor: Cursor) -> Orders:
    return Orders(sandbox, cursor)


def deliver(action: Action) -> None:
    delivery.deliver_due(action.connection_id)


def claims_over() -> None:
    """As if the time of every claim had passed: their workers are dead."""
    sweep.recover(timezone.now() + valves.CLAIM + timedelta(seconds=1))


def test_killed_while_sending_an_action_is_sent_once_or_unknown(orders: Orders, tell: Tell) -> None:
    first = orders.action()
    lines = lines_of(lambda: deliver(first), OUTBOX | CLIENT)
    killed: dict[Line, Action] = {}

    for line in lines:
        action = killed[line] = orders.action()
        killed_at(partial(deliver, action), line)
        claims_over()
        deliver(action)

    taken = orders.taken()
    for line, action in killed.items():
        action.refresh_from_db()
        times = taken[action.target_id]
        assert times <= 1, f"sent twice after a kill at {line}"
        assert action.state in {State.SENT, State.UNKNOWN}, f"{action.state} after a kill at {line}"
        assert times == 1 or action.state == State.UNKNOWN, f"lost after a kill at {line}"
    ends = Counter(action.state for action in killed.values())
    _all_come_to_an_end(orders)
    tell(f"SIGKILL while sending: at {len(lines)} lines, each once; then {_said(ends)}; twice 0, lost 0.")


def test_killed_while_mirakl_says_later_an_action_still_leaves_once(orders: Orders, tell: Tell) -> None:
    def deliver_against_429(action: Action) -> Callable[[], None]:
        orders.sandbox.clear_faults()
        orders.sandbox.fault("v2-acceptOrderLines", kind="429", retry_after=0, times=4)
        return lambda: deliver(action)

    lines = lines_of(deliver_against_429(orders.action()), DELIVERY)

    killed: dict[Line, Action] = {}

    for line in lines:
        action = killed[line] = orders.action()
        killed_at(deliver_against_429(action), line)
        orders.sandbox.clear_faults()
        claims_over()
        Valve.objects.all().delete()
        Action.objects.filter(pk=action.pk, state=State.WAITING).update(not_before=timezone.now())
        deliver(action)

    taken = orders.taken()
    for line, action in killed.items():
        action.refresh_from_db()
        times = taken[action.target_id]
        assert times == 1 or (times == 0 and action.state == State.UNKNOWN), f"{action.state}, {times} after {line}"
    tell(f"SIGKILL while Mirakl says 429: at {len(lines)} lines; twice 0, lost 0.")


def test_killed_while_asking_an_action_is_asked_about_again(orders: Orders, tell: Tell) -> None:
    def sent() -> Action:
        action = orders.action()
        deliver(action)
        orders.sandbox.settle()
        Action.objects.filter(pk=action.pk).update(ask_at=timezone.now())
        action.refresh_from_db()
        return action

    def ask(action: Action) -> Callable[[], object]:
        return lambda: following.follow_due(action.connection_id)

    lines = lines_of(ask(sent()), OUTBOX)

    for line in lines:
        action = sent()
        killed_at(ask(action), line)
        assert followed(action).state == State.CONFIRMED, f"after a kill at {line}"

    tell(f"SIGKILL while asking: at {len(lines)} lines; every action confirmed.")


def test_killed_while_sweeping_the_next_one_finds_everything(orders: Orders, tell: Tell) -> None:
    def stuck() -> tuple[Action, Action]:
        """One that never left, one that may have; everything else is over, and the last heartbeat long ago."""
        Action.objects.update(state=State.GIVEN_UP)
        Heartbeat.objects.all().delete()
        pair = orders.action(), orders.action()
        for action, departed_at in zip(pair, (None, timezone.now()), strict=True):
            Action.objects.filter(pk=action.pk).update(
                state=State.SENDING, claim="dead", claimed_until=timezone.now(), departed_at=departed_at
            )
        return pair

    def tick() -> None:
        sweep.tick(timezone.now())

    stuck()
    lines = lines_of(tick, OUTBOX)

    for line in lines:
        pair = stuck()
        killed_at(tick, line)
        tick()
        assert [Action.objects.get(pk=one.pk).state for one in pair] == [State.WAITING, State.UNKNOWN], line

    tell(f"SIGKILL while sweeping: at {len(lines)} lines; the next sweep found both stuck actions.")


def _all_come_to_an_end(orders: Orders) -> None:
    """What Mirakl took is confirmed, by its status or by a reading; only what it never took needs a person."""
    orders.sandbox.settle()
    for action in Action.objects.filter(state=State.SENT):
        followed(action)
    read(orders.cursor)
    sweep.tick(timezone.now())
    taken = orders.taken()
    for action in Action.objects.all():
        assert action.state == (State.CONFIRMED if taken[action.target_id] else State.UNKNOWN)


def _said(ends: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(ends.items()))
