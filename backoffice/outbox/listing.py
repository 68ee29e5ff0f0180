"""What the list of actions shows: tabs with their counts, groups of the same trouble, rows, neighbouring pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.connections.models import Connection
from backoffice.outbox import queries, standing, words
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.queries import Group, Page, groups_of, page_of, visible_to
from backoffice.outbox.shown import shown
from backoffice.outbox.words import Explanation
from backoffice.users.models import User

# Everything that makes up the state of the list. It is in the URL and nowhere else.
STATE = ("tab", "batch", "state", "cause", "code", "place", "after", "before")
# What narrows the tab of actions that need a person to one group.
GROUP = ("state", "cause", "code", "place")
# At most so many are asked for again by one press.
MOST_AGAIN = 500
# The largest id that every database takes.
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Tab:
    """Which actions a tab shows. `moves`: its rows change by themselves, so the page looks again."""

    key: str
    label: str | Promise
    empty: str | Promise
    where: Q
    counted: tuple[State, ...] = ()  # of `queries.count_unsettled`; without any, rows are counted up to a limit
    moves: bool = False


NEEDS_A_PERSON = (
    Q(state__in=[State.TO_APPROVE, State.UNKNOWN], successor=None)
    | Q(state=State.FAILED, successor=None)
    | queries.DIFFERING
)
TABS = (
    Tab(
        "held",
        gettext_lazy("Held"),
        gettext_lazy("Nothing is held at the moment. What is asked for stays here for some seconds, to be undone."),
        Q(state=State.HELD),
        (State.HELD,),
        moves=True,
    ),
    Tab(
        "waiting",
        gettext_lazy("Waiting"),
        gettext_lazy("Nothing waits to be sent."),
        Q(state__in=[State.WAITING, State.SENDING]),
        (State.WAITING, State.SENDING),
        moves=True,
    ),
    Tab(
        "sent",
        gettext_lazy("Sent"),
        gettext_lazy("Mirakl has answered everything that was sent."),
        Q(state=State.SENT),
        (State.SENT,),
        moves=True,
    ),
    Tab(
        "attention",
        gettext_lazy("Needs attention"),
        gettext_lazy("Nothing needs you. What fails, or cannot be told, appears here."),
        NEEDS_A_PERSON,
        (State.TO_APPROVE, State.FAILED, State.UNKNOWN, State.CONFIRMED),
    ),
    Tab(
        "done",
        gettext_lazy("Done"),
        gettext_lazy("Nothing has been confirmed yet."),
        Q(state=State.CONFIRMED) & (Q(differs_at=None) | Q(settled_at__isnull=False)),
    ),
    Tab(
        "undone",
        gettext_lazy("Undone"),
        gettext_lazy("Nothing was undone or given up."),
        Q(state__in=[State.UNDONE, State.GIVEN_UP]),
    ),
    Tab("all", gettext_lazy("All"), gettext_lazy("Nothing was asked of Mirakl yet."), Q()),
)
BY_KEY = {tab.key: tab for tab in TABS}


@dataclass(frozen=True, slots=True)
class TabLink:
    key: str
    label: str | Promise
    query: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with what to say about it. `fields`: what names it in a form; `again`: how many one press asks for."""

    group: Group
    explanation: Explanation
    query: str
    again: int = 0
    fields: dict[str, str] = field(default_factory=dict)


def query(values: QueryDict) -> str:
    """The list's state out of any query string: known names only, so that nothing foreign gets into a link."""
    return urlencode([(name, values[name]) for name in STATE if values.get(name)])


def query_of(text: str) -> str:
    """The same of a query string that came as a value."""
    return query(QueryDict(text))


def tab_of(values: QueryDict) -> Tab:
    """The tab that is asked for; of a batch everything; else what needs a person."""
    return BY_KEY.get(values.get("tab", "")) or BY_KEY["all" if values.get("batch") else "attention"]


def narrowed(actions: QuerySet[Action], values: QueryDict) -> QuerySet[Action]:
    """Those of one group: each field that the query string names."""
    # PostgreSQL takes no NUL in a text.
    return actions.filter(**{name: str(values[name]).replace("\0", "") for name in GROUP if name in values})


def failed_like(actions: QuerySet[Action], *, cause: str, code: str, place: str, batch: int | None) -> QuerySet[Action]:
    """Failed actions of one group that nobody asked for again yet."""
    rows = actions.filter(state=State.FAILED, successor=None, cause=cause, code=code, place=place)
    return rows.filter(batch=batch) if batch else rows


