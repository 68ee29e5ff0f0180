"""The search over everything: what its page and the palette show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backoffice.dashboard.places import Group
from backoffice.users.models import User
from backoffice.web import searching
from backoffice.web.scope import EVERYTHING, Scope
from backoffice.web.searching import MOST_HITS, Found, Hit, Source, Words

# Hits of one source in the palette; the page shows them all.
MOST_IN_PALETTE = 6
# A pasted list of ids is not repeated in the search box in full.
LONGEST_SHOWN = 2000
# Shorter parts of words are not looked up (orders.search).
SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Section:
    """What one source has found."""

    source: Source
    found: Found

    @property
    def is_cut(self) -> bool:
        return len(self.found.hits) >= MOST_HITS


@dataclass(frozen=True, slots=True)
class Result:
    """`looked_through`: phrases for when nothing was found. `is_narrowed`: the scope switch left something out."""

    words: Words
    sections: Sequence[Section]
    looked_through: Sequence[str]
    is_narrowed: bool

    @property
    def shown_text(self) -> str:
        return self.words.text[:LONGEST_SHOWN]

    @property
    def all_words(self) -> str:
        return " ".join(self.words.words)

    @property
    def is_too_short(self) -> bool:
        return all(len(word) < SHORTEST_PART for word in self.words.words)

    @property
    def only_url(self) -> str:
        """Of the one thing whose number or id is exactly the one word that was typed."""
        if len(self.words.words) != 1:
            return ""
        exact = [hit for section in self.sections for hit in section.found.hits if hit.is_exact]
        return exact[0].url if len(exact) == 1 else ""


def result(user: User, scope: Scope, text: str) -> Result:
    """What every source has for these words."""
    words = Words.parse(text)
    sections = [Section(source, found) for source, found in searching.search(user, scope, words.words)]
    looked = [source.looks_through(user) for source in searching.sources(user)]
    return Result(words, sections, looked, is_narrowed=scope != EVERYTHING)


def groups(user: User, scope: Scope, text: str) -> list[Group]:
    """The same, as short as the palette shows it."""
    words = Words.parse(text)
    found = searching.search(user, scope, words.words)
    return [Group(source.label, _first(result.hits), can_star=False) for source, result in found]


def _first(hits: Sequence[Hit]) -> Sequence[Hit]:
    return hits[:MOST_IN_PALETTE]
