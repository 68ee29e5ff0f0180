"""What people do with actions: ask, undo, approve, retry, resolve, give up. `docs/actions.md` has the table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Model, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from backoffice.outbox import kinds
from backoffice.outbox.enums import ENDED, OPEN, UNDOABLE, State
from backoffice.outbox.kinds import Json, Kind
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.moves import move
from backoffice.users.models import User

# This close to the deadline nothing is held: the window for undoing would cost what it protects.
TOO_CLOSE = timedelta(hours=1)


class ObjectedError(Exception):
    """The change cannot be asked for. `str()` is a sentence for staff; `action` is the one that is in the way."""

    def __init__(self, text: str, action: Action | None = None) -> None:
        super().__init__(text)
        self.action = action


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of one target."""

    target: Model
    request: Json


def ask(  # noqa: PLR0913 -- keyword-only, each on its own
    kind: Kind[Any],
    target: Model,
    request: Json,
    *,
    by: User | None,
    now: datetime,
    token: str | None = None,
    after: Action | None = None,
    follows: Action | None = None,
) -> Action:
    """Puts one action into the queue. `token`: of the form; pressed twice it gives the same action.

    The caller has compared what the person saw with `kind.version(target)`. Raises ObjectedError.
    """
    if token and (asked := Action.objects.filter(token=token).first()):
        return asked
    if objection := kind.check(target, request, follows):
        raise ObjectedError(objection.text)
    action = _made(kind, Wish(target, request), by=by, now=now, token=token, after=_newest(after))
    if follows is not None:
        action.follows, action.batch = follows, follows.batch
    try:
        with transaction.atomic():
            if follows is not None:
                _leave_to_successor(follows, by=by, now=now)
            action.save(force_insert=True)
            if follows is not None:
                _pass_on_dependents(follows, action)
    except IntegrityError:
        return _who_was_first(action, token)
    return action


def _newest(action: Action | None) -> Action | None:
    """The last of the actions that follow this one: what was tried again ends there, and never here."""
    while action and (successor := Action.objects.filter(follows=action).first()):
        action = successor
    return action


def _who_was_first(action: Action, token: str | None) -> Action:
    """Somebody was a moment faster: the same form, or another person with the same wish."""
    if token and (asked := Action.objects.filter(token=token).first()):
        return asked
    if action.follows is not None and Action.objects.filter(follows=action.follows).exists():
        raise ObjectedError(_("This was already tried again."), Action.objects.get(follows=action.follows))
    # Not of those that exclude nobody: they are about anything at all.
    others = Action.objects.filter(exclusive=action.exclusive, state__in=OPEN).exclude(exclusive="")
    other = others.select_related("asked_by").first()
    raise ObjectedError(in_the_way(other), other)


def in_the_way(other: Action | None) -> str:
    """Why there cannot be a second open action on the same target."""
    if other is None:
        return _("Somebody asked for the same at this very moment. Look again.")
    if other.state == State.UNKNOWN:
        return _("It is unknown whether action #%(number)s arrived. Resolve that first.") % {"number": other.pk}
    who = str(other.asked_by or _("A rule"))
    return _("%(who)s already asked for this (action #%(number)s).") % {"who": who, "number": other.pk}


def ask_many(  # noqa: PLR0913 -- as above
    kind: Kind[Any], wishes: Sequence[Wish], *, by: User | None, token: str, skipped: list[Json], now: datetime
) -> Batch:
    """Puts many actions into the queue as one batch; what cannot be asked for is skipped with its reason.

    `skipped` holds what the caller left out already, as Batch.skipped does. A fixed number of queries.
    """
    if known := Batch.objects.filter(token=token).first():
        return known
    left_out = list(skipped)
    actions = []
    for wish in wishes:
        if objection := kind.check(wish.target, wish.request):
            left_out.append(skip(kind, wish.target, objection.text))
        else:
            actions.append(_made(kind, wish, by=by, now=now))
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                kind=kind.name, asked=len(wishes) + len(skipped), token=token, asked_by=by, asked_at=now
            )
            failed = _failed_before(kind, [action.target_id for action in actions])
            for action in actions:
                action.batch, action.follows = batch, failed.get(action.target_id)
            Action.objects.bulk_create(actions, ignore_conflicts=True, batch_size=1000)
            _pass_on_dependents_of(failed.values())
            asked = set(Action.objects.filter(batch=batch).values_list("target_id", flat=True))
            left_out += [
                skip(kind, wish.target, _("Somebody already asked for this."))
                for wish, action in zip(_of(actions, wishes), actions, strict=True)
                if action.target_id not in asked
            ]
            batch.skipped = left_out
            batch.save(update_fields=["skipped"])
    except IntegrityError:  # the same form, pressed twice at the same moment
        return Batch.objects.get(token=token)
    return batch


