"""What the page of one action shows besides its state: its life so far, both sides of a conflict, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from backoffice.outbox import kinds, queries
from backoffice.outbox.enums import State
from backoffice.outbox.kinds import Json, Kind
from backoffice.outbox.models import Action
from backoffice.outbox.shown import Shown, is_conflict, shown
from backoffice.users.models import User


@dataclass(frozen=True, slots=True)
class Step:
    """One moment in the life of an action; `ahead`: it is still to come."""

    label: str
    at: datetime
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What readings say about an action of which nobody knows whether it arrived.

    `complete_to`: up to when everything has been read; `differences`: what of the target is not as the asker saw it;
    `objection`: why the same could not be asked for now, "" when it could.
    """

    complete_to: datetime | None
    target_is_here: bool
    differences: list[tuple[str, str, str]]
    objection: str
    twice: str


def context(user: User, action: Action, *, now: datetime) -> dict[str, Any]:
    """The context of the page: ten queries at most, whatever the action went through."""
    said = shown(action, now)
    return {
        "now": now,
        "shown": said,
        "action": action,
        "steps": life_of(action, now),
        "sides": sides_of(action) if is_conflict(action) else None,
        "evidence": evidence_of(action) if action.state == State.UNKNOWN else None,
        "attempts": queries.attempts_of(action),
        "dependents": queries.dependents_of(action),
        "may_approve": action.state == State.TO_APPROVE and action.asked_by_id != user.pk,
        "may_withdraw": action.state == State.TO_APPROVE and action.asked_by_id == user.pk,
        "poll": poll_every(said),
    }


def poll_every(said: Shown) -> str:
    """How soon the page looks again; "" when nothing changes by itself any more. Readings come once a minute."""
    if not said.is_moving:
        return ""
    return "15s" if said.action.state in {State.UNKNOWN, State.CONFIRMED} else "3s"


def life_of(action: Action, now: datetime) -> list[Step]:
    """What happened to it, in order, with true moments only; and the next moment that is known."""
    steps = [
        (_("Asked"), action.asked_at),
        (_("Left us"), action.departed_at),
        (_("Taken by Mirakl"), action.sent_at),
        (_ends().get(action.state, ""), action.ended_at),
        (_("Seen in a reading"), action.seen_at),
        (_("Still not seen"), action.differs_at),
    ]
    past = [Step(label, at) for label, at in steps if label and at]
    return [*sorted(past, key=lambda step: step.at), *_next(action, now)]


def _ends() -> dict[str, str]:
    return {
        State.CONFIRMED: _("Confirmed"),
        State.FAILED: _("Failed"),
        State.UNDONE: _("Undone"),
        State.GIVEN_UP: _("Given up"),
    }


def _next(action: Action, now: datetime) -> list[Step]:
    """The next moment that is planned."""
    planned = {
        State.HELD: (_("Held until"), action.not_before),
        State.WAITING: (_("Next try"), action.not_before),
        State.SENT: (_("Next question"), action.ask_at),
    }
    label, at = planned.get(State(action.state), ("", None))
    return [Step(label, at, ahead=True)] if at and at > now else []


def sides_of(action: Action) -> list[tuple[str, str, str]]:
    """What differs between what the person saw and what was found just before sending."""
    return _differences(_kind(action), action.seen, action.now)


def evidence_of(action: Action) -> Evidence:
    """Looks at the target as it was last read."""
    kind = _kind(action)
    if kind is None:
        return Evidence(None, False, [], "", "")
    target = kind.targets().filter(pk=action.target_id).first()
    if target is None:
        return Evidence(kind.complete_to(action.connection), False, [], "", kind.twice())
    objection = kind.check(target, action.request, action)
    return Evidence(
        complete_to=kind.complete_to(action.connection),
        target_is_here=True,
        differences=_differences(kind, action.seen, kind.version(target)),
        objection=objection.text if objection else "",
        twice=kind.twice(),
    )


def _kind(action: Action) -> Kind[Any] | None:
    try:
        return kinds.get(action.kind)
    except KeyError:  # of a newer or older version of the program
        return None


def _differences(kind: Kind[Any] | None, seen: Json, now: Json) -> list[tuple[str, str, str]]:
    return kind.differences(seen, now) if kind else []
