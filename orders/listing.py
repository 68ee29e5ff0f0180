"""The list of orders, declared: views, columns, filters, verbs, and how one row looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.lists.declaration import Column, Entry, List, Verb, View, register
from backoffice.lists.filters import Choices, Codes, Dates, Flag
from backoffice.lists.viewer import Viewer
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action
from backoffice.outbox.queries import latest_on
from backoffice.outbox.shown import MOVING, Shown
from backoffice.outbox.shown import shown as shown_action
from backoffice.web import times
from backoffice.web.badges import Badge
from orders import queries, search
from orders.actions import ACCEPT_LINES
from orders.badges import badge
from orders.deciding import ACCEPT, REFUSE, blocks
from orders.enums import Fulfillment, Stage, Status
from orders.models import Order, OrderLine


@dataclass(frozen=True, slots=True)
class More:
    """What the columns show besides the order. `asked`: what is asked of Mirakl and not seen yet, or failed."""

    badge: Badge
    first: OrderLine | None
    others: int  # lines beyond the first
    deadline: datetime | None
    asked: Shown | None


def deadline(order: Order) -> datetime | None:
    """What is due next: to accept it, then to ship it; None once that is done, or when it never will be."""
    if order.stage == Stage.TO_ACCEPT and order.accept_by:
        return order.accept_by
    return order.ship_by if order.stage in {Stage.TO_ACCEPT, Stage.WAITING, Stage.TO_SHIP} else None


def entries(orders: Sequence[Order], viewer: Viewer) -> list[Entry]:
    """Rows as they look. One query: for what is asked about them."""
    newest = latest_on(ACCEPT_LINES.target_type, [order.pk for order in orders])
    return [_entry(order, newest.get(order.pk), viewer.now) for order in orders]


def _entry(order: Order, newest: Action | None, now: datetime) -> Entry:
    lines = list(order.lines.all())
    asked = shown_action(newest, now) if newest else None
    due = deadline(order)
    said = [order.updated_at, order.digest, asked and (asked.sentence, asked.waits), due and times.urgency(due, now)]
    return Entry(
        object=order,
        url=reverse("orders:detail", args=[order.pk]),
        label=order.number or order.remote_id,
        states=tuple(_states(order, newest)),
        can=(ACCEPT, REFUSE) if order.stage == Stage.TO_ACCEPT and not (newest and blocks(newest)) else (),
        version=repr(said),
        more=More(badge(order.status), lines[0] if lines else None, max(len(lines) - 1, 0), due, asked),
    )


def _states(order: Order, newest: Action | None) -> list[str]:
    states = ["anonymised"] if order.anonymized_at else []
    if newest is None:
        return states
    if newest.state == State.FAILED:
        states.append("conflict" if newest.cause == Cause.CONFLICT else "failed")
    elif newest.state == State.UNKNOWN:
        states.append("unknown")
    elif newest.state in {State.TO_APPROVE, *MOVING}:
        states.append("held")
    return states


# --- views ----------------------------------------------------------------------------------------

Where = Callable[[QuerySet[Order], datetime], QuerySet[Order]]


def _in(stage: Stage) -> Where:
    return lambda orders, now: orders.filter(stage=stage)


def _late(orders: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    return orders.filter(due_at__lt=now)


def _in_trouble(orders: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    return orders.filter(pk__in=queries.in_trouble())


def _work(stage: Stage, empty: Any) -> View:
    """What is next to be done comes first. `sort_at` is the deadline of such a stage."""
    return View(stage, stage.label, empty, _in(stage), "deadline", {"deadline": "sort_at", "created": "created_at"})


def _rest(stage: Stage, empty: Any, sort: str = "-created", icon: str = "inbox") -> View:
    """Nothing is to be done. `sort_at` is the age of such a stage."""
    return View(stage, stage.label, empty, _in(stage), sort, {"created": "sort_at"}, icon=icon)


VIEWS = (
    _work(Stage.TO_ACCEPT, _("Every order has been accepted or refused.")),
    _rest(Stage.WAITING, _("No order waits for a fraud check or a payment."), "created", "check"),
    _work(Stage.TO_SHIP, _("Everything that was accepted and paid has been shipped.")),
    View("late", _("Late"), _("Nothing is late."), _late, "deadline", {"deadline": "due_at"}, urgent=True),
    _rest(Stage.SHIPPED, _("No order is on its way.")),
    View(
        "problems",
        _("Problems"),
        _("Nothing that was asked of Mirakl failed, or is unknown."),
        _in_trouble,
        "-created",
        urgent=True,
    ),
    _rest(Stage.CLOSED, _("No order is closed yet.")),
    _rest(Stage.OTHER, _("No order has a status of its channel alone.")),
    View("all", _("All"), _("There is no order yet."), lambda orders, now: orders, "-created", icon="inbox"),
)


# --- columns --------------------------------------------------------------------------------------


def _items(order: Order) -> str:
    return ", ".join(f"{line.quantity} × {line.sku}" for line in order.lines.all())


COLUMNS = (
    Column("order", _("Order"), lambda order: order.number or order.remote_id, "orders/list/_order.html"),
    Column(
        "created", _("Created"), lambda order: order.created_at, "orders/list/_created.html", "created_at",
        newest_first=True,
    ),
    Column("customer", _("Customer"), lambda order: order.customer, "orders/list/_customer.html", personal=True),
    Column("items", _("Items"), _items, "orders/list/_items.html"),
    Column("total", _("Total"), lambda order: order.total, "orders/list/_total.html", number=True),
    Column("currency", _("Currency"), lambda order: order.currency, optional=True),
    Column("status", _("Status"), lambda order: str(badge(order.status).label), "orders/list/_status.html"),
    Column("deadline", _("Deadline"), deadline, "orders/list/_due.html", "due_at"),
    Column("channel", _("Channel"), lambda order: str(order.channel), optional=True),
    Column("connection", _("Connection"), lambda order: str(order.connection), optional=True),
    Column("country", _("Country"), lambda order: order.country, optional=True),
    Column("lines", _("Lines"), lambda order: len(order.lines.all()), number=True, optional=True),
    Column("accept_by", _("Accept by"), lambda order: order.accept_by, "lists/_moment.html", optional=True),
    Column("ship_by", _("Ship by"), lambda order: order.ship_by, "lists/_moment.html", optional=True),
    Column("updated", _("Updated"), lambda order: order.updated_at, "lists/_moment.html", optional=True),
    Column("id", _("Mirakl id"), lambda order: order.remote_id, optional=True),
)  # fmt: skip


# --- filters, verbs, search -----------------------------------------------------------------------


def _places(viewer: Viewer, kind: Any) -> list[tuple[str, str]]:
    return [(str(place.pk), place.label) for place in viewer.places(kind)]


FILTERS = (
    Choices("channels", _("Channel"), "channel_id", lambda viewer: _places(viewer, "channel")),
    Choices("connections", _("Connection"), "connection_id", lambda viewer: _places(viewer, "connection")),
    Choices("status", _("Status"), "status", lambda viewer: Status.choices),
    Codes("country", _("Country"), "country", _("Codes of three letters, such as FRA or DEU.")),
    Dates("created", _("Created"), "created_at"),
    Dates("ship_by", _("Ship by"), "ship_by"),
    Dates("accept_by", _("Accept by"), "accept_by"),
    Choices("fulfillment", _("Fulfilled"), "fulfillment", lambda viewer: Fulfillment.choices),
    Flag("anonymised", _("Customer data removed"), yes=Q(anonymized_at__isnull=False)),
)


def _decidable(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those that wait to be accepted, and about which nothing is asked already."""
    return orders.filter(stage=Stage.TO_ACCEPT).exclude(pk__in=queries.being_decided(ACCEPT_LINES.name))


