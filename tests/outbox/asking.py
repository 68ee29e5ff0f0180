"""Orders that wait to be accepted, actions about them in any state, and time that passes when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.outbox import delivery, following, queue, sweep, valves
from backoffice.outbox.enums import State
from backoffice.outbox.kinds import Json
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES, OrderKind, undecided
from orders.models import Order
from tests.orders import rows
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

MOMENT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def order_to_accept(lines: int = 1, **fields: Any) -> Order:
    """An order in the database alone, whose connection sends."""
    waiting = [rows.line(status="AWAITING_ACCEPTANCE") for _ in range(lines)]
    order = rows.place(status="AWAITING_ACCEPTANCE", order_lines=waiting, **fields)
    Connection.objects.filter(pk=order.connection_id).update(state=ConnectionState.ACTIVE)
    return fresh(order)


def fresh(order: Order) -> Order:
    """The order as the outbox looks at it."""
    return ACCEPT_LINES.targets().get(pk=order.pk)


def decision(order: Order, *, accepted: bool = True, **more: Any) -> Json:
    """The same decision for every line that waits."""
    return {"lines": {line.remote_id: accepted for line in undecided(order)}, **more}


def asked(
    order: Order,
    kind: OrderKind = ACCEPT_LINES,
    *,
    by: User | None = None,
    now: datetime | None = None,
    **more: Any,
) -> Action:
    """Every line accepted, asked the way a page does it."""
    return queue.ask(kind, fresh(order), decision(fresh(order)), by=by, now=now or timezone.now(), **more)


# What a row in each state holds besides; the rest is as `asked` leaves it.
HOLDS: dict[State, dict[str, Any]] = {
    State.TO_APPROVE: {},
    State.HELD: {"not_before": MOMENT + timedelta(seconds=20)},
    State.WAITING: {"not_before": MOMENT},
    State.SENDING: {
        "claim": "worker-1",
        "claimed_until": MOMENT + valves.CLAIM,
        "departed_at": MOMENT,
        "not_before": MOMENT,
    },
    State.SENT: {"departed_at": MOMENT, "sent_at": MOMENT, "remote_id": "remote-action", "ask_at": MOMENT},
    State.CONFIRMED: {"departed_at": MOMENT, "ended_at": MOMENT, "remote_id": "remote-action"},
    State.FAILED: {"departed_at": MOMENT, "ended_at": MOMENT, "cause": "channel", "code": "OTHER"},
    State.UNKNOWN: {"departed_at": MOMENT, "cause": "lost", "claim": "worker-1"},
    State.UNDONE: {"ended_at": MOMENT},
    State.GIVEN_UP: {"ended_at": MOMENT, "departed_at": MOMENT, "cause": "lost", "reason": "Settled by telephone."},
}


def action_in(state: State, kind: OrderKind = ACCEPT_LINES, *, by: User | None = None, **fields: Any) -> Action:
    """An action about an order of its own in this state, at MOMENT."""
    action = asked(order_to_accept(), kind, by=by, now=MOMENT)
    Action.objects.filter(pk=action.pk).update(**{"state": state, **HOLDS[state], **fields})
    action.refresh_from_db()
    return action


def at_mirakl(sandbox: RunningSandbox, cursor: Cursor, lines: int = 1, **fields: Any) -> Order:
    """An order placed in the sandbox and read from there."""
    placed = sandbox.place_order(status="AWAITING_ACCEPTANCE", lines=lines, **fields)
    read(cursor)
    return fresh(Order.objects.get(remote_id=placed["id"]))


def let_go(action: Action) -> None:
    """Ends the undo window, as time would."""
    queue.send_now(action.pk, now=timezone.now())
    sweep.release(timezone.now())


def sent(action: Action) -> Action:
    """Ends the undo window and delivers once."""
    let_go(action)
    delivery.deliver_due(action.connection_id)
    action.refresh_from_db()
    return action


def followed(action: Action) -> Action:
    """Asks once what became of it."""
    Action.objects.filter(pk=action.pk).update(ask_at=timezone.now())
    following.follow(action, action.connection, now=timezone.now())
    action.refresh_from_db()
    return action


def claim_name() -> str:
    return str(uuid4())
