"""The page of a list: views as tabs, filters as chips, rows, what can be done with several, neighbouring pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.lists import counts, keyset, saving
from backoffice.lists.declaration import Column, Entry, List, Verb, View
from backoffice.lists.filters import Chosen, Filter
from backoffice.lists.keyset import Page
from backoffice.lists.saving import Shelf
from backoffice.lists.state import SIZES, State, read, said_of
from backoffice.users import rights

# Beyond these a tab of a saved view has no number: each costs a part of the one query that counts.
MOST_SAVED_COUNTED = 10


@dataclass(frozen=True, slots=True)
class Tab:
    """`count`: "" where counting would cost as much as looking."""

    id: str
    label: str | Promise
    query: str
    count: str = ""
    current: bool = False
    urgent: bool = False
    begins: bool = False  # the first of the saved ones


@dataclass(frozen=True, slots=True)
class Head:
    """A column with its name: `query` sorts by it, `sorted` says how it is sorted now ("ascending").

    opening: how each of its cells begins; hidden: what stands in it where this person may not look.
    """

    column: Column
    label: str
    opening: SafeString
    hidden: str = ""
    query: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with its link, as HTML and as an address, and what its box says."""

    entry: Entry
    href: str
    link: SafeString
    choose: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Editor:
    """A filter with the form that sets it. `without`: the state without it."""

    filter: Filter
    fields: Any
    hidden: Sequence[tuple[str, str]]
    words: str = ""
    without: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A verb with how many of how many chosen rows it is for; both numbers are examples before a script counts."""

    verb: Verb
    count: int
    total: int

    @property
    def is_off(self) -> bool:
        return self.total > 0 and self.count == 0


@dataclass(frozen=True, slots=True)
class Box:
    """A line of the column chooser."""

    column: Column
    shown: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why there are no rows. `kind`: nothing came "yet"; nothing is "left"; nothing of a "part" that a link led to;
    nothing does "match"; this person has no "right" to any. `worst`: the filter that leaves out most."""

    kind: str
    worst: Chosen | None = None
    worst_query: str = ""
    worst_count: str = ""


@dataclass(frozen=True)
class Shown:
    """A page of rows, before anything is drawn."""

    state: State
    shelf: Shelf
    rows: QuerySet[Any]
    page: Page[Any]
    entries: Sequence[Entry]
    seen: int
    fresh: int
    columns: Sequence[Column]


def shown(state: State, shelf: Shelf) -> Shown:
    """Asks for the rows of one page and all that they show, and for what is newer than the page."""
    the_list = state.the_list
    rows = state.rows()
    page = page_of(the_list.shown(rows), state)
    seen = state.seen or state.scoped().aggregate(most=Max("pk"))["most"] or 0
    fresh = counts.up_to_most(rows.filter(pk__gt=state.seen)) if state.seen else 0
    entries = the_list.entries(page.rows, state.viewer)
    return Shown(state, shelf, rows, page, entries, seen, fresh, columns_shown(state, shelf))


def columns_shown(state: State, shelf: Shelf) -> list[Column]:
    return saving.columns_of(state.the_list, shelf, state.view, state.saved)


def page_of(rows: QuerySet[Any], state: State) -> Page[Any]:
    """The page that the state asks for. One query, two where its place is past the end."""
    if state.after:
        return keyset.after(rows, state.order, state.size, state.after)
    if state.before:
        return keyset.before(rows, state.order, state.size, state.before)
    return keyset.first(rows, state.order, state.size)


def context(seen: Shown) -> dict[str, Any]:
    """What the templates want. Asks how many rows each view holds, and for what the list itself wants to show."""
    state, the_list = seen.state, seen.state.the_list
    numbers = _numbers(state, seen)
    more = the_list.context(state.viewer, seen.rows, state)
    tabs = _tabs(seen, numbers)
    fingerprint = _fingerprint(seen, tabs, more)
    place = {"after": str(state.after or ""), "before": str(state.before or "")}
    return {
        "list": the_list,
        "list_url": the_list.url(),
        "now": state.viewer.now,
        "viewer": state.viewer,
        "state": state,
        "title": str(state.saved.name if state.saved else state.view.label),
        "tabs": tabs,
        "count": counts.words(numbers[_key(state)]),
        "counted": _counted(the_list, numbers[_key(state)]),
        "seen": seen.seen,
        "fresh": seen.fresh,
        "fingerprint": fingerprint,
        "poll_url": f"{the_list.url()}?" + state.query(**place, seen=str(seen.seen), known=fingerprint),
        "nothing": None if seen.entries else _nothing(state),
        **_table(seen, back=state.query(**place)),
        **_ways(state, here=state.query(**place)),
        **_rights(seen),
        **more,
    }


