"""The state of a list: all of it is in the query string, and only what we know gets out of there again.

Nothing in a query string is an error: what cannot be followed is left out, with a sentence for whoever opened the link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.lists import filters, selecting
from backoffice.lists.declaration import PLACE, SWITCH, List, View
from backoffice.lists.filters import Chosen
from backoffice.lists.keyset import Order, Position
from backoffice.lists.models import SavedView, Selection
from backoffice.lists.saving import Shelf
from backoffice.lists.viewer import Viewer

SIZES = (25, 50, 100, 200)
SIZE = 50
# A longer search does not fit into the addresses of the neighbouring pages; lists.js sends it as a form.
LONGEST_SEARCH = 1500
LONGEST_WORD = 200
# Numbers that were not found and are named.
SAID = 5
# Besides the view, what a saved view keeps is what is shown; how much of it on a page is not part of it.
_LOOKS = {"size", *SWITCH}

_BETWEEN = re.compile(r"[\s,;]+")


@dataclass(frozen=True)
class Lookup:
    """Rows found by their numbers: their primary keys, the words that no row has, and how many were not looked up."""

    keys: Sequence[int]
    missing: Sequence[str] = ()
    left_out: int = 0


@dataclass(frozen=True)
class State:
    """What a list shows. `place`: the position that the page begins after or ends before.

    `named`: whether a view was asked for. `lookup`: rows that were looked up by numbers; then `text` is no search.
    """

    the_list: List
    view: View
    viewer: Viewer
    saved: SavedView | None = None
    text: str = ""
    ids: Selection | None = None
    lookup: Lookup | None = None
    chosen: Mapping[str, Chosen] = field(default_factory=dict)
    sort: str = ""
    size: int = SIZE
    after: Position | None = None
    before: Position | None = None
    selection: Selection | None = None
    seen: int = 0
    named: bool = False
    problems: Sequence[str] = ()

    @property
    def order(self) -> Order:
        column = self.the_list.column(self.sort.removeprefix("-"))
        assert column is not None
        return Order(self.the_list.field_of(column, self.view), self.sort.startswith("-"))

    @cached_property
    def pairs(self) -> dict[str, str]:
        """All of the state but the place in the list, by name, said in full."""
        pairs = {"view": self.view.key, "q": self.text, "ids": self.ids.token if self.ids else ""}
        for chosen in self.chosen.values():
            pairs.update(chosen.pairs)
        pairs["sort"] = self.sort if self.sort != self.view.sort else ""
        pairs["saved"] = str(self.saved.pk) if self.saved else ""
        pairs["size"] = str(self.size) if self.size != SIZE else ""
        pairs.update({name: str(pk) for name, pk in self.viewer.request.scope.pairs})
        return self._ordered(pairs)

    @property
    def core(self) -> str:
        """What a saved view keeps. What was pasted is one person's for some days, and kept by no view."""
        return urlencode({name: value for name, value in self.pairs.items() if name not in {*_LOOKS, "saved", "ids"}})

    @cached_property
    def is_changed(self) -> bool:
        """Whether it is not what its view shows by itself."""
        plain = self.saved.query if self.saved else urlencode({"view": self.view.key})
        return self.core != plain or self.ids is not None

    @property
    def is_narrowed(self) -> bool:
        """Whether there is a search or a filter."""
        return bool(self.text or self.ids or self.chosen)

    def query(self, **changes: str) -> str:
        """A query string of this state with these changes; "" takes a name away. The first page of it."""
        pairs = {**self._shortest(said=changes), **changes}
        return urlencode(self._ordered(pairs))

    def without(self, *names: str) -> str:
        return self.query(**dict.fromkeys(names, ""))

    def looks(self, view: str, **more: str) -> str:
        """A query string of another view, with what does not belong to a view: how many rows, the scope switch."""
        kept = {name: value for name, value in self.pairs.items() if name in _LOOKS}
        return urlencode(self._ordered({"view": view, **kept, **more}))

    def hidden(self, *names: str) -> list[tuple[str, str]]:
        """Hidden fields of a form that sets these names itself."""
        return [(name, value) for name, value in self.pairs.items() if name not in names]

    def _shortest(self, said: Mapping[str, str]) -> dict[str, str]:
        """A saved view that shows what it keeps is named by its number alone."""
        if self.saved is None or self.is_changed or said.keys() - {*_LOOKS, *PLACE, "selection", "seen"}:
            return dict(self.pairs)
        looks = {name: value for name, value in self.pairs.items() if name in _LOOKS}
        return {"view": str(self.saved.pk), **looks}

    def _ordered(self, pairs: Mapping[str, str]) -> dict[str, str]:
        names = [*self.the_list.names, "selection", "seen", "known"]
        return {name: pairs[name] for name in names if pairs.get(name)}

    def scoped(self) -> QuerySet[Any]:
        """All rows that this person may see and that the scope switch leaves."""
        rows = self.the_list.rows(self.viewer.user)
        known = self.the_list.scope
        return rows.filter(**{known[kind]: pk for kind, pk in self.viewer.request.scope.pairs if kind in known})

    def rows(self, *, leave_out: str = "") -> QuerySet[Any]:
        """What the list shows, in no order. `leave_out`: the key of a filter, or "q" for the search."""
        rows = self.view.where(self.scoped(), self.viewer.now)
        for key, chosen in self.chosen.items():
            if key != leave_out:
                rows = rows.filter(chosen.where)
        return rows if leave_out == "q" else self._searched(rows)

    def _searched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.lookup is not None:
            return rows.filter(pk__in=self.lookup.keys)
        if self.text and self.the_list.search:
            return self.the_list.search(rows, self.text, self.viewer)
        return rows


