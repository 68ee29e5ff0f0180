"""What can be asked of Mirakl about an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.connections import clients
from backoffice.connections.models import Connection
from backoffice.mirakl.connect.inputs import orders as inputs
from backoffice.mirakl.operations import Outcome
from backoffice.mirakl.watching import Watcher
from backoffice.outbox.kinds import Item, Json, Kind, Objection, Report, register
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from backoffice.sync.queue import ask
from backoffice.users.models import User
from orders import shipping, wording
from orders.enums import Fulfillment, Reason, Status
from orders.models import Order, OrderLine
from orders.queries import visible_to

# What a line is once it was accepted; closed counts only for what cannot happen before.
ACCEPTED = {Status.AWAITING_PAYMENT, Status.AWAITING_SHIPMENT, Status.SHIPPED, Status.DELIVERED}
ACCEPTED_ONCE = {Reason.REFUSED_PAYMENT, Reason.PAYMENT_TIMEOUT, Reason.REFUNDED}


class OrderKind(Kind[Order]):
    """What all kinds about orders share: words, readings, and how Mirakl is asked what became of them."""

    target_type = "orders.order"
    outcome = Outcome.TRACKED

    def about(self, target: Order) -> str:
        return target.number or target.remote_id

    def url(self, target_id: int) -> str:
        return reverse("orders:detail", args=[target_id])

    def place(self, target: Order) -> str:
        return str(target.channel)

    def deadline(self, target: Order) -> datetime | None:
        return target.accept_by or target.ship_by

    def targets(self) -> QuerySet[Order]:
        # The channel not by a join: that would make a new one for each of a thousand orders.
        return Order.objects.defer("payload", "search").prefetch_related("lines", "channel")

    def visible_to(self, user: User) -> QuerySet[Order]:
        return visible_to(user)

    def status(self, connection: Connection, watcher: Watcher, action: Action) -> Report:
        said = clients.connect(connection, watcher=watcher).get_action_status(action.remote_id)
        return Report(said.status, tuple((error.code, error.message) for error in said.errors))

    def complete_to(self, connection: Connection) -> datetime | None:
        cursor = Cursor.objects.filter(connection=connection, resource="orders").first()
        return cursor.complete_to if cursor else None

    def read_again(self, connection: Connection, now: datetime) -> None:
        # A wish that no run has begun to fulfil is enough.
        for cursor in Cursor.objects.filter(connection=connection, resource="orders"):
            if cursor.asked_at is None or (cursor.complete_to and cursor.asked_at < cursor.complete_to):
                ask(cursor, now=now)


class AcceptLines(OrderKind):
    """Accept or refuse every line that waits for it, in one call (`v2-acceptOrderLines`, domain.md §2.2).

    request: {"lines": {"<line id>": true to accept, false to refuse}}
    """

    name = "orders.accept"
    label = _("Accept or refuse lines")
    undo = timedelta(seconds=20)

    def form(self, target_id: int) -> str:
        return reverse("orders:accept", args=[target_id])

    def words(self, request: Json) -> str:
        return wording.of_decisions(request["lines"])

    def many(self, number: int, request: Json) -> str:
        return wording.of_many(number, request["lines"]) or super().many(number, request)

    def intent(self, request: Json) -> str:
        return wording.of_the_end(request["lines"])

    def version(self, target: Order) -> Json:
        return {"lines": {line.remote_id: _seen(line) for line in target.lines.all()}}

    def differences(self, seen: Json, now: Json) -> wording.Differences:
        return wording.of_differences(seen["lines"], now["lines"])

    def twice(self) -> str:
        return gettext("If the first one arrived after all, the channel refuses the second: nothing is accepted twice.")

    def check(self, target: Order, request: Json, own: Action | None = None) -> Objection | None:
        return objection_to_deciding(target) or _objection_to_lines(target, request["lines"])

    def send(self, connection: Connection, watcher: Watcher, items: Sequence[Item[Order]]) -> str:
        client = clients.connect(connection, watcher=watcher)
        return client.accept_order_lines(items[0].target.remote_id, items[0].action.request["lines"])

    def evidence(self, target: Order, action: Action) -> bool:
        return _all_shown(target, action.request["lines"])


class ShipLines(OrderKind):
    """Ship units of lines in one parcel (`v2-createShipment`, domain.md §1.3 and §2.2). Several may wait in the lane.

    request: {"items": {"<line id>": units}, and each of `shipping.TEXTS`, "" where there is none}
    """

    name = shipping.SHIP
    label = _("Ship a parcel")
    undo = timedelta(seconds=20)

    def form(self, target_id: int) -> str:
        return reverse("orders:ship", args=[target_id])

    def words(self, request: Json) -> str:
        return wording.of_a_parcel(request)

    def intent(self, request: Json) -> str:
        return wording.of_units_shipped(request["items"])

    def exclusive(self, target: Order, request: Json) -> str:
        return ""

    def targets(self) -> QuerySet[Order]:
        return super().targets().prefetch_related("parcels")

    def version(self, target: Order) -> Json:
        return {"lines": {line.remote_id: [line.sku, line.quantity] for line in target.lines.all()}}

    def differences(self, seen: Json, now: Json) -> wording.Differences:
        return wording.of_differences(seen["lines"], now["lines"])

    def twice(self) -> str:
        return gettext("If the first one arrived after all, the channel may then have two parcels of the same units.")

    def check(self, target: Order, request: Json, own: Action | None = None) -> Objection | None:
        return shipping.objection_to_parcel(target, request, own)

    def send(self, connection: Connection, watcher: Watcher, items: Sequence[Item[Order]]) -> str:
        client = clients.connect(connection, watcher=watcher)
        return client.create_shipment(items[0].target.remote_id, _parcel(items[0].action.request))

    def evidence(self, target: Order, action: Action) -> bool:
        return shipping.shows(target, action)

    def apply(self, action: Action) -> None:
        shipping.keep(action)

    def failed(self, action: Action, code: str) -> None:
        shipping.learn_from_failure(action, code)


def undecided(order: Order) -> list[OrderLine]:
    """The lines that wait to be accepted or refused."""
    return [line for line in order.lines.all() if line.status == Status.AWAITING_ACCEPTANCE]


def objection_to_deciding(order: Order) -> Objection | None:
    """Why nothing of this order can be accepted or refused."""
    if order.fulfillment == Fulfillment.PARTNER:
        return Objection(gettext("A partner of the marketplace fulfils this order: it is not ours to accept."))
    if order.anonymized_at:
        return Objection(gettext("Mirakl removed this customer’s data: there is nobody left to deliver this order to."))
    if not undecided(order):
        return Objection(gettext("No line of this order waits to be accepted any more."))
    return None


def _seen(line: OrderLine) -> list[Any]:
    """What of a line matters to whoever decides about it."""
    return [line.sku, line.quantity, str(line.price), line.status]


def _objection_to_lines(order: Order, decisions: Mapping[str, bool]) -> Objection | None:
    if decisions.keys() == {line.remote_id for line in undecided(order)}:
        return None
    return Objection(gettext("Every line that waits to be accepted needs a decision, and no other line."))


def _all_shown(order: Order, decisions: Mapping[str, bool]) -> bool:
    decided = [line for line in order.lines.all() if line.remote_id in decisions]
    return len(decided) == len(decisions) and all(_shows(line, decisions[line.remote_id]) for line in decided)


def _shows(line: OrderLine, accepted: bool) -> bool:
    if accepted:
        return line.status in ACCEPTED or (line.status == Status.CLOSED and line.status_reason in ACCEPTED_ONCE)
    return line.status == Status.CLOSED and line.status_reason == Reason.REFUSED


def _parcel(request: Json) -> inputs.Shipment:
    # Without the SKU: the line says which it is, and a channel that knows it by another one would refuse it.
    items = [inputs.ShippedItem(order_line_id=line, quantity=units) for line, units in request["items"].items()]
    return inputs.Shipment(items=items, **{name: request.get(name, "") for name in shipping.TEXTS})


ACCEPT_LINES, SHIP_LINES = AcceptLines(), ShipLines()
register(ACCEPT_LINES)
register(SHIP_LINES)