def _table(seen: Shown, back: str) -> dict[str, Any]:
    """Rows, columns, what can be done with rows, neighbouring pages. `back`: the state that rows lead back to."""
    state, the_list, viewer = seen.state, seen.state.the_list, seen.state.viewer
    verbs = [verb for verb in the_list.verbs if viewer.user.has_perm(verb.right)]
    return {
        "entries": seen.entries,
        "rows": _rows(seen, back),
        "columns": seen.columns,
        "heads": [_head(column, state, first=at == 0) for at, column in enumerate(seen.columns)],
        "boxes": _boxes(the_list, seen.columns),
        "buttons": _buttons(verbs, state),
        "previous": state.query(before=seen.page.before) if seen.page.before else "",
        "next": state.query(after=seen.page.after) if seen.page.after else "",
        "sizes": [(size, state.query(size=str(size))) for size in SIZES],
    }


def _ways(state: State, here: str) -> dict[str, Any]:
    """Filters, search, and the links between states. `here`: this very page."""
    the_list = state.the_list
    every = ("q", "ids", *(name for one in the_list.filters for name in one.names))
    return {
        "here": here,
        "back_query": urlencode({"back": here}),
        "state_query": state.query(),
        "first_page": state.query(),
        "all_rows": state.query(view=the_list.everything, saved=""),
        "without_search": state.without("q", "ids"),
        "cleared": state.without(*every),
        "reset": state.looks(str(state.saved.pk) if state.saved else state.view.key),
        "hidden_for_search": state.hidden("q", "ids"),
        "too_short": _is_too_short(state),
        "said": said_of(state.lookup) if state.lookup else "",
        "editors": [_editor(one, state) for one in the_list.filters if one.is_offered(state.viewer)],
        "chips": [_editor(the_list.filter(key), state) for key in state.chosen],
    }


def _rights(seen: Shown) -> dict[str, Any]:
    """What this person may do with views and files."""
    state, user = seen.state, seen.state.viewer.user
    return {
        "view_url": state.the_list.url("view", state.saved.pk) if state.saved else "",
        # A template would call what it is asked about.
        "searches": state.the_list.search is not None,
        "looks_up": state.the_list.exact is not None,
        "may_share": user.has_perm(rights.SHARE_VIEWS),
        "may_export": user.has_perm(rights.EXPORT),
        "may_change": state.saved is not None and saving.may_change(user, state.saved),
        "begins_here": seen.shelf.habit.first == (str(state.saved.pk) if state.saved else state.view.key),
    }


def _fingerprint(seen: Shown, tabs: Sequence[Tab], more: Mapping[str, Any]) -> str:
    """Changes with all that the page says, except how long ago something was."""
    said = [f"{entry.pk}:{entry.version}" for entry in seen.entries]
    said += [f"{tab.id}:{tab.label}:{tab.count}" for tab in tabs]
    said += [str(seen.fresh), seen.page.before, seen.page.after, str(more.get("version", ""))]
    said += [column.key for column in seen.columns]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


def _counted(the_list: List, count: int) -> str:
    if count < counts.MOST:
        return the_list.counted(count)
    return _("more than %(counted)s") % {"counted": the_list.counted(counts.MOST - 1)}


def _is_too_short(state: State) -> bool:
    words = state.text.split()
    return bool(words) and state.lookup is None and all(len(word) < state.the_list.shortest for word in words)


def _numbers(state: State, seen: Shown) -> dict[str, int]:
    """How many rows each tab leads to, by its key or number; a search goes along, and only what it finds is counted."""
    numbers = {}
    if not (state.text or state.ids):
        rows, now = state.scoped().filter(*(chosen.where for chosen in _staying(state))), state.viewer.now
        wanted = {view.key: view.where(rows, now) for view in state.the_list.views if view.counted}
        numbers = counts.together(wanted | _saved_rows(seen))
    current = _key(state)
    if current not in numbers or state.is_changed:
        alone = not (seen.page.before or seen.page.after)
        numbers[current] = len(seen.entries) if alone else counts.up_to_most(seen.rows)
    return numbers


def _saved_rows(seen: Shown) -> dict[str, QuerySet[Any]]:
    """The rows of the first saved views, but of those that search: each of these may have to look up words first."""
    state = seen.state
    plain = [view for view in seen.shelf.views if "q" not in QueryDict(view.query)][:MOST_SAVED_COUNTED]
    return {
        str(view.pk): read(state.the_list, QueryDict(f"view={view.pk}"), state.viewer, seen.shelf).rows()
        for view in plain
    }


def _key(state: State) -> str:
    return str(state.saved.pk) if state.saved else state.view.key


def _staying(state: State) -> list[Chosen]:
    return [chosen for chosen in state.chosen.values() if chosen.filter.stays]


