"""What the page of a batch shows: how far it is, what was left out, what failed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from backoffice.outbox import kinds, listing, queries
from backoffice.outbox.enums import State
from backoffice.outbox.models import Batch
from backoffice.outbox.queries import Progress
from backoffice.users.models import User
from backoffice.users.scopes import is_limited

# Names of what was left out that are shown for one reason.
NAMED = 50


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was left out for one reason: the first of them with label and url, and how many more there are."""

    reason: str
    count: int
    named: list[dict[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.named)


@dataclass(frozen=True, slots=True)
class Number:
    """One number of the batch, with the tab that lists what it counts; "" where there is none."""

    label: str
    value: int
    tone: str
    query: str


def context(user: User, batch: Batch, *, now: datetime) -> dict[str, Any]:
    """The context of the page: four queries, whatever the size of the batch."""
    progress = queries.progress(batch)
    ended = progress.total - _sum(progress, *_OPEN)
    failing = queries.batch_rows(batch).filter(Q(state__in=[State.FAILED, State.UNKNOWN]) | queries.DIFFERING)
    polls = bool(_sum(progress, State.HELD, State.WAITING, State.SENDING, State.SENT))
    return {
        "now": now,
        "batch": batch,
        "title": title_of(batch),
        "progress": progress,
        "ended": ended,
        "numbers": numbers_of(batch, progress),
        "left_out": left_out_of(batch, named=not is_limited(user) or batch.asked_by == user),
        "groups": [listing.group_shown(group, batch) for group in queries.groups_of(failing)],
        "summary": _summary(progress, ended),
        "polls": polls,
    }


_OPEN = (State.TO_APPROVE, State.HELD, State.WAITING, State.SENDING, State.SENT, State.UNKNOWN)


def title_of(batch: Batch) -> str:
    """The batch in words: "Accept 300 orders". One query."""
    try:
        kind = kinds.get(batch.kind)
    except KeyError:  # of another version of the program
        return str(batch)
    first = batch.actions.order_by("pk").values_list("request", flat=True).first()
    return kind.many(batch.asked - len(batch.skipped), first) if first else str(kind.label)


def numbers_of(batch: Batch, progress: Progress) -> list[Number]:
    """What became of all that was asked for. Those that are zero are left away, except what tells the most."""

    def number(label: str, tone: str, tab: str, *states: State) -> Number:
        query = f"view={tab}&batch={batch.pk}" if tab else ""
        return Number(label, _sum(progress, *states), tone, query)

    numbers = [
        Number(_("asked for"), batch.asked, "plain", f"view=all&batch={batch.pk}" if progress.total else ""),
        Number(_("left out"), len(batch.skipped), "ended", ""),
        number(_("to approve"), "attention", "attention", State.TO_APPROVE),
        number(_("held"), "work", "held", State.HELD),
        number(_("waiting"), "waiting", "waiting", State.WAITING, State.SENDING),
        number(_("sent"), "moving", "sent", State.SENT),
        number(_("confirmed"), "done", "done", State.CONFIRMED),
        number(_("failed"), "late", "attention", State.FAILED),
        number(_("unknown"), "attention", "attention", State.UNKNOWN),
        number(_("undone or given up"), "ended", "undone", State.UNDONE, State.GIVEN_UP),
    ]
    always = {_("asked for"), _("confirmed")}
    return [one for one in numbers if one.value or one.label in always]


def left_out_of(batch: Batch, *, named: bool) -> list[LeftOut]:
    """What was not asked for, by reason, the most frequent first.

    Not `named` for somebody who does not work for everything: the asker may have worked for more.
    """
    by_reason: dict[str, list[dict[str, str]]] = defaultdict(list)
    for one in batch.skipped:
        by_reason[one["reason"]].append(one)
    found = [LeftOut(reason, len(ones), ones[: NAMED if named else 0]) for reason, ones in by_reason.items()]
    return sorted(found, key=lambda one: -one.count)


def _sum(progress: Progress, *states: State) -> int:
    return sum(progress.counts.get(state, 0) for state in states)


def _summary(progress: Progress, ended: int) -> str:
    """For people who listen: a new sentence with each tenth, and at the end."""
    if not progress.total:
        return ""
    if ended < progress.total:
        return _("%(percent)d %% of %(total)d done") % {
            "percent": 10 * (10 * ended // progress.total),
            "total": progress.total,
        }
    return _("All %(total)d ended: %(confirmed)d confirmed, %(failed)d failed.") % {
        "total": progress.total,
        "confirmed": _sum(progress, State.CONFIRMED),
        "failed": _sum(progress, State.FAILED),
    }