def _failed_before(kind: Kind[Any], targets: list[int]) -> dict[int, Action]:
    """By target, the failed action of this kind whose place a new one takes; held against giving it up."""
    failed = Action.objects.filter(
        kind=kind.name, target_type=kind.target_type, target_id__in=targets, state=State.FAILED, successor=None
    )
    keys = [action.pk for action in failed]
    if not keys:
        return {}
    Action.objects.filter(pk__in=keys, state=State.FAILED).update(state=State.FAILED)
    return {action.target_id: action for action in failed.order_by("pk")}


def _pass_on_dependents_of(failed: Iterable[Action]) -> None:
    """Whoever waited for one of these waits for its successor. One query where nobody does."""
    waiting = Action.objects.filter(after__in=[action.pk for action in failed]).exclude(state__in=ENDED)
    for dependent in waiting.filter(after__successor__isnull=False).select_related("after__successor"):
        if dependent.after is not None:
            Action.objects.filter(pk=dependent.pk).update(after=dependent.after.successor)


def _of(actions: list[Action], wishes: Iterable[Wish]) -> list[Wish]:
    by_target = {wish.target.pk: wish for wish in wishes}
    return [by_target[action.target_id] for action in actions]


def skip(kind: Kind[Any], target: Model, reason: str) -> Json:
    """One entry of Batch.skipped."""
    return {"label": kind.about(target), "url": kind.url(target.pk), "reason": reason}


def _made(  # noqa: PLR0913 -- as above
    kind: Kind[Any],
    wish: Wish,
    *,
    by: User | None,
    now: datetime,
    token: str | None = None,
    after: Action | None = None,
) -> Action:
    target = wish.target
    window = undo_window(kind, target, now=now)
    if kind.needs_approval(target, wish.request, by):
        state = State.TO_APPROVE
    else:
        state = State.HELD if window else State.WAITING
    return Action(
        kind=kind.name,
        state=state,
        connection_id=target.connection_id,  # type: ignore[attr-defined]  # -- every target has one
        target_type=kind.target_type,
        target_id=target.pk,
        label=kind.about(target)[:250],
        place=kind.place(target)[:200],
        lane=kind.lane(target),
        exclusive=kind.exclusive(target, wish.request),
        after=after,
        request=wish.request,
        seen=kind.version(target),
        asked_by=by,
        asked_at=now,
        token=token or None,
        deadline=kind.deadline(target),
        not_before=now + window,
    )


def undo_window(kind: Kind[Any], target: Model, *, now: datetime) -> timedelta:
    """How long an action asked for now could be undone."""
    deadline = kind.deadline(target)
    return timedelta(0) if deadline and deadline - now < TOO_CLOSE else kind.undo


def undo(action_id: int, *, by: User | None, now: datetime, reason: str = "") -> bool:
    """Takes an action back, if nothing left. The one UPDATE decides against a worker that claims it."""
    mine = Action.objects.filter(pk=action_id, departed_at=None)
    with transaction.atomic():
        moved = move(mine, UNDOABLE, State.UNDONE, ended_at=now, ended_by=by, reason=reason)
        _hand_back(Action.objects.filter(pk=action_id))
    return bool(moved)


def undo_batch(batch: Batch, *, by: User | None, now: datetime) -> int:
    """Takes back what of a batch has not left; how many that were."""
    rows = Action.objects.filter(batch=batch, departed_at=None)
    with transaction.atomic():
        moved = move(rows, UNDOABLE, State.UNDONE, ended_at=now, ended_by=by)
        _hand_back(Action.objects.filter(batch=batch))
    return moved


def _hand_back(actions: QuerySet[Action]) -> None:
    """What an undone action was to take the place of needs a person again: one that was unknown is unknown again."""
    undone = actions.filter(state=State.UNDONE, follows__isnull=False)
    before = list(undone.values_list("follows_id", flat=True))
    if before:
        undone.update(follows=None)
        taken_over = Action.objects.filter(pk__in=before, reason="")
        move(taken_over, [State.GIVEN_UP], State.UNKNOWN, ended_at=None, ended_by=None)


def approve(action: Action, *, by: User, now: datetime) -> bool:
    """A colleague agrees. Raises ObjectedError when it is the asker."""
    if action.asked_by_id == by.pk:
        raise ObjectedError(_("Somebody else than the asker has to agree."))
    window = kinds.get(action.kind).undo
    rows = Action.objects.filter(pk=action.pk)
    return bool(move(rows, [State.TO_APPROVE], State.HELD, approved_by=by, approved_at=now, not_before=now + window))


