"""Filters: how each is read from the query string, what it says, and what it keeps.

A filter never fails: what it cannot follow is left out, with a sentence for whoever opened the link.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice.lists.viewer import Viewer

LONGEST = 200
MOST_VALUES = 50
_FIRST_YEAR, _LAST_YEAR = 1970, 9990

Values = Mapping[str, Sequence[str]]  # by name, all that the query string gives
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One box of an editor."""

    value: str
    label: str | Promise
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter as somebody set it. `where` keeps the rows, `words` completes "Channel: …"."""

    filter: Filter
    pairs: Pairs
    where: Q
    words: str


class FilterError(ValueError):
    """What a link asks of a filter cannot be followed; the text is for people."""


@dataclass(frozen=True)
class Filter(ABC):
    """`key` is its name in the query string."""

    key: str
    label: str | Promise

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key,)

    @property
    def stays(self) -> bool:
        """Whether it goes along to the other views: then what they count is narrowed by it."""
        return False

    @property
    @abstractmethod
    def template(self) -> str:
        """Of its editor, which gets `fields`."""

    @abstractmethod
    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        """What is chosen; None for nothing. Raises FilterError."""

    @abstractmethod
    def fields(self, pairs: Pairs, viewer: Viewer) -> Any:
        """What the editor shows. `pairs`: what is chosen."""

    def is_offered(self, viewer: Viewer) -> bool:
        """Whether there is anything to choose."""
        return True


def _none(viewer: Viewer) -> Sequence[tuple[str, str | Promise]]:
    """With nothing to choose a filter is not offered."""
    return ()


@dataclass(frozen=True)
class Choices(Filter):
    """Some of a few values. `options`: value and label of each that this person can choose."""

    lookup: str = ""
    options: Callable[[Viewer], Sequence[tuple[str, str | Promise]]] = _none
    template: str = "lists/_choices.html"

    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        asked = dict.fromkeys(part for text in values.get(self.key, ()) for part in text.split(",") if part)
        if not asked:
            return None
        known = {value: str(label) for value, label in self.options(viewer)}
        chosen = [value for value in known if value in asked]
        strange = [value for value in asked if value not in known]
        if strange:
            raise _PartlyError(self._chosen(chosen, known, viewer), _unknown(self, strange[0]))
        return self._chosen(chosen, known, viewer)

    def fields(self, pairs: Pairs, viewer: Viewer) -> list[Option]:
        chosen = dict(pairs).get(self.key, "").split(",")
        return [Option(value, label, value in chosen) for value, label in self.options(viewer)]

    def is_offered(self, viewer: Viewer) -> bool:
        return len(self.options(viewer)) > 1

    def where(self, chosen: list[str], viewer: Viewer) -> Q:
        return Q(**{f"{self.lookup}__in": chosen})

    def _chosen(self, chosen: list[str], known: Mapping[str, str], viewer: Viewer) -> Chosen | None:
        if not chosen:
            return None
        words = ", ".join(known[value] for value in chosen)
        return Chosen(self, ((self.key, ",".join(chosen)),), self.where(chosen, viewer), words)


class _PartlyError(FilterError):
    """Some of the values can be followed."""

    def __init__(self, chosen: Chosen | None, text: str) -> None:
        super().__init__(text)
        self.chosen = chosen


@dataclass(frozen=True)
class Flag(Choices):
    """Yes or no. `yes` is the condition."""

    yes: Q = field(default_factory=Q)

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", lambda viewer: (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))))

    def where(self, chosen: list[str], viewer: Viewer) -> Q:
        kept = Q()
        if "yes" not in chosen:
            kept = ~self.yes
        elif "no" not in chosen:
            kept = self.yes
        return kept


@dataclass(frozen=True)
class Codes(Filter):
    """Some short codes that are typed, separated by commas or spaces; compared in capital letters."""

    lookup: str = ""
    hint: str | Promise = ""
    template: str = "lists/_codes.html"

    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        text = ",".join(values.get(self.key, ())).replace(",", " ").upper()
        codes = list(dict.fromkeys(text.split()))
        if not codes:
            return None
        if len(codes) > MOST_VALUES or any("\0" in code or len(code) > LONGEST for code in codes):
            raise FilterError(_unknown(self, text[:20]))
        return Chosen(self, ((self.key, ",".join(codes)),), Q(**{f"{self.lookup}__in": codes}), ", ".join(codes))

    def fields(self, pairs: Pairs, viewer: Viewer) -> str:
        return dict(pairs).get(self.key, "").replace(",", ", ")


@dataclass(frozen=True)
class Dates(Filter):
    """Between two days, both of them included, in the time zone of the person who looks."""

    lookup: str = ""
    template: str = "lists/_dates.html"

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        texts = [next(iter(values.get(name, ())), "").strip() for name in self.names]
        first, last = (_day(self, text) for text in texts)
        if first is None and last is None:
            return None
        if first and last and first > last:
            raise FilterError(
                _("%(label)s: the first day lies after the last. The filter was left out.") % {"label": self.label}
            )
        where = Q()
        if first:
            where &= Q(**{f"{self.lookup}__gte": _midnight(first)})
        if last:
            where &= Q(**{f"{self.lookup}__lt": _midnight(last + timedelta(days=1))})
        pairs = tuple((name, day.isoformat()) for name, day in zip(self.names, (first, last), strict=True) if day)
        return Chosen(self, pairs, where, _span(first, last))

    def fields(self, pairs: Pairs, viewer: Viewer) -> tuple[tuple[str, str], tuple[str, str]]:
        first, last = self.names
        chosen = dict(pairs)
        return (first, chosen.get(first, "")), (last, chosen.get(last, ""))


def _unknown(one: Filter, value: str) -> str:
    return _("%(label)s: “%(value)s” is not one of the values. It was left out.") % {
        "label": one.label,
        "value": value[:60].replace("\0", ""),
    }


def _day(one: Filter, text: str) -> date | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:  # 31 February
        day = None
    # The midnights of the first and last years cannot be told in every time zone, and nobody means them.
    if day and _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return day
    said = _("%(label)s: “%(value)s” is no date. The filter was left out.")
    raise FilterError(said % {"label": one.label, "value": text[:20].replace("\0", "")})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _span(first: date | None, last: date | None) -> str:
    style = pgettext("date in Django's format letters", "j M Y")
    begin, end = (date_format(day, style) if day else "" for day in (first, last))
    if begin == end:
        return begin
    if begin and end:
        return f"{begin} – {end}"
    return _("from %(day)s") % {"day": begin} if begin else _("until %(day)s") % {"day": end}


def chosen_of(filters: Sequence[Filter], values: Values, viewer: Viewer) -> tuple[dict[str, Chosen], list[str]]:
    """What is chosen of each filter by its key, and a sentence for each that could not be followed."""
    found: dict[str, Chosen] = {}
    problems = []
    for one in filters:
        try:
            chosen = one.read(values, viewer)
        except FilterError as error:
            problems.append(str(error))
            chosen = error.chosen if isinstance(error, _PartlyError) else None
        if chosen:
            found[one.key] = chosen
    return found, problems
