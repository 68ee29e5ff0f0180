"""The search over everything. Each app that has something to find registers a source in `AppConfig.ready`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from backoffice.users.models import User
from backoffice.web.badges import Badge
from backoffice.web.scope import Scope

# How many hits of one source are shown, and how many ids that somebody pastes are looked up at once.
MOST_HITS = 20
MOST_WORDS = 1000
# A longer word is none that anybody typed, and no number or id of Mirakl's.
LONGEST_WORD = 200

_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. `note` stands below the label; `is_exact`: a word is this thing's number or id."""

    label: str
    url: str
    note: str = ""
    badge: Badge | None = None
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What one source has: at most MOST_HITS of it. `list_url`: the list with all of them, where there is one;
    `lookup_url`: where the words have to be sent by POST to get there, being too many for an address."""

    hits: Sequence[Hit] = ()
    list_url: str = ""
    lookup_url: str = ""


NOTHING = Found()


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be searched.

    `find` gets the words that were typed, at most MOST_WORDS: one thing may hold all of them, or each may be the number
    or id of another. It sees to rights, scopes and the scope switch itself, in a number of queries that does not depend
    on what is found. `looks_through` completes the sentence "Looked through …" for this person.
    """

    key: str
    label: str | Promise
    find: Callable[[User, Scope, Sequence[str]], Found]
    looks_through: Callable[[User], str]
    order: int
    shown_to: Callable[[User], bool] = lambda user: True


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody typed, cut into words. `left_out`: how many more there were than are looked up."""

    text: str
    words: Sequence[str]
    left_out: int = 0

    @classmethod
    def parse(cls, text: str) -> Words:
        """Words stand between white space, commas and semicolons; each counts once. NUL is dropped: no database of
        ours can hold it."""
        found = dict.fromkeys(filter(None, _BETWEEN.split(text.replace("\0", ""))))
        known = [word for word in found if len(word) <= LONGEST_WORD]
        return cls(text.strip(), known[:MOST_WORDS], max(len(found) - MOST_WORDS, 0))


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Adds a source, or replaces the one with the same key."""
    _sources[source.key] = source


def sources(user: User) -> list[Source]:
    """What this person can search, in order."""
    return [one for one in sorted(_sources.values(), key=lambda one: one.order) if one.shown_to(user)]


def search(user: User, scope: Scope, words: Sequence[str]) -> list[tuple[Source, Found]]:
    """What every source has for these words; sources without a hit are left out."""
    if not words:
        return []
    found = [(source, source.find(user, scope, words)) for source in sources(user)]
    return [(source, result) for source, result in found if result.hits]