def _tabs(seen: Shown, numbers: dict[str, int]) -> list[Tab]:
    """The list's own views, then the saved ones. A search goes along, filters do not: each view has its own."""
    state = seen.state
    along = {name: state.pairs.get(name, "") for name in ("q", "ids")}
    for chosen in _staying(state):
        along.update(chosen.pairs)
    tabs = [_tab(view, state, numbers, along) for view in state.the_list.views]
    for number, view in enumerate(seen.shelf.views):
        current = state.saved is not None and state.saved.pk == view.pk
        count = counts.words(numbers[str(view.pk)]) if str(view.pk) in numbers else ""
        query = state.looks(str(view.pk))
        tabs.append(Tab(f"view-{view.pk}", view.name, query, count, current=current, begins=number == 0))
    return tabs


def _tab(view: View, state: State, numbers: dict[str, int], along: dict[str, str]) -> Tab:
    count = numbers.get(view.key)
    return Tab(
        id=f"tab-{view.key}",
        label=view.label,
        query=state.looks(view.key, **along),
        count="" if count is None else counts.words(count),
        current=state.saved is None and view is state.view,
        urgent=view.urgent and bool(count),
    )


def _rows(seen: Shown, back: str) -> list[Row]:
    scope = seen.state.viewer.request.scope
    query = urlencode({"back": back})
    selection = seen.state.selection
    chosen = set(selection.ids) if selection else set()
    choose = _("Choose %(name)s")
    rows = []
    for entry in seen.entries:
        href = scope.added_to(f"{entry.url}?{query}")
        link = format_html('<a class="row-link" href="{}">{}</a>', href, entry.label)
        rows.append(Row(entry, href, link, choose % {"name": entry.label}, entry.pk in chosen))
    return rows


def _head(column: Column, state: State, *, first: bool) -> Head:
    label = str(column.label)
    names = ["list__first"] if first else []
    names += [f"{state.the_list.key}__{column.key}", *(["number"] if column.number else [])]
    named = format_html(' data-label="{}"', label) if not column.label_hidden else ""
    opening = format_html('<td class="{}"{}>', " ".join(names), named)
    hidden = _("Hidden") if column.personal and not state.viewer.sees_personal_data else ""
    return Head(column, label, opening, hidden, *_sorting(column, state))


def _sorting(column: Column, state: State) -> tuple[str, str]:
    """The state that sorts by this column, "" where none can, and how it is sorted now."""
    if not state.the_list.field_of(column, state.view):
        return "", ""
    descending = f"-{column.key}"
    if state.sort == column.key:
        return state.query(sort=descending), "ascending"
    if state.sort == descending:
        return state.query(sort=column.key), "descending"
    return state.query(sort=descending if column.newest_first else column.key), ""


def _boxes(the_list: List, columns: Sequence[Column]) -> list[Box]:
    """All columns but the first, which always stands first: those that are shown in their order, then the others."""
    shown = list(columns[1:])
    others = [column for column in the_list.columns[1:] if column not in shown]
    last = len(shown) - 1
    boxes = [Box(column, shown=True, first=at == 0, last=at == last) for at, column in enumerate(shown)]
    return boxes + [Box(column, shown=False, first=True, last=True) for column in others]


def _buttons(verbs: Sequence[Verb], state: State) -> list[Button]:
    """What the chosen rows can be asked. Only of a choice that is kept here can it be counted here."""
    if state.selection is None:
        return [Button(verb, 0, 0) for verb in verbs]
    keys = state.selection.ids
    chosen = state.the_list.rows(state.viewer.user).filter(pk__in=keys)
    return [Button(verb, verb.among(chosen).order_by().count(), len(keys)) for verb in verbs]


def _editor(one: Filter, state: State) -> Editor:
    chosen = state.chosen.get(one.key)
    pairs = chosen.pairs if chosen else ()
    return Editor(
        filter=one,
        fields=one.fields(pairs, state.viewer),
        hidden=state.hidden(*one.names),
        words=chosen.words if chosen else "",
        without=state.without(*one.names),
    )


def _nothing(state: State) -> Nothing:
    if state.viewer.works_for_nothing:
        return Nothing("right")
    if not state.is_narrowed:
        return Nothing("left" if state.scoped().exists() else "yet")
    if not (state.text or state.ids) and not any(one.filter.template for one in state.chosen.values()):
        return Nothing("part")
    worst, count, query = None, 0, ""
    for key, chosen in state.chosen.items():
        found = counts.up_to_most(state.rows(leave_out=key))
        if found > count:
            worst, count, query = chosen, found, state.without(*chosen.filter.names)
    return Nothing("match", worst, query, counts.words(count))
