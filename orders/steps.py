"""What has to happen next with an order, in one sentence, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.utils.translation import gettext as _

from backoffice.outbox.models import Action
from backoffice.outbox.standing import kept_by
from backoffice.web import times
from orders.enums import Fulfillment, Stage, Status
from orders.models import Order


@dataclass(frozen=True, slots=True)
class Step:
    """The next step. `tone` is the end of a CSS class, `icon` a file in templates/ui/icons: urgency by both and by the
    words."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Banner:
    """Something about the whole order that changes what can be done with it."""

    key: str
    text: str
    tone: str
    icon: str


class Packed(Enum):
    """How far the parcels of an order are."""

    IN_PART = "in part"  # something is left for us to do
    ASKED = "asked"  # every unit is in a parcel, not all of them are confirmed
    CONFIRMED = "confirmed"


def next_step(order: Order, decided: Action | None, packed: Packed, now: datetime) -> Step:
    """The next consequence, whoever has to act. `decided`: the action that decides about it and is not seen yet."""
    if order.fulfillment == Fulfillment.PARTNER:
        return Step(_("Nothing to do: a partner of the marketplace fulfils this order."), "ended", "truck")
    if order.anonymized_at:
        return Step(_("Nothing to do: the customer’s data is gone."), "ended", "lock")
    if order.stage == Stage.TO_ACCEPT and decided is not None:
        return _decided(order.accept_by, decided, now)
    if order.stage == Stage.TO_ACCEPT:
        return _accept(order.accept_by, now)
    if order.stage == Stage.TO_SHIP:
        return _ship(order.ship_by, now) if packed is Packed.IN_PART else _packed(order.ship_by, packed, now)
    return _others(order)


def _accept(by: datetime | None, now: datetime) -> Step:
    if by is None:
        return Step(_("Accept or refuse it. No deadline is known for this channel."), "attention", "inbox")
    if by < now:
        return Step(_("Accept it now: late by %(span)s.") % {"span": times.length(now - by)}, "late", "warning")
    return Step(_("Accept before %(time)s, %(span)s left.") % _left(by, now), *_urgency(by, now))


def _decided(by: datetime | None, action: Action, now: datetime) -> Step:
    """Nobody has to accept it again; whether the channel has it in time is still worth a word."""
    if not action.is_open:
        return Step(_("Decided and confirmed: the next reading will show it."), "moving", "check")
    if by is None:
        return Step(_("Decided, not confirmed yet."), "moving", "send")
    if by < now:
        said = _("Decided, not confirmed yet: late by %(span)s.") % {"span": times.length(now - by)}
        return Step(said, "late", "send")
    return Step(_("Decided, not confirmed yet: %(span)s left.") % _left(by, now), "moving", "send")


def _ship(by: datetime | None, now: datetime) -> Step:
    if by is None:
        return Step(_("Ship it. The channel gave no deadline."), "work", "package")
    if by < now:
        return Step(_("Ship it now: late by %(span)s.") % {"span": times.length(now - by)}, "late", "warning")
    return Step(_("Ship before %(time)s, %(span)s left.") % _left(by, now), *_urgency(by, now))


def _packed(by: datetime | None, packed: Packed, now: datetime) -> Step:
    """Nothing is left to be packed; whether the channel has it in time is still worth a word."""
    if packed is Packed.CONFIRMED:
        return Step(_("Every parcel is confirmed: the next reading will show it."), "moving", "check")
    if by is None:
        return Step(_("All in parcels, not confirmed yet."), "moving", "truck")
    if by < now:
        said = _("All in parcels, not confirmed yet: late by %(span)s.") % {"span": times.length(now - by)}
        return Step(said, "late", "truck")
    return Step(_("All in parcels, not confirmed yet: %(span)s left.") % _left(by, now), "moving", "truck")


def _left(by: datetime, now: datetime) -> dict[str, str]:
    return {"time": times.minute(by, now), "span": times.length(by - now)}


def _urgency(by: datetime, now: datetime) -> tuple[str, str]:
    return ("attention", "clock") if times.urgency(by, now) else ("work", "clock")


def _others(order: Order) -> Step:
    words = {
        Status.AWAITING_FRAUD_CHECK: (_("Nothing to do yet: the channel checks for fraud."), "waiting", "hourglass"),
        Status.AWAITING_PAYMENT: (_("Nothing to do yet: the customer’s payment is awaited."), "waiting", "hourglass"),
        Status.SHIPPED: (_("Nothing to do: it is on its way to the customer."), "moving", "truck"),
        Status.DELIVERED: (_("Nothing to do: the customer has it."), "done", "check"),
        Status.CLOSED: (_("Nothing to do: the order is closed."), "ended", "archive"),
    }
    for status, said in words.items():
        if status == order.status:
            return Step(*said)
    return Step(
        _("Look at it on the channel: only the channel knows what this status asks for."), "unknown", "question"
    )


def banners(order: Order, now: datetime) -> Iterator[Banner]:
    """What has to be known before anything is done. Without queries when the connection came with its valve."""
    if kept := kept_by(order.connection, now):
        yield Banner("kept", kept, "attention", "hourglass")
    if order.anonymized_at:
        values = {"date": times.exact(order.anonymized_at)}
        said = _("Customer data removed on %(date)s: Mirakl no longer gives it, and it is gone here too.") % values
        yield Banner("anonymised", said, "info", "lock")
    if order.fulfillment == Fulfillment.PARTNER:
        said = _("A partner fulfils this order. There is nothing for us to ship.")
        if code := order.document.fulfillment.code:
            said += " " + _("The partner’s code is %(code)s.") % {"code": code}
        yield Banner("partner", said, "info", "truck")
