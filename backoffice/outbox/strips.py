"""The strip on every page: what is on its way, what can still be undone, and whether anything is being sent at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import ngettext

from backoffice.outbox import kinds, queries
from backoffice.outbox.listing import COUNTED
from backoffice.outbox.models import Action
from backoffice.outbox.queries import Pulse
from backoffice.outbox.shown import wish
from backoffice.users.models import User
from backoffice.web.scope import Scope

LINES = 3


@dataclass(frozen=True, slots=True)
class Chip:
    """A number with the tab that lists what it counts. `icon` stands for the words where there is no room; `tone` is
    the end of a CSS class, "" where nothing is wrong."""

    tab: str
    text: str
    number: int
    icon: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that can still be undone: an action, or all of a batch that is held. `left`: seconds."""

    action: Action
    words: str
    together: int
    left: int


def context(user: User, scope: Scope, *, now: datetime) -> dict[str, Any]:
    """The context of the strip: two queries; one where nothing is held. The chip counts what the page is narrowed to;
    what can be undone is shown wherever one looks."""
    pulse = queries.pulse(user, scope)
    held = queries.held_by(user, most=LINES) if pulse.counts.get("held") else []
    return {
        "now": now,
        "chips": _chips(pulse),
        "lines": [_line(action, now) for action in held],
        "more": held[0].lines - len(held) if held else 0,  # type: ignore[attr-defined]  # -- annotated by the query
        "is_silent": pulse.is_silent(now),
        "beat": pulse.at,
    }


def _chips(pulse: Pulse) -> list[Chip]:
    def count(tab: str) -> int:
        return sum(pulse.here.get(state, 0) for state in COUNTED[tab])

    held, waiting, sent, failed = (count(tab) for tab in ("held", "waiting", "sent", "failed"))
    needing = count("attention") - failed
    chips = (
        Chip("held", ngettext("%(n)d held", "%(n)d held", held), held, "hourglass"),
        Chip("waiting", ngettext("%(n)d waiting", "%(n)d waiting", waiting), waiting, "clock"),
        Chip("sent", ngettext("%(n)d sent", "%(n)d sent", sent), sent, "send"),
        Chip("attention", ngettext("%(n)d needs you", "%(n)d need you", needing), needing, "question", "attention"),
        Chip("attention", ngettext("%(n)d failed", "%(n)d failed", failed), failed, "warning", "late"),
    )
    return [replace(chip, text=chip.text % {"n": chip.number}) for chip in chips if chip.number]


def _line(action: Action, now: datetime) -> Line:
    together = action.together or 1  # type: ignore[attr-defined]  # -- annotated by the query
    return Line(
        action=action,
        words=_words(action, together),
        together=together,
        left=max(round((action.not_before - now).total_seconds()), 0),
    )


def _words(action: Action, together: int) -> str:
    if together == 1:
        return f"{wish(action).words}, {action.label}"
    try:
        return kinds.get(action.kind).many(together, action.request)
    except KeyError:  # of another version of the program
        return action.kind
