"""How an action looks to people: what it is, where it stands, why it is not further, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.outbox import kinds, standing, words
from backoffice.outbox.enums import OPEN, UNDOABLE, Cause, State
from backoffice.outbox.models import Action
from backoffice.outbox.words import Explanation, Offer
from backoffice.web.badges import Badge

# What still changes without a person, unless something keeps it.
MOVING = (State.HELD, State.WAITING, State.SENDING, State.SENT)

_LOOKS = {
    State.TO_APPROVE: ("attention", "person"),
    State.HELD: ("work", "hourglass"),
    State.WAITING: ("waiting", "clock"),
    State.SENDING: ("moving", "send"),
    State.SENT: ("moving", "send"),
    State.CONFIRMED: ("done", "check"),
    State.FAILED: ("late", "warning"),
    State.UNKNOWN: ("attention", "question"),
    State.UNDONE: ("ended", "undo"),
    State.GIVEN_UP: ("ended", "archive"),
}


@dataclass(frozen=True, slots=True)
class Next:
    """The action that follows one that failed."""

    action: Action
    words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """`sentence`: where it stands, in a few words; `waits`: why it is not further, or how it ended, in whole ones.

    `successor` is the action that followed it; `retried` says that it has not left yet and nobody asked for it.
    """

    action: Action
    words: str
    intent: str
    badge: Badge
    sentence: str
    waits: str
    explanation: Explanation | None
    successor: Action | None
    retried: bool
    can_undo: bool
    offers: tuple[Offer, ...]
    url: str
    target_url: str
    form_url: str  # "" where the same cannot be asked for with other values

    @property
    def needs_a_person(self) -> bool:
        """As `queue.needing_a_person` counts them."""
        state, action = self.action.state, self.action
        if state == State.CONFIRMED:
            return differs(action)
        return state in {State.TO_APPROVE, State.FAILED, State.UNKNOWN} and self.successor is None

    @property
    def can_retry(self) -> bool:
        """Whether one press asks for the same again. Not of an unknown one: its page says what may happen."""
        return self.action.state == State.FAILED and self.successor is None

    @property
    def is_moving(self) -> bool:
        """Whether it can still change by itself; a retry that will come counts."""
        if self.action.state == State.CONFIRMED:
            return self.action.seen_at is None and self.action.differs_at is None
        return self.action.state in {*MOVING, State.UNKNOWN} or self.retried

    @property
    def since(self) -> datetime | None:
        """Since when it is in its state, where that is known."""
        action = self.action
        begun = {
            State.WAITING: None if action.automatic else action.asked_at,
            State.SENDING: action.departed_at,
            State.SENT: action.sent_at,
            State.UNKNOWN: action.sent_at or action.departed_at,
        }
        return begun.get(State(action.state), action.ended_at)

    @property
    def next_one(self) -> Next | None:
        """The successor, as far as a button needs it."""
        return Next(self.successor, self.words) if self.successor else None

    @property
    def deadline(self) -> datetime | None:
        """The deadline that it may still miss."""
        return self.action.deadline if self.action.state in OPEN or self.needs_a_person else None


def shown(action: Action, now: datetime) -> Shown:
    """All that a page says about an action. Without queries for rows of `queries.with_company`."""
    successor = getattr(action, "successor", None)
    retried = bool(successor and successor.automatic and successor.state == State.WAITING)
    said = wish(action)
    explanation = _explanation(action, retried=retried, successor=successor, now=now)
    return Shown(
        action=action,
        words=said.words,
        intent=said.intent,
        badge=_badge(action),
        sentence=standing.sentence(action, said.intent, successor, now),
        waits=standing.waits(action, now),
        explanation=explanation,
        successor=successor,
        retried=retried,
        can_undo=action.state in UNDOABLE and action.departed_at is None,
        offers=_offers(action, explanation, successor, said.form_url),
        url=said.url,
        target_url=said.target_url,
        form_url=said.form_url,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What the kind says about an action; for a kind that this version of the program does not know, its bare name."""

    words: str
    intent: str
    target_url: str
    form_url: str
    url: str


def wish(action: Action) -> Wish:
    """The words of an action's kind."""
    url = reverse("actions:detail", args=[action.pk])
    try:
        kind = kinds.get(action.kind)
    except KeyError:
        return Wish(action.kind, action.kind, "", "", url)
    form = kind.form(action.target_id)
    if form and action.state == State.FAILED:  # what is confirmed is followed by nothing
        form = f"{form}?follows={action.pk}"
    return Wish(kind.words(action.request), kind.intent(action.request), kind.url(action.target_id), form, url)


def _badge(action: Action) -> Badge:
    if differs(action):
        return Badge(_("Not seen yet"), "attention", "question")
    tone, icon = _LOOKS[State(action.state)]
    return Badge(action.get_state_display(), tone, icon)


def _explanation(action: Action, *, retried: bool, successor: Action | None, now: datetime) -> Explanation | None:
    names = {"place": action.place, "about": action.label, "text": action.text}
    if differs(action):
        return words.explain(words.DIFFERS, **{**names, "text": ""})
    if action.state not in {State.FAILED, State.UNKNOWN}:
        return None
    entry = words.entry_of(action.cause, action.code)
    step = standing.again_at(successor, now) if retried and successor else ""
    return words.explain(entry, cause=action.cause, code=action.code, step=step, **names)


def _offers(
    action: Action, explanation: Explanation | None, successor: Action | None, form_url: str
) -> tuple[Offer, ...]:
    """What a person can do about it now. Nothing when another action took its place."""
    if explanation is None or successor is not None:
        return ()
    offers = explanation.offers
    if action.state == State.UNKNOWN:
        # Whatever the reason, it may have arrived: nobody is led to another form before that is settled.
        offers = (Offer.HAPPENED, Offer.AGAIN, Offer.GIVE_UP)
    return tuple(offer for offer in offers if offer != Offer.FORM or form_url)


def differs(action: Action) -> bool:
    """Whether it is confirmed, two readings do not show it, and nobody has looked into that."""
    return action.state == State.CONFIRMED and action.differs_at is not None and action.settled_at is None


def is_conflict(action: Action) -> bool:
    """Whether there are two sides to be compared."""
    return action.cause == Cause.CONFLICT and action.now is not None