VERBS = (
    Verb(ACCEPT, _("Accept"), "orders:accept_many", _decidable, "decision", ACCEPT, icon="check", primary=True),
    Verb(REFUSE, _("Refuse"), "orders:accept_many", _decidable, "decision", REFUSE, icon="close"),
)


def _search(orders: QuerySet[Order], text: str, viewer: Viewer) -> QuerySet[Order]:
    return search.matching(orders, text, customers=viewer.sees_personal_data)


def _context(viewer: Viewer, orders: QuerySet[Order], state: Any) -> dict[str, Any]:
    """How far each connection is read. One query."""
    return {"readings": queries.readings(viewer.user)}


ORDERS = register(
    List(
        key="orders",
        label=_("Orders"),
        row="order",
        rows=queries.visible_to,
        shown=queries.with_rows,
        entries=entries,
        counted=lambda count: ngettext("%(n)d order", "%(n)d orders", count) % {"n": count},
        columns=COLUMNS,
        views=VIEWS,
        filters=FILTERS,
        verbs=VERBS,
        search=_search,
        exact=queries.numbered,
        shortest=search.SHORTEST,
        placeholder=_("Order number, customer or SKU"),
        scope={"connection": "connection_id", "channel": "channel_id"},
        head="orders/_freshness.html",
        nothing="orders/list/_nothing_yet.html",
        context=_context,
    )
)
