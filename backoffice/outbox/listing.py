"""The list of actions, declared: views, columns, filters, and above the rows what needs a person, by what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.connections.models import Connection
from backoffice.lists.declaration import Column, Entry, List, View, register
from backoffice.lists.filters import Choices, Chosen, Dates, Filter, FilterError, Pairs, Values
from backoffice.lists.state import State as ListState
from backoffice.lists.viewer import Viewer
from backoffice.outbox import kinds, queries, standing, words
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.queries import Group, groups_of, visible_to
from backoffice.outbox.shown import Shown, is_conflict, shown, wish
from backoffice.outbox.words import Explanation
from backoffice.users.models import User

# What narrows the list to one group of the same trouble.
GROUP = ("state", "cause", "code", "place")
# At most so many are asked for again by one press.
MOST_AGAIN = 500
# The largest id that every database takes.
LARGEST_ID = 2**63 - 1


# --- views ----------------------------------------------------------------------------------------

NEEDS_A_PERSON = Q(queries.UNFOLLOWED, state__in=[State.TO_APPROVE, State.UNKNOWN, State.FAILED]) | queries.DIFFERING
# What the strip counts for a view: states of `queries.count_unsettled`.
COUNTED = {
    "held": (State.HELD,),
    "waiting": (State.WAITING, State.SENDING),
    "sent": (State.SENT,),
    "attention": (State.TO_APPROVE, State.FAILED, State.UNKNOWN, State.CONFIRMED),
    "failed": (State.FAILED,),  # a part of "attention", told apart
}


def _view(key: str, label: Any, empty: Any, where: Q, **more: Any) -> View:
    return View(key, label, empty, lambda actions, now: actions.filter(where), "-asked", **more)


VIEWS = (
    _view(
        "held",
        gettext_lazy("Held"),
        gettext_lazy("Nothing is held at the moment. What is asked for stays here for some seconds, to be undone."),
        Q(state=State.HELD),
        icon="inbox",
    ),
    _view(
        "waiting",
        gettext_lazy("Waiting"),
        gettext_lazy("Nothing waits to be sent."),
        Q(state__in=[State.WAITING, State.SENDING]),
    ),
    _view(
        "sent",
        gettext_lazy("Sent"),
        gettext_lazy("Mirakl has answered everything that was sent."),
        Q(state=State.SENT),
        icon="check",
    ),
    _view(
        "attention",
        gettext_lazy("Needs attention"),
        gettext_lazy("Nothing needs you. What fails, or cannot be told, appears here."),
        NEEDS_A_PERSON,
        urgent=True,
        icon="check",
    ),
    _view(
        "done",
        gettext_lazy("Done"),
        gettext_lazy("Nothing has been confirmed yet."),
        Q(state=State.CONFIRMED) & (Q(differs_at=None) | Q(settled_at__isnull=False)),
    ),
    _view(
        "undone",
        gettext_lazy("Undone"),
        gettext_lazy("Nothing was undone or given up."),
        Q(state__in=[State.UNDONE, State.GIVEN_UP]),
    ),
    _view("all", gettext_lazy("All"), gettext_lazy("Nothing was asked of Mirakl yet."), Q()),
)


# --- filters --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OneGroup(Filter):
    """Actions with the same trouble: all four fields, empty ones too. Set by the links of groups, by no editor."""

    template: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return ("group",)

    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        text = next(iter(values.get("group", ())), "")
        if not text:
            return None
        try:
            named = dict(zip(GROUP, msgspec.json.decode(text, type=tuple[str, str, str, str]), strict=True))
        except msgspec.DecodeError as error:
            raise FilterError(_("The link to a group is damaged. It was left out.")) from error
        if "\0" in "".join(named.values()):
            raise FilterError(_("The link to a group is damaged. It was left out."))
        where = Q(**named) & Q(successor=None)
        return Chosen(self, (("group", text),), where, _group_words(named))

    def fields(self, pairs: Pairs, viewer: Viewer) -> None:
        return None

    def is_offered(self, viewer: Viewer) -> bool:
        return False


@dataclass(frozen=True)
class OneBatch(Filter):
    """What was asked for at once. Set by the page of the batch, by no editor."""

    template: str = ""

    @property
    def stays(self) -> bool:
        return True

    def read(self, values: Values, viewer: Viewer) -> Chosen | None:
        text = next(iter(values.get(self.key, ())), "")
        if not text:
            return None
        pk = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        if not queries.batches_visible_to(viewer.user).filter(pk=pk).exists():
            raise FilterError(_("The batch in the link is not there, or not yours to see. It was left out."))
        return Chosen(self, ((self.key, str(pk)),), Q(batch=pk), f"#{pk}")

    def fields(self, pairs: Pairs, viewer: Viewer) -> None:
        return None

    def is_offered(self, viewer: Viewer) -> bool:
        return False


@dataclass(frozen=True)
class AskedBy(Choices):
    """By whom: oneself, colleagues, or nobody."""

    def where(self, chosen: list[str], viewer: Viewer) -> Q:
        mine = Q(asked_by=viewer.user, automatic=False)
        itself = Q(automatic=True) | Q(asked_by=None)
        ways = {"me": mine, "itself": itself, "others": ~mine & ~itself}
        where = Q()
        for value in chosen:
            where |= ways[value]
        return where


def _connections(viewer: Viewer) -> list[tuple[str, str]]:
    return [(str(place.pk), place.label) for place in viewer.places("connection")]


_WHO = (("me", gettext_lazy("Me")), ("others", gettext_lazy("Colleagues")), ("itself", gettext_lazy("By itself")))
FILTERS = (
    OneBatch("batch", gettext_lazy("Batch")),
    OneGroup("group", gettext_lazy("Group")),
    Choices("kind", gettext_lazy("Kind"), "kind", lambda viewer: [(one.name, one.label) for one in kinds.known()]),
    Choices("states", gettext_lazy("State"), "state", lambda viewer: State.choices),
    Choices("causes", gettext_lazy("Cause"), "cause", lambda viewer: Cause.choices),
    AskedBy("by", gettext_lazy("Asked by"), "", lambda viewer: _WHO),
    Choices("connections", gettext_lazy("Connection"), "connection_id", _connections),
    Dates("asked", gettext_lazy("Asked"), "asked_at"),
)


def _group_words(named: dict[str, str]) -> str:
    """What is wrong, and where: "Out of stock there · Nordlicht"."""
    said = explained(Group(count=0, deadline=None, **named)).title
    return f"{said} · {named['place']}" if named["place"] else said


# --- rows -----------------------------------------------------------------------------------------


def _what(action: Action) -> str:
    return f"{wish(action).words}, {action.label}"


COLUMNS = (
    Column("what", gettext_lazy("What"), _what, "outbox/list/_what.html"),
    Column(
        "asked", gettext_lazy("Asked"), lambda action: action.asked_at, "outbox/list/_asked.html", "pk",
        newest_first=True,
    ),
    Column("state", gettext_lazy("State"), lambda action: action.get_state_display(), "outbox/list/_state.html"),
    Column("tries", gettext_lazy("Calls"), lambda action: action.calls or 0, number=True),
    Column("deadline", gettext_lazy("Deadline"), lambda action: action.deadline, "outbox/list/_deadline.html"),
    Column("by", gettext_lazy("Asked by"), lambda action: str(action.asked_by or ""), optional=True),
    Column("about", gettext_lazy("About"), lambda action: action.label, optional=True),
    Column("place", gettext_lazy("Channel"), lambda action: action.place, optional=True),
    Column("code", gettext_lazy("Code"), lambda action: action.code, optional=True),
    Column("ended", gettext_lazy("Ended"), lambda action: action.ended_at, "lists/_moment.html", optional=True),
    Column(
        "verbs", gettext_lazy("What you can do"), lambda action: None, "outbox/list/_verbs.html", label_hidden=True,
        on_paper=False,
    ),
)  # fmt: skip


def entries(actions: Sequence[Action], viewer: Viewer) -> list[Entry]:
    """Rows as they look. No query."""
    return [_entry(action, shown(action, viewer.now)) for action in actions]


def _entry(action: Action, told: Shown) -> Entry:
    calls = action.calls  # type: ignore[attr-defined]  # -- annotated by queries.with_calls
    said = [action.state, told.sentence, told.waits, calls, told.can_undo, told.offers, bool(told.successor)]
    return Entry(
        object=action,
        url=told.url,
        label=told.words,
        states=(_state_of(action),) if _state_of(action) else (),
        version=repr(said),
        more=told,
    )


def _state_of(action: Action) -> str:
    if action.state == State.FAILED:
        return "conflict" if is_conflict(action) else "failed"
    return {State.UNKNOWN: "unknown", State.HELD: "held"}.get(State(action.state), "")


# --- above the rows -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with what to say about it. `fields`: what names it in a form; `again`: how many one press asks for."""

    group: Group
    explanation: Explanation
    query: str
    again: int = 0
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A connection through which nothing leaves at the moment: how many actions wait for it, and why."""

    connection: Connection
    number: int
    deadline: datetime | None
    why: str


def _context(viewer: Viewer, actions: QuerySet[Action], state: ListState) -> dict[str, Any]:
    """What stands above the rows: one query for the groups, one for the batch, two for what connections keep."""
    batch = _batch(state)
    needing = state.view.key == "attention" or "group" in state.chosen
    groups = [group_shown(one, batch) for one in groups_of(state.rows(leave_out="group"))] if needing else []
    chosen = next((one for one in groups if _is_chosen(one, state)), None)
    return {
        "batch": batch,
        # One row says all that a group of one would.
        "groups": [chosen] if chosen else [one for one in groups if one.group.count > 1],
        "chosen": chosen,
        "everything": state.without("group"),
        "without_batch": state.without("batch"),
        "kept": _kept(viewer.user, viewer.now) if state.view.key == "waiting" else [],
        "version": repr([(one.query, one.group.count) for one in groups]),
    }


def _is_chosen(one: GroupShown, state: ListState) -> bool:
    chosen = state.chosen.get("group")
    return chosen is not None and chosen.pairs == (("group", _named(one.group)),)


def _batch(state: ListState) -> Batch | None:
    chosen = state.chosen.get("batch")
    return Batch.objects.get(pk=int(chosen.pairs[0][1])) if chosen else None


def _kept(user: User, now: datetime) -> list[Kept]:
    found = [
        Kept(connection, number, deadline, standing.kept_by(connection, now))
        for connection, number, deadline in queries.waiting_by_connection(user)
    ]
    return [one for one in found if one.why]


def failed_like(actions: QuerySet[Action], *, cause: str, code: str, place: str, batch: int | None) -> QuerySet[Action]:
    """Failed actions of one group that nobody asked for again yet."""
    rows = actions.filter(state=State.FAILED, successor=None, cause=cause, code=code, place=place)
    return rows.filter(batch=batch) if batch else rows


def _named(group: Group) -> str:
    """A group in the query string."""
    return msgspec.json.encode([str(getattr(group, name)) for name in GROUP]).decode()


def group_shown(group: Group, batch: Batch | None) -> GroupShown:
    """A group with what to say and to offer about it."""
    fields = {name: str(getattr(group, name)) for name in GROUP}
    pairs = {"view": "attention", "group": _named(group)}
    if batch:
        fields["batch"] = pairs["batch"] = str(batch.pk)
    again = min(group.count, MOST_AGAIN) if group.state == State.FAILED else 0
    return GroupShown(group, explained(group), urlencode(pairs), again, fields)


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


ACTIONS = register(
    List(
        key="actions",
        label=gettext_lazy("Actions"),
        row="action",
        rows=visible_to,
        shown=queries.with_calls,
        entries=entries,
        counted=lambda count: ngettext("%(n)d action", "%(n)d actions", count) % {"n": count},
        columns=COLUMNS,
        views=VIEWS,
        begins="attention",
        filters=FILTERS,
        scope={"connection": "connection_id"},
        above="outbox/list/_above.html",
        nothing="outbox/list/_nothing_yet.html",
        context=_context,
        every=10,
    )
)
