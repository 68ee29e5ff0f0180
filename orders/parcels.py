"""The parcels of an order as its page shows them: those that the channel confirmed, and those still asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.kinds import Json
from backoffice.outbox.shown import Shown
from backoffice.web.badges import Badge
from orders import shipping
from orders.actions import SHIP_LINES
from orders.models import Order, OrderLine, Parcel


@dataclass(frozen=True, slots=True)
class Content:
    units: int
    sku: str
    title: str


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """`shown`: the action that asked for it, where that is among the newest hundred; `link`: "" where the tracking URL
    leads nowhere that a browser should go."""

    action_id: int
    contents: list[Content]
    carrier: str
    number: str
    link: str
    return_number: str
    warehouse: str
    at: datetime
    badge: Badge
    confirmed: bool
    shown: Shown | None

    @property
    def failed(self) -> bool:
        return self.shown is not None and self.shown.can_retry

    @property
    def who(self) -> str:
        if self.shown is None:
            return ""
        return _("by itself") if self.shown.action.automatic else str(self.shown.action.asked_by or _("a rule"))


def parcels_of(order: Order, asked: Sequence[Shown]) -> list[ShownParcel]:
    """Newest first. `asked`: the actions about the order. Without queries when the order came with its parcels."""
    lines = {line.remote_id: line for line in order.lines.all()}
    mine = {one.action.pk: one for one in asked if one.action.kind == SHIP_LINES.name}
    confirmed = [_confirmed(parcel, lines, mine.get(parcel.action_id)) for parcel in order.parcels.all()]
    waiting = [_asked(one, lines) for one in mine.values() if _says_something(one)]
    return sorted((*confirmed, *waiting), key=lambda parcel: -parcel.action_id)


def underway(parcels: Sequence[ShownParcel], asked: Sequence[Shown]) -> dict[str, int]:
    """By line id, the units in parcels that are asked for and that the channel has not confirmed."""
    units: dict[str, int] = {}
    open_ones = {parcel.action_id for parcel in parcels if not parcel.confirmed and not parcel.failed}
    for one in asked:
        if one.action.pk in open_ones:
            for line, number in one.action.request["items"].items():
                units[line] = units.get(line, 0) + number
    return units


def _says_something(one: Shown) -> bool:
    return one.action.state in OPEN or one.can_retry


def _confirmed(parcel: Parcel, lines: Mapping[str, OrderLine], shown: Shown | None) -> ShownParcel:
    said = {
        "items": parcel.items,
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
        "return_tracking_number": parcel.return_tracking_number,
        "warehouse_id": parcel.warehouse_id,
    }
    look = Badge(_("Confirmed by the channel"), "done", "check")
    return _parcel(parcel.action_id, said, lines, parcel.shipped_at, look, shown=shown, confirmed=True)


def _asked(one: Shown, lines: Mapping[str, OrderLine]) -> ShownParcel:
    action = one.action
    look = one.badge if action.state in {State.FAILED, State.UNKNOWN} else _unconfirmed(one)
    return _parcel(action.pk, action.request, lines, action.asked_at, look, shown=one, confirmed=False)


def _unconfirmed(one: Shown) -> Badge:
    return Badge(_("Not confirmed by the channel yet"), one.badge.tone, one.badge.icon)


def _parcel(  # noqa: PLR0913 -- the parts of one parcel
    key: int,
    said: Json,
    lines: Mapping[str, OrderLine],
    at: datetime,
    look: Badge,
    *,
    shown: Shown | None,
    confirmed: bool,
) -> ShownParcel:
    url = said.get("tracking_url", "")
    return ShownParcel(
        action_id=key,
        contents=[_content(line, units, lines) for line, units in said["items"].items()],
        carrier=said.get("carrier", ""),
        number=said.get("tracking_number", ""),
        link=url if shipping.is_link(url) else "",
        return_number=said.get("return_tracking_number", ""),
        warehouse=said.get("warehouse_id", ""),
        at=at,
        badge=look,
        confirmed=confirmed,
        shown=shown,
    )


def _content(line_id: str, units: int, lines: Mapping[str, OrderLine]) -> Content:
    line = lines.get(line_id)
    return Content(units, line.sku if line else line_id, line.title if line else "")
