"""What the page of one order shows: the order as Mirakl last gave it, and beside it what is asked of Mirakl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from backoffice.outbox.enums import State
from backoffice.outbox.history import moment_of
from backoffice.outbox.models import Action
from backoffice.outbox.shown import MOVING, Shown, is_conflict
from backoffice.outbox.shown import shown as shown_action
from backoffice.timeline.shown import Timeline, stored, timeline
from backoffice.users import rights
from backoffice.users.models import User
from orders import amounts, history, packing, rows, shipping
from orders.actions import ACCEPT_LINES, undecided
from orders.addresses import written
from orders.badges import badge
from orders.dates import dates_of
from orders.deciding import blocking, intents_of, objection
from orders.enums import Stage
from orders.lines import lines_of
from orders.models import Order
from orders.parcels import ShownParcel, parcels_of, underway
from orders.steps import Packed, banners, next_step

# Where shipping is, or would be, the next thing to do.
SHIPS = (Stage.TO_SHIP, Stage.WAITING, Stage.OTHER)


def shown(order: Order, actions: Sequence[Action], user: User, *, show: str, now: datetime) -> dict[str, Any]:
    """The context of the page. `actions`: about this order, newest first; `show`: which part of its timeline."""
    asked = [shown_action(action, now) for action in actions]
    decided = blocking(actions)
    newest = next((one for one in asked if one.is_moving or one.needs_a_person), None)
    parcels = parcels_of(order, asked)
    left = packing.what_is_left(order, actions)
    return {
        "now": now,
        "order": order,
        "document": order.document,
        "badge": badge(order.status),
        "step": next_step(order, decided, _packed(parcels, left), now),
        "banners": list(banners(order, now)),
        "dates": dates_of(order),
        "lines": lines_of(order.document, intents_of(actions, now), shipping.shipped(order), underway(parcels, asked)),
        "summary": amounts.summary(order.document),
        "actions": asked,
        "newest": newest,
        "alarm": _alarm(newest),
        "every": _pace(actions) if any(one.is_moving for one in asked) else "",
        "decides": order.stage == Stage.TO_ACCEPT or bool(undecided(order)),
        "objection": _objection(order, decided, user),
        "parcels": parcels,
        "ships": order.stage in SHIPS or bool(left),
        "ship_objection": _no_right(user) or packing.objection(order, actions),
        "left": _left(newest.action, now) if newest else 0,
        "timeline": _timeline(order, asked, show, now),
        **_personal(order, user),
        "others_query": urlencode({"q": order.customer}),
        **_technical(order, user),
    }


def _objection(order: Order, decided: Action | None, user: User) -> str:
    return _no_right(user) or objection(order, decided)


def _no_right(user: User) -> str:
    if user.has_perm(rights.ACT):
        return ""
    return _("Your account may look, but not change anything. An administrator can give it the right.")


def _packed(parcels: Sequence[ShownParcel], left: Mapping[str, int]) -> Packed:
    """A failed parcel holds nothing: what was to be in it is left."""
    if left or not parcels:
        return Packed.IN_PART
    return Packed.CONFIRMED if all(one.confirmed or one.failed for one in parcels) else Packed.ASKED


def _alarm(newest: Shown | None) -> str:
    """How the banner of the newest action looks; "" when it needs none."""
    if newest is None:
        return ""
    if newest.action.state == State.HELD:
        return "held"
    if not newest.needs_a_person:
        return ""
    if is_conflict(newest.action):
        return "conflict"
    return "failed" if newest.action.state == State.FAILED else "unknown"


def _timeline(order: Order, asked: Sequence[Shown], show: str, now: datetime) -> Timeline:
    """One query: for what was written down."""
    told = [*history.told_by(order), *(moment_of(one, now) for one in asked)]
    return timeline([*told, *stored(history.OBJECT, order.pk)], show=show)


def _personal(order: Order, user: User) -> dict[str, Any]:
    """What tells who the customer is, for those who may see it."""
    if order.anonymized_at or not user.has_perm(rights.PERSONAL):
        return {"personal": False, "delivery": None, "billing": None}
    info, bill = order.document.shipping_info.address, order.document.billing_info.address
    delivery, billing = (written(address) if address else None for address in (info, bill))
    return {"personal": True, "delivery": delivery, "billing": billing, "same_address": info == bill}


def _technical(order: Order, user: User) -> dict[str, Any]:
    """The payload, and up to when orders were read completely, for those who may see technical details. One query."""
    if not user.has_perm(rights.TECHNICAL):
        return {}
    payload = rows.readable(order.payload, personal=user.has_perm(rights.PERSONAL))
    return {"raw": payload, "read_to": ACCEPT_LINES.complete_to(order.connection)}


def _pace(actions: Sequence[Action]) -> str:
    """How often the page looks again: while one is on its way it is a matter of seconds."""
    return "2s" if any(action.state in MOVING for action in actions) else "10s"


def _left(action: Action, now: datetime) -> int:
    """For how many seconds a held action can surely be undone."""
    return max(round((action.not_before - now).total_seconds()), 0) if action.state == State.HELD else 0
