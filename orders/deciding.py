"""Accepting and refusing one order: a decision for every line that waits, as a form takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.http import QueryDict
from django.utils.translation import gettext as _

from backoffice.outbox import standing
from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.kinds import Json, fingerprint
from backoffice.outbox.models import Action
from backoffice.outbox.queue import in_the_way, undo_window
from backoffice.outbox.shown import differs
from orders.actions import ACCEPT_LINES, objection_to_deciding, undecided
from orders.badges import Badge, badge
from orders.models import Order, OrderLine

ACCEPT, REFUSE = "accept", "refuse"


@dataclass(frozen=True, slots=True)
class Choice:
    """One line with what was chosen for it so far; `error` when that is nothing."""

    line: OrderLine
    chosen: str
    error: str = ""

    @property
    def name(self) -> str:
        """Of its radio buttons."""
        return field_of(self.line)


@dataclass(slots=True)
class Decision:
    """The form of one order. `seen` is a fingerprint of the order as the person saw it.

    `differences`: what is not as the person saw it (its name, what it was, what it is).
    """

    order: Order
    choices: list[Choice]
    others: list[tuple[OrderLine, Badge]]
    seen: str
    token: str
    follows: Action | None = None
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def version(self) -> str:
        """What `seen` is the fingerprint of: the form carries it only to say later what changed."""
        return msgspec.json.encode(ACCEPT_LINES.version(self.order)).decode()

    @property
    def request(self) -> Json:
        """As the kind takes it; complete when there are no errors."""
        return {"lines": {one.line.remote_id: one.chosen == ACCEPT for one in self.choices}}

    @property
    def is_barred(self) -> bool:
        """Whether no decision can be sent, whatever is chosen: then there is a reason instead of a form."""
        return objection_to_deciding(self.order) is not None

    @property
    def first_error(self) -> str:
        """The field that gets the focus."""
        return next((one.name for one in self.choices if one.error), "")


def field_of(line: OrderLine) -> str:
    return f"line-{line.pk}"


def opened(order: Order, token: str, follows: Action | None) -> Decision:
    """An empty form; after a failure, with the decisions of the action that failed."""
    before = follows.request["lines"] if follows else {}
    words = {True: ACCEPT, False: REFUSE, None: ""}
    choices = [Choice(line, words[before.get(line.remote_id)]) for line in undecided(order)]
    return Decision(order, choices, others_of(order), seen_of(order), token, follows)


def filled_in(order: Order, values: QueryDict, follows: Action | None) -> Decision:
    """The form as it was sent. Its `errors` say what is missing; what was chosen stays."""
    choices = chosen_for(order, values)
    token = values.get("token", "").replace("\0", "")[:40]  # PostgreSQL takes no NUL in a text
    decision = Decision(order, choices, others_of(order), seen_of(order), token, follows)
    if values.get("seen") != decision.seen:
        decision.differences = _differences(order, values.get("version", ""))
        decision.errors.append(_("The order changed after you opened this form. Look at its lines again, then decide."))
    elif missing := sum(bool(one.error) for one in choices):
        decision.errors.append(
            _("Decide for every line: one is still open.")
            if missing == 1
            else _("Decide for every line: %(number)d are still open.") % {"number": missing}
        )
    return decision


def chosen_for(order: Order, values: Mapping[str, str]) -> list[Choice]:
    """What the fields say about each line that waits. One button may decide for all of them."""
    everything = values.get("all", "")
    choices = []
    for line in undecided(order):
        chosen = everything if everything in (ACCEPT, REFUSE) else values.get(field_of(line), "")
        if chosen in (ACCEPT, REFUSE):
            choices.append(Choice(line, chosen))
        else:
            choices.append(Choice(line, "", _("Accept or refuse this line.")))
    return choices


def seen_of(order: Order) -> str:
    return fingerprint(ACCEPT_LINES.version(order))


def blocks(action: Action) -> bool:
    """Whether a second decision has to wait for this one: until the order shows what became of it (domain.md §2.2)."""
    return action.kind == ACCEPT_LINES.name and (action.state in OPEN or _is_unseen(action))


def _is_unseen(action: Action) -> bool:
    return action.state == State.CONFIRMED and action.seen_at is None and action.settled_at is None


def blocking(actions: Iterable[Action]) -> Action | None:
    """The action that a second decision has to wait for, of these."""
    return next((action for action in actions if blocks(action)), None)


def objection(order: Order, newest: Action | None) -> str:
    """Why this order cannot be decided now; "" when it can. `newest`: the newest action about it, if there is one."""
    if newest is not None and blocks(newest):
        return in_the_way(newest) if newest.is_open else unseen()
    objected = objection_to_deciding(order)
    return objected.text if objected else ""


def unseen() -> str:
    """Why there is no second decision yet, though nothing is on its way any more."""
    return _("The channel confirmed what was decided. The order is being read again.")


def leaves_at_once(order: Order, now: datetime) -> bool:
    """Whether there will be no time to undo: the deadline is too close."""
    return not undo_window(ACCEPT_LINES, order, now=now)


def intents_of(actions: Sequence[Action], now: datetime) -> dict[str, str]:
    """By line id, what is asked of Mirakl and where that stands, until a reading shows it. `actions`: newest first."""
    for action in actions:
        if blocks(action) or (action.kind == ACCEPT_LINES.name and differs(action)):
            lines: dict[str, bool] = action.request["lines"]
            words = {True: _("Accepted"), False: _("Refused")}
            said = {way: standing.sentence(action, word, None, now) for way, word in words.items()}
            return {line: said[accepted] for line, accepted in lines.items()}
    return {}


def others_of(order: Order) -> list[tuple[OrderLine, Badge]]:
    """The lines that wait for nothing, with how they look."""
    waiting = {line.pk for line in undecided(order)}
    return [(line, badge(line.status)) for line in order.lines.all() if line.pk not in waiting]


_VERSION = dict[str, dict[str, tuple[str, int, str, str]]]  # as ACCEPT_LINES.version has it


def _differences(order: Order, version: str) -> list[tuple[str, str, str]]:
    """What is not as the form says that it was; nothing when that is damaged."""
    try:
        before = msgspec.json.decode(version, type=_VERSION)
        return ACCEPT_LINES.differences(before, ACCEPT_LINES.version(order))
    except (msgspec.DecodeError, KeyError):
        return []