def send_now(action_id: int, *, now: datetime) -> bool:
    """Lets a waiting or held action leave at once, instead of at its time. One that departed once counts too."""
    return bool(
        Action.objects.filter(pk=action_id, state__in=[State.HELD, State.WAITING], not_before__gt=now).update(
            not_before=now
        )
    )


def give_up(action_id: int, *, by: User | None, reason: str, now: datetime) -> bool:
    """A person ends a failed or unknown action. A failed one that was tried again is not theirs to end."""
    rows = Action.objects.filter(pk=action_id)
    with transaction.atomic():
        moved = move(rows, [State.FAILED, State.UNKNOWN], State.GIVEN_UP, ended_at=now, ended_by=by, reason=reason)
        # Looked at after the UPDATE has the row: a retry at the same moment holds it too, and is seen here.
        if moved and Action.objects.filter(follows=action_id).exists():
            transaction.set_rollback(True)
            return False
    return bool(moved)


def resolve(action_id: int, *, by: User | None, reason: str, now: datetime) -> bool:
    """A person who has seen the evidence says that an unknown action did happen."""
    with transaction.atomic():
        rows = Action.objects.filter(pk=action_id)
        moved = move(
            rows, [State.UNKNOWN], State.CONFIRMED, ended_at=now, ended_by=by, reason=reason, reads=0, read_to=None
        )
        if moved:
            action = Action.objects.get(pk=action_id)
            kinds.get(action.kind).apply(action)
    return bool(moved)


def settle(action_id: int, *, by: User | None, reason: str, now: datetime) -> bool:
    """A person has looked into a confirmed action that two readings do not show: it needs nobody any more."""
    rows = Action.objects.filter(pk=action_id, state=State.CONFIRMED, differs_at__isnull=False, settled_at=None)
    said = Concat("reason", Case(When(reason="", then=Value("")), default=Value("\n")), Value(reason))
    return bool(rows.update(reason=said, ended_by=by, settled_at=now))


def again(action: Action, *, by: User | None, now: datetime) -> Action:
    """Asks for the same again, against the target as it is now: a new action that follows this one.

    Raises ObjectedError, also when this one is neither failed nor unknown any more.
    """
    kind = kinds.get(action.kind)
    target = kind.targets().filter(pk=action.target_id).first()
    if target is None:
        raise ObjectedError(_("What this was about is not here any more."))
    # What it waited for may have come to nothing: whoever asks again knows that.
    after = action.after if action.after and action.after.state not in ENDED else None
    return ask(kind, target, action.request, by=by, now=now, after=after, follows=action)


def _leave_to_successor(action: Action, *, by: User | None, now: datetime) -> None:
    """A failed action stays failed and is done with; an unknown one has to end, or its target would stay taken."""
    rows = Action.objects.filter(pk=action.pk)
    if action.state == State.UNKNOWN:
        # Without a reason, which a person who gives one up always has to have: this is how `_hand_back` knows it.
        moved = move(rows, [State.UNKNOWN], State.GIVEN_UP, ended_at=now, ended_by=by, reason="")
    else:
        moved = rows.filter(state=State.FAILED).update(state=State.FAILED)  # holds the row against giving it up
    if not moved:
        raise ObjectedError(_("Somebody dealt with this meanwhile. Look again."))


def _pass_on_dependents(old: Action, new: Action) -> None:
    """Who waited for the old one waits for the new one."""
    Action.objects.filter(after=old).exclude(state__in=ENDED).update(after=new)


def repeat_by_itself(action: Action, *, not_before: datetime, now: datetime) -> Action:
    """A new action after one that failed for a reason that passes. Called in the transaction of that failure."""
    new = Action.objects.create(
        **{name: getattr(action, name) for name in _SAME},
        state=State.WAITING,
        asked_at=now,
        automatic=True,
        attempt_number=action.attempt_number + 1,
        not_before=not_before,
        follows=action,
    )
    _pass_on_dependents(action, new)
    return new


_SAME = (
    *("kind", "connection_id", "batch_id", "target_type", "target_id", "label", "place", "lane", "exclusive"),
    *("after_id", "request", "seen", "asked_by_id", "approved_by_id", "approved_at", "deadline", "most_together"),
)


def needing_a_person() -> QuerySet[Action]:
    """What stays as it is until a person does something."""
    return Action.objects.filter(
        state__in=[State.TO_APPROVE, State.FAILED, State.UNKNOWN], successor=None
    ) | Action.objects.filter(state=State.CONFIRMED, differs_at__isnull=False, settled_at=None)
