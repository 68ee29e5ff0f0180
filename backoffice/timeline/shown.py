"""A timeline as a page shows it: what happened, newest first, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from django.utils.functional import Promise

from backoffice.timeline import words
from backoffice.timeline.enums import Actor, Show
from backoffice.timeline.models import Entry
from backoffice.web import times

MOST = 200  # of one timeline: whoever needs more asks for a part of it


@dataclass(frozen=True, slots=True)
class Step:
    """One moment in the life of something that takes its time."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened.

    `who`: a name, or what kind of actor it was; `failed`: it belongs to the errors; `text`: more about it in whole
    sentences; `steps`: its life so far; `fix_url`, `url`: where something can be done about it, and where more stands.
    """

    at: datetime
    part: Show
    icon: str
    tone: str
    sentence: str
    who: str
    failed: bool = False
    text: str = ""
    steps: tuple[Step, ...] = ()
    fix_url: str = ""
    url: str = ""

    @property
    def took(self) -> str:
        """How long its life has been so far; "" where it has none."""
        return times.length(self.steps[-1].at - self.steps[0].at) if len(self.steps) > 1 else ""


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day of the reader's zone."""

    day: date
    moments: list[Moment]


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the timeline to choose; `count` is how much it holds."""

    key: str
    label: str | Promise
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """`cut`: older moments are left out."""

    days: list[Day] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    show: str = Show.ALL
    cut: bool = False


def moment_of(entry: Entry) -> Moment:
    """A stored entry. Without queries when its person was fetched along."""
    said = words.of(entry.verb)
    who = str(entry.person) if entry.person else str(Actor(entry.actor).label)
    part = Show.MIRAKL if entry.actor in {Actor.MIRAKL, Actor.CUSTOMER} else Show.ACTIONS
    return Moment(entry.at, part, said.icon, said.tone, said.sentence(entry.data), who)


def stored(object_type: str, object_id: int) -> list[Moment]:
    """What was written down about one object, newest first: one query."""
    return [moment_of(entry) for entry in Entry.objects.about(object_type, object_id).select_related("person")[:MOST]]


def timeline(moments: Iterable[Moment], *, show: str) -> Timeline:
    """All of them or a part; an unknown part is all."""
    everything = sorted(moments, key=lambda moment: moment.at, reverse=True)
    wanted = show if show in Show.values else str(Show.ALL)
    chips = [Chip(key, label, len(_part(everything, key)), key == wanted) for key, label in Show.choices]
    chosen = _part(everything, wanted)
    days = groupby(chosen[:MOST], key=lambda moment: times.local(moment.at).date())
    return Timeline([Day(day, list(group)) for day, group in days], chips, wanted, len(chosen) > MOST)


def _part(moments: Sequence[Moment], show: str) -> list[Moment]:
    if show == Show.ALL:
        return list(moments)
    if show == Show.ERRORS:
        return [moment for moment in moments if moment.failed]
    return [moment for moment in moments if moment.part == show]
