"""What of an order has left in parcels, what is left to be shipped, and what a channel wants to know of a parcel."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.kinds import Json, Objection
from backoffice.outbox.models import Action
from orders.enums import Fulfillment, Reason, Status
from orders.models import Order, OrderLine, Parcel
from orders.queries import TARGET
from shops.models import Carrier, Channel, ChannelPolicy

SHIP = "orders.ship"  # the name of the kind
SUGGESTED = 20
NO_WAREHOUSE = {"WAREHOUSE_ID_REQUIRED", "WAREHOUSE_ID_NOT_FOUND"}
BAD_CARRIER = "CARRIER_NOT_SUPPORTED"

# The texts of a request: what they are called, and how long they may be, which is as long as a Parcel keeps them.
TEXTS: Mapping[str, tuple[Promise, int]] = {
    "carrier": (_("carrier"), 200),
    "tracking_number": (_("tracking number"), 200),
    "tracking_url": (_("tracking address"), 1000),
    "return_tracking_number": (_("return number"), 200),
    "warehouse_id": (_("warehouse"), 200),
}

# Why a line that does not wait to be shipped cannot be; in this order, what an order has to wait for.
_NOT_NOW: Mapping[str, Promise] = {
    Status.AWAITING_ACCEPTANCE: _("It has to be accepted before it can be shipped."),
    Status.AWAITING_PAYMENT: _("The customer’s payment is still awaited: nothing may be shipped before."),
    Status.AWAITING_FRAUD_CHECK: _("The channel still checks for fraud: nothing may be shipped before."),
}
_OVER = {Status.SHIPPED, Status.DELIVERED, Status.CLOSED}


def shipped(order: Order) -> dict[str, int]:
    """By line id, how many units left in parcels that the channel confirmed. No query when these were prefetched."""
    return _units(parcel.items for parcel in order.parcels.all())


def left(order: Order, actions: Iterable[Action] = ()) -> dict[str, int]:
    """By line id, how many units can still be shipped: 0 for lines that do not wait for it.

    `actions`: about this order; what the open ones among them ask for is taken. So is what was confirmed after the
    parcels of `order` were read: that one is in neither, and its units would leave twice.
    """
    known = {parcel.action_id for parcel in order.parcels.all()}
    taken = Counter(shipped(order))
    taken.update(_units(one.request["items"] for one in actions if _holds_units(one) and one.pk not in known))
    return {line.remote_id: _left_of(line, taken[line.remote_id]) for line in order.lines.all()}


def is_open_parcel(action: Action) -> bool:
    """Whether it asks for a parcel, and the channel has not said what became of it."""
    return action.kind == SHIP and action.state in OPEN


def _holds_units(action: Action) -> bool:
    return is_open_parcel(action) or (action.kind == SHIP and action.state == State.CONFIRMED)


def objection_to_shipping(order: Order, actions: Iterable[Action] = ()) -> Objection | None:
    """Why nothing of this order can be shipped. `actions` as for `left`."""
    if order.fulfillment == Fulfillment.PARTNER:
        return Objection(gettext("A partner of the marketplace ships this order: it is not ours to ship."))
    if order.anonymized_at:
        return Objection(gettext("Mirakl removed this customer’s data: there is nobody left to deliver this order to."))
    waiting = [line for line in order.lines.all() if line.status == Status.AWAITING_SHIPMENT]
    if not waiting:
        return Objection(_why_nothing_waits({line.status for line in order.lines.all()}))
    if not any(left(order, actions).values()):
        return Objection(gettext("Every unit of this order is in a parcel already."))
    return None


def objection_to_parcel(order: Order, request: Json, own: Action | None) -> Objection | None:
    """Why this parcel cannot be sent. What other parcels hold that Mirakl took is gone, known or not; `own` is the
    action itself, or the one whose place it takes."""
    if objection := objection_to_shipping(order):
        return objection
    taken = left(order, taken_by_mirakl(order, own))
    lines = {line.remote_id: line for line in order.lines.all()}
    if not request["items"]:
        return Objection(gettext("Say what is in the parcel: at least one unit of a line."))
    for line_id, units in request["items"].items():
        if objection := _objection_to_units(lines.get(line_id), units, taken.get(line_id, 0)):
            return objection
    return objection_to_texts(request)


def taken_by_mirakl(order: Order, own: Action | None) -> QuerySet[Action]:
    """The parcels of this order that left us: those of which nobody knows yet what became of them, and those that the
    channel confirmed, maybe this very moment."""
    mine = Action.objects.filter(target_type=TARGET, target_id=order.pk, kind=SHIP)
    gone = mine.filter(state__in=[State.SENT, State.UNKNOWN, State.CONFIRMED])
    return gone.exclude(pk=own.pk) if own and own.pk else gone


def objection_to_texts(request: Json) -> Objection | None:
    """What is wrong with the carrier, the numbers or the address of a parcel."""
    for name, (label, longest) in TEXTS.items():
        values = {"name": label, "longest": longest}
        if len(request.get(name, "")) > longest:
            return Objection(gettext("The %(name)s has more than %(longest)d characters.") % values)
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in request.get(name, "")):
            return Objection(gettext("The %(name)s has characters that cannot be sent.") % values)
    if not request.get("carrier") and (request.get("tracking_number") or request.get("tracking_url")):
        return Objection(gettext("Name the carrier: a tracking number or address says nothing without it."))
    if (url := request.get("tracking_url")) and not is_link(url):
        return Objection(gettext("The tracking address is no web address. It begins with https:// or http://."))
    return None


def is_link(text: str) -> bool:
    """Whether it is an address that may become a link."""
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and not any(map(str.isspace, text))
    except ValueError:
        return False


def shows(order: Order, action: Action) -> bool:
    """Whether the order, as last read, shows the parcel that was asked for.

    Connect shows no parcels: only a line all of whose units left changes, to SHIPPED. So of a parcel that the channel
    confirmed nothing is missing as long as its lines have more units than all known parcels together. One of which
    nobody knows whether it arrived is shown by lines that are shipped, where the known parcels do not explain that.
    """
    items: dict[str, int] = action.request["items"]
    lines = {line.remote_id: line for line in order.lines.all() if line.remote_id in items}
    if len(lines) < len(items):
        return False
    known = Counter(shipped(order))
    if any(parcel.action_id == action.pk for parcel in order.parcels.all()):
        return all(known[key] < line.quantity or _went(line, _WENT) for key, line in lines.items())
    return all(known[key] + items[key] <= line.quantity and _went(line, _SHOWN) for key, line in lines.items())


# Why a line is closed that was shipped before: for sure, and as far as a confirmed parcel does not contradict it.
_SHOWN = {Reason.AUTOMATICALLY_CLOSED}
_WENT = {Reason.AUTOMATICALLY_CLOSED, Reason.REFUNDED, ""}


def keep(action: Action) -> None:
    """Writes down the parcel that the channel confirmed, and what that teaches. Called in a transaction."""
    order = Order.objects.defer("payload", "search").select_related("channel").get(pk=action.target_id)
    texts = {name: action.request.get(name, "") for name in TEXTS}
    moment = action.departed_at or action.asked_at
    parcel = {"order": order, "items": action.request["items"], "shipped_at": moment, **texts}
    Parcel.objects.get_or_create(action_id=action.pk, defaults=parcel)
    _learn_from_success(order.channel, action)


def learn_from_failure(action: Action, code: str) -> None:
    """What a parcel that the channel did not take teaches about the channel."""
    channel = Channel.objects.filter(order=action.target_id)
    if code in NO_WAREHOUSE:
        channel.update(wants_warehouse=True)
    if code == BAD_CARRIER:
        Carrier.objects.filter(channel__in=channel, name=action.request.get("carrier", "")).update(worked_at=None)


def suggestions(channel: Channel) -> list[str]:
    """The carriers that this channel took, the last one first. One query."""
    worked = channel.carriers.filter(worked_at__isnull=False).order_by("-worked_at", "-pk")
    names = worked.values_list("name", flat=True)
    return list(dict.fromkeys(names[: 2 * SUGGESTED]))[:SUGGESTED]


def taken_as(channel: Channel, typed: str) -> str:
    """The name under which this channel takes the carrier that somebody wrote so. At most one query."""
    known = channel.carriers.filter(typed=_key(typed)).first() if typed else None
    return known.name if known else typed


def asks_warehouse(channel: Channel) -> bool:
    """Whether the form of a parcel asks for the warehouse. At most one query."""
    return channel.wants_warehouse or bool((policy := _policy(channel)) and policy.asks_warehouse)


def asks_return_number(channel: Channel, follows: Action | None = None) -> bool:
    """The same for the number under which a parcel comes back. No code names it: after INVALID_INPUT (`follows`) it
    may be what was missing."""
    if channel.wants_return_number or _may_want_return_number(follows):
        return True
    return bool((policy := _policy(channel)) and policy.asks_return_number)


def last_warehouse(channel: Channel) -> str:
    """The warehouse that this channel took last; "" when there was none."""
    return channel.warehouse


def used_elsewhere(order: Order, tracking_number: str, among: QuerySet[Order] | None = None) -> list[Order]:
    """Other orders that have a parcel with this number, or for which one is asked; at most twenty, of `among`."""
    if not tracking_number:
        return []
    asked = Action.objects.filter(
        kind=SHIP, target_type=TARGET, state__in=OPEN, request__tracking_number=tracking_number
    )
    sent = Parcel.objects.filter(tracking_number=tracking_number)
    orders = Order.objects.all() if among is None else among
    found = orders.filter(Q(pk__in=list(asked.values_list("target_id", flat=True)[:100])) | _with(sent))
    return list(found.exclude(pk=order.pk).defer("payload", "search").order_by("pk")[:20])


def _with(parcels: QuerySet[Parcel]) -> Q:
    return Q(pk__in=list(parcels.values_list("order_id", flat=True)[:100]))


def _units(contents: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for items in contents:
        total.update(items)
    return dict(total)


def _left_of(line: OrderLine, taken: int) -> int:
    return max(line.quantity - taken, 0) if line.status == Status.AWAITING_SHIPMENT else 0


def _why_nothing_waits(statuses: set[str]) -> str:
    for status, text in _NOT_NOW.items():
        if status in statuses:
            return str(text)
    if statuses <= _OVER:
        return gettext("No line of this order waits to be shipped any more.")
    return gettext("Only the channel knows what the status of this order means: it cannot be shipped from here.")


def _objection_to_units(line: OrderLine | None, units: int, left_of_it: int) -> Objection | None:
    if line is None:
        return Objection(gettext("This order has no such line."))
    values = {"sku": line.sku, "units": units, "left": left_of_it}
    if line.status != Status.AWAITING_SHIPMENT:
        return Objection(f"{line.sku}: {_why_nothing_waits({line.status})}")
    if units < 1:
        return Objection(gettext("%(sku)s: a parcel has at least one unit of each of its lines.") % values)
    if left_of_it == 0:
        return Objection(gettext("%(sku)s: every unit is in a parcel already.") % values)
    if units > left_of_it:
        said = gettext("%(sku)s: %(units)d units are in this parcel, but only %(left)d are left to be shipped.")
        return Objection(said % values)
    return None


def _went(line: OrderLine, reasons: Iterable[Any]) -> bool:
    if line.status == Status.CLOSED:
        return line.status_reason in reasons
    return line.status in {Status.SHIPPED, Status.DELIVERED}


def _policy(channel: Channel) -> ChannelPolicy | None:
    policies = ChannelPolicy.objects.filter(Q(channel=channel) | Q(channel=None))
    return policies.order_by(F("channel").asc(nulls_last=True)).first()


def _key(typed: str) -> str:
    return typed.casefold()[:200]


def _may_want_return_number(follows: Action | None) -> bool:
    return follows is not None and follows.code == "INVALID_INPUT" and not follows.request.get("return_tracking_number")


def _learn_from_success(channel: Channel, action: Action) -> None:
    request, now = action.request, timezone.now()
    rows = Channel.objects.filter(pk=channel.pk)
    if request.get("warehouse_id"):
        rows.update(warehouse=request["warehouse_id"])
    if request.get("return_tracking_number") and _may_want_return_number(action.follows):
        rows.update(wants_return_number=True)
    if not (carrier := request.get("carrier")):
        return
    worked = {"name": carrier, "worked_at": now}
    Carrier.objects.update_or_create(channel=channel, typed=_key(carrier), defaults=worked)
    for refused in _refused_before(action):
        Carrier.objects.filter(channel=channel, name=refused).update(name=carrier)
        Carrier.objects.update_or_create(channel=channel, typed=_key(refused), defaults=worked)


def _refused_before(action: Action) -> Iterable[str]:
    """The other names for the carrier of this very parcel that the channel did not take, when it was tried before.

    The number says that it is the same parcel: without one, somebody may just have chosen another carrier.
    """
    before = action.follows
    while before is not None and before.code == BAD_CARRIER:
        refused, now = before.request.get("carrier", ""), action.request["carrier"]
        number = action.request.get("tracking_number")
        same = number and before.request.get("tracking_number") == number
        if same and refused and _key(refused) != _key(now):
            yield refused
        before = before.follows
