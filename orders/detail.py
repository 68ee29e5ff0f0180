"""What the page of one order shows: the order as Mirakl last gave it, and beside it what is asked of Mirakl."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.outbox.shown import MOVING
from backoffice.outbox.shown import shown as shown_action
from orders import amounts
from orders.actions import undecided
from orders.badges import badge
from orders.deciding import blocking, intents_of, objection
from orders.enums import Stage
from orders.lines import lines_of
from orders.listing import deadline
from orders.models import Order


def shown(order: Order, actions: Sequence[Action], *, now: datetime) -> dict[str, Any]:
    """The context of the page. `actions`: about this order, newest first."""
    asked = [shown_action(action, now) for action in actions]
    newest = next((one for one in asked if one.is_moving or one.needs_a_person), None)
    return {
        "now": now,
        "order": order,
        "document": order.document,
        "badge": badge(order.status),
        "deadline": deadline(order),
        "lines": lines_of(order.document, intents_of(actions, now)),
        "summary": amounts.summary(order.document),
        "actions": asked,
        "newest": newest,
        "every": _pace(actions) if any(one.is_moving for one in asked) else "",
        "decides": order.stage == Stage.TO_ACCEPT or bool(undecided(order)),
        "objection": objection(order, blocking(actions)),
        "left": _left(newest.action, now) if newest else 0,
    }


def _pace(actions: Sequence[Action]) -> str:
    """How often the page looks again: while one is on its way it is a matter of seconds."""
    return "2s" if any(action.state in MOVING for action in actions) else "10s"


def _left(action: Action, now: datetime) -> int:
    """For how many seconds a held action can surely be undone."""
    return max(round((action.not_before - now).total_seconds()), 0) if action.state == State.HELD else 0
