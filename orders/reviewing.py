"""Accepting or refusing many orders: what will be done, what will not and why, and what needs a decision first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.lists import selecting
from backoffice.mirakl.values import Money
from backoffice.outbox import queue
from backoffice.outbox.enums import State
from backoffice.outbox.kinds import Json
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.queries import latest_on
from backoffice.outbox.queue import Wish
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES, undecided
from orders.badges import Badge
from orders.deciding import ACCEPT, REFUSE, Choice, chosen_for, leaves_at_once, objection, others_of, seen_of
from orders.listing import ORDERS
from orders.models import Order, OrderLine
from orders.queries import visible_to

MOST = 1000


@dataclass(frozen=True, slots=True)
class Open:
    """An order of which some lines wait and some do not: somebody has to look at it."""

    order: Order
    choices: list[Choice]
    others: list[tuple[OrderLine, Badge]]
    half: bool = False  # decided for some lines only


@dataclass(slots=True)
class Review:
    """One review sheet. `asked` is how many orders were chosen, which may be more than MOST.

    `at_once`: how many of them would leave without time to undo.
    """

    decision: str
    asked: int
    ready: list[Order] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)
    left_out: dict[str, list[Order]] = field(default_factory=dict)
    at_once: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def packed(self) -> str:
        """All orders that can be done, each with what the person saw of it, in one field."""
        orders = [*self.ready, *(one.order for one in self.open)]
        return " ".join(f"{order.pk}:{seen_of(order)}" for order in orders)

    @property
    def totals(self) -> list[Money]:
        """What the orders are worth, by currency."""
        sums: dict[str, Decimal] = {}
        for order in self.ready:
            if order.total is not None:
                sums[order.currency] = sums.get(order.currency, Decimal(0)) + order.total
        return [Money(amount, currency) for currency, amount in sorted(sums.items())]

    @property
    def first_error(self) -> str:
        """The field that gets the focus."""
        return next((choice.name for one in self.open for choice in one.choices if choice.error), "")

    @property
    def too_many(self) -> int:
        """How many were chosen beyond what one sheet takes."""
        return max(self.asked - MOST, 0)


def chosen(user: User, values: QueryDict, *, now: datetime) -> Review:
    """The sheet for what was chosen in the list: orders picked one by one, or a choice that is kept under a token.

    The most urgent first: so they are read, and so they leave.
    """
    token = values.get("selection", "")
    keys = selecting.chosen(user, ORDERS, token) if token else selecting.keys_of(values.getlist("pick"))
    orders = sorted(in_their_order(user, keys[:MOST]), key=lambda order: (order.due_at, order.pk))
    return sorted_out(decision_of(values), orders, len(keys), now=now)


def in_their_order(user: User, keys: Sequence[int]) -> list[Order]:
    """These orders, as far as the person may see them, in this order. Two queries."""
    mine = visible_to(user).filter(pk__in=keys).values("pk")
    found = {order.pk: order for order in ACCEPT_LINES.targets().filter(pk__in=mine)}
    return [found[key] for key in keys if key in found]


def decision_of(values: Mapping[str, str]) -> str:
    """ "accept" unless it says "refuse"."""
    return REFUSE if values.get("decision") == REFUSE else ACCEPT


def sorted_out(decision: str, orders: Sequence[Order], asked: int, *, now: datetime) -> Review:
    """Puts each order where it belongs. One query, whatever the number of orders."""
    review = Review(decision, asked)
    newest = latest_on(ACCEPT_LINES.target_type, [order.pk for order in orders])
    for order in orders:
        if why_not := _why_not(order, newest.get(order.pk)):
            review.left_out.setdefault(why_not, []).append(order)
            continue
        review.at_once += leaves_at_once(order, now)
        if len(undecided(order)) < len(order.lines.all()):
            review.open.append(Open(order, [Choice(line, "") for line in undecided(order)], others_of(order)))
        else:
            review.ready.append(order)
    return review


def _why_not(order: Order, newest: Action | None) -> str:
    """As `objection`, in words that many orders share."""
    why_not = objection(order, newest)
    if not why_not or newest is None or not newest.is_open:
        return why_not
    if newest.state == State.UNKNOWN:
        return _("It is unknown whether an earlier action arrived. Resolve that first.")
    return _("%(who)s already asked for this.") % {"who": str(newest.asked_by or _("A rule"))}


@dataclass(frozen=True, slots=True)
class Sent:
    """What came back of a sheet: orders with what was seen of each, and the token of the form."""

    seen: dict[int, str]
    token: str

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Sent:
        """Raises ValueError for fields that were changed by hand or cut off."""
        seen = {}
        packed, token = values.get("orders", ""), values.get("token", "")
        for pair in packed.split():
            key, _colon, fingerprint = pair.partition(":")
            if not (key.isdecimal() and len(key) < 19 and fingerprint.isalnum()):
                raise ValueError(_("The list of orders in this form is damaged. Choose the orders again."))
            seen[int(key)] = fingerprint
        if not 0 < len(seen) <= MOST:
            raise ValueError(_("Choose between 1 and %(most)d orders.") % {"most": MOST})
        if not 0 < len(token) <= 40 or "\0" in token:  # PostgreSQL takes no NUL in a text
            raise ValueError(_("This form is damaged. Choose the orders again."))
        return cls(seen, token)


def confirm(user: User, values: QueryDict, sent: Sent, *, now: datetime) -> Batch | Review:
    """Asks for what was confirmed, checked against the orders as they are now; the sheet again when it has errors."""
    decision = decision_of(values)
    orders = in_their_order(user, list(sent.seen))
    newest = latest_on(ACCEPT_LINES.target_type, sent.seen)
    wishes: list[Wish] = []
    skipped: list[Json] = []
    half = False
    for order in orders:
        if why_not := _why_not(order, newest.get(order.pk)):
            skipped.append(queue.skip(ACCEPT_LINES, order, why_not))
        elif sent.seen[order.pk] != seen_of(order):
            skipped.append(queue.skip(ACCEPT_LINES, order, _("It changed after it was reviewed. Look at it again.")))
        elif len(undecided(order)) == len(order.lines.all()):
            wishes.append(Wish(order, _everything(order, decision)))
        else:
            half |= _decide(order, chosen_for(order, values), wishes, skipped)
    if half or not (wishes or skipped) or _unread(decision, values):
        return _again(orders, values, sent, now=now)
    return queue.ask_many(ACCEPT_LINES, wishes, by=user, token=sent.token, skipped=skipped, now=now)


def _unread(decision: str, values: QueryDict) -> bool:
    return decision != ACCEPT and values.get("read") != "yes"


def _everything(order: Order, decision: str) -> Json:
    return {"lines": {line.remote_id: decision == ACCEPT for line in order.lines.all()}}


def _decide(order: Order, choices: list[Choice], wishes: list[Wish], skipped: list[Json]) -> bool:
    """Takes what was chosen for the lines of one order. True when that is half a decision, and nothing was taken."""
    undone = [one for one in choices if not one.chosen]
    if len(undone) == len(choices):
        skipped.append(queue.skip(ACCEPT_LINES, order, _("Nobody decided about its lines.")))
    elif not undone:
        wishes.append(Wish(order, {"lines": {one.line.remote_id: one.chosen == ACCEPT for one in choices}}))
    return 0 < len(undone) < len(choices)


def _again(orders: Sequence[Order], values: QueryDict, sent: Sent, *, now: datetime) -> Review:
    """The sheet of the orders as they are now, with what was chosen on it and what is wrong with that."""
    review = sorted_out(decision_of(values), orders, len(orders), now=now)
    review.open = [_chosen_again(one, values) for one in review.open]
    if changed := sum(sent.seen[order.pk] != seen_of(order) for order in orders):
        said = ngettext(
            "%(number)d order changed meanwhile. The sheet shows it as it is now.",
            "%(number)d orders changed meanwhile. The sheet shows them as they are now.",
            changed,
        )
        review.errors.append(said % {"number": changed})
    if any(one.half for one in review.open):
        review.errors.append(_("Decide for every line of an order, or for none: then it is left out."))
    if not (review.ready or review.open):
        review.errors.append(_("None of these orders can be decided any more."))
    elif _unread(review.decision, values):
        review.errors.append(_("Tick that you have read what refusing means."))
    return review


def _chosen_again(one: Open, values: QueryDict) -> Open:
    """With what was chosen for its lines. Choosing nothing is no mistake: then the order is left out."""
    choices = chosen_for(one.order, values)
    half = len({bool(choice.chosen) for choice in choices}) > 1
    return Open(
        one.order, choices if half else [Choice(choice.line, choice.chosen) for choice in choices], one.others, half
    )
