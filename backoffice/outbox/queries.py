"""What pages ask of actions. Every query is served by an index or looks at a bounded number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, Count, Exists, ExpressionWrapper, Min, OuterRef, Q, QuerySet, Subquery, Window

from backoffice.connections.models import Connection
from backoffice.outbox import kinds, lanes
from backoffice.outbox.enums import OPEN, UNDOABLE, State
from backoffice.outbox.models import Action, Attempt, Batch, Heartbeat
from backoffice.users.models import User
from backoffice.users.scopes import is_limited, whole_connections
from backoffice.web.scope import EVERYTHING, Scope

# Groups of the same trouble that are shown above the rows.
GROUPS = 20
# Without a sign of life for so long, every page says that nothing is being sent.
SILENCE = timedelta(seconds=30)

DIFFERING = Q(state=State.CONFIRMED, differs_at__isnull=False, settled_at=None)
# Nobody asked for it again. Not as a join: beside other conditions PostgreSQL plans that for 8 ms, and this in 0.5.
UNFOLLOWED = Q(~Exists(Action.objects.filter(follows=OuterRef("pk"))))
FAILED = Q(UNFOLLOWED, state=State.FAILED)
# As `queue.needing_a_person` has it, and what a tab or the strip counts besides.
UNSETTLED = Q(state__in=OPEN) | FAILED | DIFFERING


def visible_to(user: User) -> QuerySet[Action]:
    """The actions about what this person works for."""
    return Action.objects.filter(_mine(user)) if is_limited(user) else Action.objects.all()


def batches_visible_to(user: User) -> QuerySet[Batch]:
    """The same for batches: none in which there is an action that this person must not see.

    A batch of which nothing was asked for, because all of it was left out, is its asker's alone.
    """
    batches = Batch.objects.select_related("asked_by")
    if not is_limited(user):
        return batches
    actions = Action.objects.filter(batch=OuterRef("pk"))
    return batches.filter(Q(asked_by=user) | Exists(actions)).exclude(Exists(actions.exclude(_mine(user))))


def _mine(user: User) -> Q:
    """Actions of a limited person: by connection, and where they work for single channels, by their targets."""
    whole = whole_connections(user)
    mine = Q(connection__in=sorted(whole))
    if all(connection in whole for connection, _ in user.scopes):
        return mine
    for kind in {kind.target_type: kind for kind in kinds.known()}.values():
        # Row by row, and not as a list of all targets: counts end at a limit, a list would always be whole. The type
        # is asked for inside: outside SQLite would take the index on it, which leads to nearly every row.
        of_type = ExpressionWrapper(OuterRef("target_type"), CharField())
        target = kind.visible_to(user).order_by().alias(of_type=of_type)
        mine |= Q(Exists(target.filter(of_type=kind.target_type, pk=OuterRef("target_id"))))
    return mine


def with_company(actions: QuerySet[Action]) -> QuerySet[Action]:
    """With all that `shown.shown` looks at, in the same query: `ahead` is the action before it in its lane."""
    # The smallest, and not the first in order: asked for an order, SQLite would walk through all earlier rows.
    ahead = lanes.ahead().order_by().values("lane").annotate(first=Min("pk")).values("first")
    return actions.select_related(
        "connection__valve", "asked_by", "approved_by", "ended_by", "after", "follows", "successor"
    ).annotate(ahead=Subquery(ahead))


def on_target(target_type: str, target_id: int) -> list[Action]:
    """All that was ever asked about one object, newest first, at most a hundred. One query."""
    actions = Action.objects.filter(target_type=target_type, target_id=target_id).order_by("-pk")
    return list(with_company(actions)[:100])


def latest_on(target_type: str, ids: Iterable[int]) -> dict[int, Action]:
    """By object, the newest action that still says something about it. One query.

    Open; failed and not followed by another; confirmed and not seen in a reading yet, unless a person settled that.
    """
    unseen = Q(state=State.CONFIRMED, seen_at=None, settled_at=None)
    talking = Q(state__in=OPEN) | FAILED | unseen
    actions = Action.objects.filter(talking, target_type=target_type, target_id__in=list(ids)).order_by("pk")
    return {action.target_id: action for action in with_company(actions)}


def with_calls(actions: QuerySet[Action]) -> QuerySet[Action]:
    """With all that rows of the list show: as `with_company`, and the number of calls made for each as `calls`."""
    calls = Attempt.objects.filter(action=OuterRef("pk")).order_by().values("action").annotate(n=Count("pk"))
    return with_company(actions).annotate(calls=Subquery(calls.values("n")))


def count_unsettled(actions: QuerySet[Action]) -> dict[str, int]:
    """How many actions each state that is not an end holds; "confirmed" are those that no reading shows. One query."""
    rows = actions.filter(UNSETTLED).order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that need a person for the same reason. `oldest` is one of them, to tell what it is about."""

    state: str
    cause: str
    code: str
    place: str
    count: int
    deadline: datetime | None