def read(the_list: List, values: QueryDict, viewer: Viewer, shelf: Shelf) -> State:
    """Reads a query string. Asks one query for each: what was pasted, what was looked up, what was chosen."""
    return _Reader(the_list, values, viewer, shelf).state()


class _Reader:
    """Reads one query string; collects what it cannot follow."""

    def __init__(self, the_list: List, values: QueryDict, viewer: Viewer, shelf: Shelf) -> None:
        self.the_list, self.viewer, self.shelf = the_list, viewer, shelf
        self.asked = values
        self.values = values
        self.problems: list[str] = []

    def state(self) -> State:
        named = bool(self._one("view"))
        saved, wanted = self._saved()
        text, ids = self._text(), self._ids()
        chosen, problems = filters.chosen_of(self.the_list.filters, dict(self.values.lists()), self.viewer)
        self.problems += problems
        view = self._view(wanted, narrowed=bool(text or ids or chosen))
        sort = self._sort(view)
        state = State(
            self.the_list, view, self.viewer, saved, text, ids, self._lookup(text, ids), chosen, sort,
            size=self._size(), selection=self._selection(), seen=_whole(self.asked.get("seen", "")), named=named,
        )  # fmt: skip
        after, before = self._place(state.order)
        return _with(state, after=after, before=before, problems=tuple(self.problems))

    def _one(self, name: str) -> str:
        return self.values.get(name, "").replace("\0", "")

    def _saved(self) -> tuple[SavedView | None, str]:
        """The saved view that is asked for, and the key of the view that it stands on."""
        wanted = self._one("view")
        if not wanted and not any(self.values.get(name) for name in self.the_list.names if name not in _BESIDES):
            wanted = self.shelf.first
        if not wanted.isdigit():
            return self.shelf.find(_whole(self._one("saved"))), wanted
        saved = self.shelf.find(_whole(wanted))
        if saved is None:
            self.problems.append(
                _("That view is not there any more, or not shared with you. This is the standard view.")
            )
            return None, ""
        self.values = QueryDict(saved.query)
        return saved, self._one("view")

    def _view(self, wanted: str, *, narrowed: bool) -> View:
        view = self.the_list.view(wanted)
        if wanted and view is None:
            self.problems.append(_("The link names a view that this list does not have. This is the standard view."))
        otherwise = self.the_list.everything if narrowed else self.the_list.begins
        return view or self.the_list.view(otherwise) or self.the_list.views[0]

    def _text(self) -> str:
        text = self._one("q").strip()
        if len(text) <= LONGEST_SEARCH:
            return text
        self.problems.append(_("That search is too long for an address: only its beginning was used."))
        return text[:LONGEST_SEARCH].rsplit(maxsplit=1)[0]

    def _ids(self) -> Selection | None:
        token = self._one("ids")
        found = selecting.find(self.viewer.user, self.the_list, Selection.Kind.WORDS, token) if token else None
        if token and found is None:
            self.problems.append(_("What was pasted is not kept any more. Paste it again."))
        return found

    def _lookup(self, text: str, ids: Selection | None) -> Lookup | None:
        """Several words may be the numbers of several rows; if none is, they are a search."""
        if self.the_list.exact is None:
            return None
        words = list(ids.ids) if ids else words_of(text)
        if ids is None and len(words) < 2:
            return None
        found = self.the_list.exact(self.the_list.rows(self.viewer.user), words[: selecting.MOST_WORDS])
        if not found and ids is None:
            return None
        hits = set(found.values())
        return Lookup(list(found), [word for word in words if word not in hits], ids.left_out if ids else 0)

    def _sort(self, view: View) -> str:
        wanted = self._one("sort")
        column = self.the_list.column(wanted.removeprefix("-"))
        if column and self.the_list.field_of(column, view):
            return wanted
        if wanted:
            self.problems.append(_("This view cannot be sorted as the link says. It is sorted as usual."))
        return view.sort

    def _size(self) -> int:
        size = _whole(self.asked.get("size", ""))
        return size if size in SIZES else SIZE

    def _place(self, order: Order) -> tuple[Position | None, Position | None]:
        texts = [self.asked.get(name, "") for name in PLACE]
        model = self.the_list.rows(self.viewer.user).model
        try:
            after, before = (Position.parse(text, model, order) if text else None for text in texts)
        except ValueError:
            self.problems.append(_("That link to a page of the list is damaged. This is the first page."))
            return None, None
        return after, before

    def _selection(self) -> Selection | None:
        token = self.asked.get("selection", "")
        found = selecting.find(self.viewer.user, self.the_list, Selection.Kind.ROWS, token) if token else None
        if token and found is None:
            self.problems.append(_("That choice of rows is not kept any more. Choose them again."))
        return found


# What a link can say without asking for anything else than the view that somebody begins with.
_BESIDES = {*_LOOKS, *PLACE}


def words_of(text: str) -> list[str]:
    """The words of a search or a paste, each once: between white space, commas and semicolons. What is longer than any
    number or id is left out."""
    return list(dict.fromkeys(word for word in _BETWEEN.split(text.replace("\0", "")) if 0 < len(word) <= LONGEST_WORD))


def said_of(lookup: Lookup) -> str:
    """What became of numbers that were looked up: how many no row has, and the first of them."""
    if not lookup.missing:
        return ""
    first = ", ".join(word[:40] for word in lookup.missing[:5])
    number = len(lookup.missing)
    said = ngettext(
        "%(number)d number was not found: %(first)s", "%(number)d numbers were not found: %(first)s", number
    )
    return said % {"number": number, "first": first} + ("…" if number > 5 else "")


def _whole(text: str) -> int:
    """A number out of a URL; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _with(state: State, **changes: Any) -> State:
    return State(**{**{name: getattr(state, name) for name in State.__dataclass_fields__}, **changes})
