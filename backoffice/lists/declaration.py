"""What a list is: its views, columns, filters and verbs. `docs/lists.md` shows how to declare one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise

from backoffice.lists.filters import Filter
from backoffice.lists.sheets import Cell
from backoffice.lists.viewer import Viewer
from backoffice.users import rights

Words = str | Promise
# Of the scope switch in the top bar: known to every page.
SWITCH = ("connection", "channel")
# What every list knows besides its filters. `view`: one of ours by its key, or a saved one by its number;
# `saved`: the saved one that the state began with.
STATE = ("view", "saved", "q", "ids", "sort", "size")
PLACE = ("after", "before")
# A cell without a template of its own: its value, escaped.
TEXT = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row as a list shows it.

    `states`: "held", "failed", "conflict", "unknown", "anonymised"; `can`: keys of the verbs that this row takes;
    `version`: changes with everything that the row shows, except how long ago; `more`: what column templates want.
    """

    object: Any
    url: str
    label: str
    states: tuple[str, ...] = ()
    can: tuple[str, ...] = ()
    version: str = ""
    more: Any = None

    @property
    def pk(self) -> int:
        pk: int = self.object.pk
        return pk


@dataclass(frozen=True, slots=True)
class Column:
    """`value`: what an export writes, and what a cell without a `template` of its own shows.

    A template gets `entry`, `object`, `more`, `viewer` and `now`. `sort`: the column of the table that rows are sorted
    by, never null and served by an index; a view may name another one. `personal`: hidden without users.personal.
    `on_paper`: whether an export has it; buttons are none of its business.
    """

    key: str
    label: Words
    value: Callable[[Any], Cell]
    template: str = TEXT
    sort: str = ""
    newest_first: bool = False
    number: bool = False
    optional: bool = False
    personal: bool = False
    label_hidden: bool = False
    on_paper: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A tab that everybody has. `where` keeps the rows that belong to it.

    `sort`: a key of a column, with "-" for descending. `sorts`: which columns this view can be sorted by, each with the
    field that serves it here; without it, all that can be. `empty`: what is said when nothing is left.
    `urgent`: its count is shown in red. `icon`: of the page when it is empty.
    """

    key: str
    label: Words
    empty: Words
    where: Callable[[QuerySet[Any], datetime], QuerySet[Any]]
    sort: str
    sorts: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    icon: str = "check"
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Verb:
    """What can be asked for several rows at once. Its button leads to a review sheet, by GET.

    `among`: of these rows, those that can be asked; `label`: "Accept"; `name` and `value`: of the button.
    """

    key: str
    label: Words
    url_name: str
    among: Callable[[QuerySet[Any]], QuerySet[Any]]
    name: str = ""
    value: str = ""
    icon: str = "check"
    right: str = rights.ACT
    primary: bool = False

    @property
    def url(self) -> str:
        return reverse(self.url_name)


def _no_context(viewer: Viewer, rows: QuerySet[Any], state: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, eq=False)
class List:
    """A list. `key` is also the namespace of its URLs, made by `backoffice.lists.urls.patterns`.

    row: begins the id of every row ("order" for "order-7"). rows: what this person may see (`visible_to`).
    shown: the same rows with all that the columns look at; entries: the rows of a page as they look, in their order;
    both in a fixed number of queries. counted: "3 orders".
    search: those of the rows in which every word of a text occurs; shortest: characters that a word of it needs.
    exact: by primary key, the word that is the number or id of that row.
    begins: the key of the view that people begin with, if it is not the first one; everything: of the view that a
    search looks through when nobody chose one. scope: the fields that the scope switch narrows.
    head, above, nothing: templates, beside the title, above the rows, and where nothing came so far; context: what they
    want besides, and maybe `version`, which changes with it. every: seconds between two looks at the server.
    """

    key: str
    label: Words
    row: str
    rows: Callable[[Any], QuerySet[Any]]
    entries: Callable[[Sequence[Any], Viewer], list[Entry]]
    counted: Callable[[int], str]
    columns: Sequence[Column]
    views: Sequence[View]
    shown: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    filters: Sequence[Filter] = ()
    verbs: Sequence[Verb] = ()
    search: Callable[[QuerySet[Any], str, Viewer], QuerySet[Any]] | None = None
    exact: Callable[[QuerySet[Any], Sequence[str]], Mapping[int, str]] | None = None
    shortest: int = 1
    placeholder: Words = ""
    begins: str = ""
    everything: str = "all"
    scope: Mapping[str, str] = field(default_factory=dict)
    head: str = ""
    above: str = ""
    nothing: str = "lists/_nothing_yet.html"
    context: Callable[[Viewer, QuerySet[Any], Any], dict[str, Any]] = _no_context
    every: int = 15

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All query parameters that belong to the state of this list, in their order."""
        return (*STATE, *(name for one in self.filters for name in one.names), *PLACE, *SWITCH)

    def url(self, name: str = "list", *args: object) -> str:
        return reverse(f"{self.key}:{name}", args=args)

    def view(self, key: str) -> View | None:
        return next((view for view in self.views if view.key == key), None)

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)

    def filter(self, key: str) -> Filter:
        return next(one for one in self.filters if one.key == key)

    def field_of(self, column: Column, view: View) -> str:
        """The field that this view is sorted by for a column; "" when it cannot be."""
        return view.sorts.get(column.key, "") if view.sorts else column.sort

    def cleaned(self, text: str) -> str:
        """The state of this list out of any query string: known names only, so that no link holds anything foreign."""
        values = QueryDict(text)
        return urlencode([(name, value) for name in self.names for value in values.getlist(name) if value])


_lists: dict[str, List] = {}


def register(the_list: List) -> List:
    """Makes a list known by its key. A second one of the same key is a mistake in the code."""
    if the_list.key in _lists:
        raise ValueError(f"A list with the key {the_list.key!r} is registered already.")
    _lists[the_list.key] = the_list
    return the_list


def known() -> list[List]:
    return list(_lists.values())