def groups_of(actions: QuerySet[Action]) -> list[Group]:
    """The largest groups among actions that need a person. One query."""
    rows = (
        actions.order_by()
        .values("state", "cause", "code", "place")
        .annotate(count=Count("pk"), deadline=Min("deadline"))
        .order_by("-count", "state", "cause", "code", "place")
    )
    return [Group(**row) for row in rows[:GROUPS]]


@dataclass(frozen=True, slots=True)
class Pulse:
    """`counts` as `count_unsettled` gives them, `here` those of the scope of the page, and when the outbox last gave
    a sign of life."""

    counts: Mapping[str, int]
    here: Mapping[str, int]
    at: datetime | None

    def is_silent(self, now: datetime) -> bool:
        """Whether something is open that nobody seems to see to."""
        waits = any(self.counts.get(state) for state in (State.HELD, State.WAITING, State.SENDING, State.SENT))
        return waits and (self.at is None or now - self.at > SILENCE)


def pulse(user: User, scope: Scope = EVERYTHING) -> Pulse:
    """What every page tells about all actions. One query."""
    beat = Heartbeat.objects.order_by("-at").values("at")[:1]
    rows = visible_to(user).filter(UNSETTLED).order_by().annotate(beat=Subquery(beat))
    within = None if scope.connection is None else Q(connection=scope.connection)
    counted = list(rows.values("state", "beat").annotate(n=Count("pk"), here=Count("pk", filter=within)))
    counts, here = ({row["state"]: row[name] for row in counted} for name in ("n", "here"))
    return Pulse(counts, here, counted[0]["beat"] if counted else None)


def held_by(user: User, *, most: int) -> list[Action]:
    """What this person can still undo, next to leave first: one action for a whole batch (`together` of them), and
    `lines` of them in all. One query."""
    held = Action.objects.filter(asked_by=user, state=State.HELD)
    earlier = held.filter(batch=OuterRef("batch"), pk__lt=OuterRef("pk"))
    together = held.filter(batch=OuterRef("batch")).order_by().values("batch").annotate(n=Count("pk"))
    rows = (
        held.filter(Q(batch=None) | ~Exists(earlier))
        .select_related("batch")
        .annotate(together=Subquery(together.values("n")), lines=Window(Count("pk")))
    )
    return list(rows.order_by("not_before", "pk")[:most])


@dataclass(frozen=True, slots=True)
class Progress:
    """How many actions of a batch are in each state; of an action that was asked for again, the newest counts."""

    counts: Mapping[str, int]
    undoable: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def progress(batch: Batch) -> Progress:
    """One query."""
    can = Count("pk", filter=Q(state__in=UNDOABLE, departed_at=None))
    rows = batch_rows(batch).order_by().values("state").annotate(n=Count("pk"), can=can)
    counted = list(rows)
    return Progress({row["state"]: row["n"] for row in counted}, sum(row["can"] for row in counted))


def waiting_by_connection(user: User) -> list[tuple[Connection, int, datetime | None]]:
    """Each connection for which actions wait: how many, and the first deadline among them. Two queries."""
    rows = visible_to(user).filter(state__in=[State.HELD, State.WAITING]).order_by().values("connection")
    waiting = {row["connection"]: row for row in rows.annotate(number=Count("pk"), deadline=Min("deadline"))}
    connections = Connection.objects.filter(pk__in=waiting).select_related("valve").order_by("name")
    return [(one, waiting[one.pk]["number"], waiting[one.pk]["deadline"]) for one in connections]


def attempts_of(action: Action) -> list[Attempt]:
    """The calls made for one action, newest first, at most two hundred. One query."""
    return list(action.attempts.order_by("-pk")[:200])


def dependents_of(action: Action) -> list[Action]:
    """What waits for the end of this one. One query."""
    return list(action.dependents.order_by("pk")[:20])


def batch_rows(batch: Batch) -> QuerySet[Action]:
    """The actions of a batch that count: of one that was asked for again, the newest."""
    return batch.actions.filter(successor=None)
