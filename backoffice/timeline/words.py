"""What each kind of entry is called. Apps register their verbs; this package knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """How entries of one verb look: `icon` is a file in templates/ui/icons, `tone` as of a badge, `sentence` says in
    the reader's language what happened, from the entry's data."""

    icon: str
    tone: str
    sentence: Callable[[Json], str]


_words: dict[str, Words] = {}


def register(verb: str, words: Words) -> None:
    """Makes a verb known. A second one of the same name is a mistake in the code."""
    if verb in _words:
        raise ValueError(f"A verb named {verb!r} is registered already.")
    _words[verb] = words


def of(verb: str) -> Words:
    """The words of a verb; of one that this version of the program does not know, its bare name."""
    return _words.get(verb) or Words("question", "unknown", lambda data: verb)