def context(user: User, values: QueryDict, *, now: datetime) -> dict[str, Any]:
    """The context of the page and of its results."""
    tab = tab_of(values)
    batch = _batch(user, values)
    base = visible_to(user).filter(batch=batch) if batch else visible_to(user)
    needing = tab.key == "attention"
    found = _found(narrowed(base.filter(tab.where), values) if needing else base.filter(tab.where), values)
    groups = [group_shown(group, batch) for group in groups_of(base.filter(tab.where))] if needing else []
    chosen = _chosen(values, groups)
    narrow = needing and any(name in values for name in GROUP)
    here = query(values)
    return {
        "now": now,
        "tab": tab,
        "batch": batch,
        "tabs": _tab_links(base, tab, batch),
        # One row says all that a group of one would.
        "groups": [chosen] if chosen else [group for group in groups if group.group.count > 1],
        "chosen": chosen,
        "kept": _kept(user, now) if tab.key == "waiting" else [],
        "everything": _query(tab=tab.key, batch=batch),
        "rows": [shown(action, now) for action in found.rows],
        "here": here,
        "narrowed": narrow,
        "empty": _empty(tab, batch, narrow=narrow),
        "polls": tab.moves and bool(found.rows),
        "previous": _neighbour(values, "before", found.before),
        "next": _neighbour(values, "after", found.after),
    }


@dataclass(frozen=True, slots=True)
class Kept:
    """A connection through which nothing leaves at the moment: how many actions wait for it, and why."""

    connection: Connection
    number: int
    deadline: datetime | None
    why: str


def _kept(user: User, now: datetime) -> list[Kept]:
    found = [
        Kept(connection, number, deadline, standing.kept_by(connection, now))
        for connection, number, deadline in queries.waiting_by_connection(user)
    ]
    return [one for one in found if one.why]


def _batch(user: User, values: QueryDict) -> Batch | None:
    number = _number(values, "batch")
    return queries.batches_visible_to(user).filter(pk=number).first() if number else None


def _number(values: QueryDict, name: str) -> int:
    """An id out of the URL; 0 for what is none, which leads to the first page."""
    text = values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _found(actions: QuerySet[Action], values: QueryDict) -> Page:
    found = page_of(actions, after=_number(values, "after"), before=_number(values, "before"))
    return found if found.rows or not (values.get("after") or values.get("before")) else page_of(actions)


def _tab_links(base: QuerySet[Action], current: Tab, batch: Batch | None) -> list[TabLink]:
    unsettled = queries.count_unsettled(base)
    links = []
    for tab in TABS:
        if tab.counted:
            count = sum(unsettled.get(state, 0) for state in tab.counted)
        else:
            count = queries.count_up_to_most(base.filter(tab.where))
        text = f"{queries.MOST - 1}+" if count >= queries.MOST else str(count)
        links.append(TabLink(tab.key, tab.label, _query(tab=tab.key, batch=batch), text, tab is current))
    return links


def group_shown(group: Group, batch: Batch | None) -> GroupShown:
    """A group with what to say and to offer about it."""
    fields = {name: str(getattr(group, name)) for name in GROUP}
    if batch:
        fields["batch"] = str(batch.pk)
    pairs = urlencode([("tab", "attention"), *fields.items()])
    again = min(group.count, MOST_AGAIN) if group.state == State.FAILED else 0
    return GroupShown(group, explained(group), pairs, again, fields)


def explained(group: Group) -> Explanation:
    """What to say about all actions of a group."""
    if group.state == State.TO_APPROVE:
        entry = _TO_APPROVE
    elif group.state == State.CONFIRMED:
        entry = words.DIFFERS
    else:
        entry = words.entry_of(group.cause, group.code)
    text = _("it is not possible any more.")
    said = words.explain(entry, cause=group.cause, code=group.code, place=group.place, text=text)
    return replace(said, own_text="")


_TO_APPROVE = words.Entry(
    gettext_lazy("Waiting for a colleague"),
    gettext_lazy("Somebody asked for this above their limit. Nothing was sent."),
    gettext_lazy("A colleague of the asker opens it and agrees, or refuses with a reason."),
    (),
)


def _chosen(values: QueryDict, groups: list[GroupShown]) -> GroupShown | None:
    """The group that the rows are narrowed to."""
    if not any(name in values for name in GROUP):
        return None
    wanted = {name: values[name] for name in GROUP if name in values}
    for group in groups:
        if wanted.items() <= group.fields.items():
            return group
    return None


def _empty(tab: Tab, batch: Batch | None, *, narrow: bool) -> str:
    """Why there are no rows: of a group or a batch, which says nothing about all others."""
    if narrow:
        return _("Nothing of this group is left.")
    return _("Nothing of this batch is here.") if batch else str(tab.empty)


def _query(tab: str, batch: Batch | None) -> str:
    return urlencode({"tab": tab, **({"batch": batch.pk} if batch else {})})


def _neighbour(values: QueryDict, name: str, pk: int) -> str:
    if not pk:
        return ""
    kept = [(key, values[key]) for key in STATE if key in values and key not in {"after", "before"}]
    return urlencode([*kept, (name, pk)])
