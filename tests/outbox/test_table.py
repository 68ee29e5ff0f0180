"""State × event → state. Every cell is tried on a row in the database; `docs/actions.md` shows the table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from backoffice.mirakl import errors
from backoffice.outbox import delivery, following, kinds, queue, seeing, sweep, valves
from backoffice.outbox.delivery import Call
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.kinds import Item, Report
from backoffice.outbox.models import Action
from backoffice.outbox.moves import MOVES
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders.models import Order, OrderLine
from tests.outbox.asking import MOMENT, action_in, fresh

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
Event = Callable[[Action, User], object]


def undo(action: Action, colleague: User) -> None:
    queue.undo(action.pk, by=colleague, now=MOMENT)


def approve(action: Action, colleague: User) -> None:
    queue.approve(action, by=colleague, now=MOMENT)


def window_over(action: Action, colleague: User) -> None:
    sweep.release(MOMENT + MINUTE)


def claimed(action: Action, colleague: User) -> None:
    delivery.claim(action, "worker-2", now=MOMENT + MINUTE)


def paused(action: Action, colleague: User) -> None:
    action.connection.state = "paused"
    action.connection.save()
    Action.objects.filter(pk=action.pk, state=State.SENDING).update(departed_at=None)
    delivery.deliver([action], "worker-1")


def changed(action: Action, colleague: User) -> None:
    OrderLine.objects.filter(order_id=action.target_id).update(quantity=99)
    Action.objects.filter(pk=action.pk, state=State.SENDING).update(departed_at=None)
    action.refresh_from_db()
    delivery.deliver([action], "worker-1")


def answer(action: Action, colleague: User) -> None:
    _call(action).was_taken("remote-action")


def went_wrong(error: Exception, *, departed: bool = True) -> Event:
    def event(action: Action, colleague: User) -> None:
        call = _call(action)
        call.departed = departed
        call.went_wrong(error)

    return event


def worker_died(*, departed: bool) -> Event:
    def event(action: Action, colleague: User) -> None:
        if not departed:
            Action.objects.filter(pk=action.pk, state=State.SENDING).update(departed_at=None)
        sweep.recover(MOMENT + valves.CLAIM + SECOND)

    return event


def status(word: str, code: str = "") -> Event:
    def event(action: Action, colleague: User) -> None:
        said = Report(word, ((code, "Nicht möglich"),) if code else ())
        with transaction.atomic():
            following.learn(action, said, action.connection, now=MOMENT + MINUTE)

    return event


def gone(action: Action, colleague: User) -> None:
    following.lose_sight(action, Cause.GONE, "Mirakl knows nothing under this address.")


def week_over(action: Action, colleague: User) -> None:
    later = MOMENT + timedelta(days=8)
    Action.objects.filter(pk=action.pk, state=State.SENT).update(ask_at=later + MINUTE)  # it was asked for all the time
    following.end_silence(later)


def reading(*, shows: bool, times: int = 1) -> Event:
    def event(action: Action, colleague: User) -> None:
        if shows:
            OrderLine.objects.filter(order_id=action.target_id).update(status="AWAITING_SHIPMENT")
        for step in range(1, times + 1):
            _read_up_to(action, MOMENT + MINUTE * step)
            seeing.look(MOMENT + MINUTE * step)

    return event


def again(action: Action, colleague: User) -> None:
    try:
        queue.again(action, by=colleague, now=MOMENT)
    except queue.ObjectedError:
        assert not Action.objects.filter(follows=action).exists()
    else:
        new = Action.objects.get(follows=action)
        assert (new.state, new.target_id, new.asked_by) == (State.HELD, action.target_id, colleague)


def successor_undone(action: Action, colleague: User) -> None:
    """An unknown action was asked for again, and that was taken back in its undo window."""
    lost = [Cause.LOST, Cause.STOPPED, Cause.GONE, Cause.SILENT]
    Action.objects.filter(pk=action.pk, state=State.GIVEN_UP, cause__in=lost).update(reason="")
    new = Action.objects.get(pk=action.pk)
    if Action.objects.filter(follows=new).exists():
        return
    new.pk, new.token, new.lane, new.exclusive = None, None, "", ""
    new.state, new.departed_at, new.claim, new.follows_id = State.HELD, None, "", action.pk
    new.save(force_insert=True)
    queue.undo(new.pk, by=colleague, now=MOMENT)


def give_up(action: Action, colleague: User) -> None:
    queue.give_up(action.pk, by=colleague, reason="Done by telephone.", now=MOMENT)


def resolve(action: Action, colleague: User) -> None:
    queue.resolve(action.pk, by=colleague, reason="I see it there.", now=MOMENT)


def send_now(action: Action, colleague: User) -> None:
    queue.send_now(action.pk, now=MOMENT)


def _call(action: Action) -> Call:
    item: Item[Order] = Item(action, fresh(Order.objects.get(pk=action.target_id)))
    return Call(kinds.get(action.kind), action.connection, [item], "worker-1")


def _read_up_to(action: Action, moment: datetime) -> None:
    Cursor.objects.update_or_create(
        connection=action.connection, resource="orders", defaults={"complete_to": moment, "next_at": moment}
    )


REFUSED = errors.Invalid(status=400, code="INVALID_INPUT", message="No.")
EVENTS: dict[str, Event] = {
    "a colleague agrees": approve,
    "undo, or a colleague refuses": undo,
    "the undo window ends": window_over,
    "a worker claims it": claimed,
    "send now": send_now,
    "the connection is paused": paused,
    "the target changed": changed,
    "Mirakl takes it (202)": answer,
    "Mirakl refuses it (400, 403, 404)": went_wrong(REFUSED),
    "Mirakl says later (429), or who are you (401)": went_wrong(errors.TooSoon(retry_after=30)),
    "no way to Mirakl": went_wrong(errors.CouldNotConnect()),
    "trouble before anything left": went_wrong(errors.Broken(status=503), departed=False),
    "the answer is lost, or 5xx": went_wrong(errors.OutcomeUnknown()),
    "the worker dies before anything left": worker_died(departed=False),
    "the worker dies after that": worker_died(departed=True),
    "status SUCCESS": status("SUCCESS"),
    "status FAILED or ERROR": status("ERROR", "OTHER"),
    "status FAILED, and it may pass": status("FAILED", "UNAVAILABLE"),
    "status PENDING, or a new word": status("QUEUED_AT_CHANNEL"),
    "status 404": gone,
    "seven days without an end": week_over,
    "a reading shows it": reading(shows=True),
    "two readings do not show it": reading(shows=False, times=2),
    "asked for again": again,
    "what took its place is undone": successor_undone,
    "a person gives it up": give_up,
    "a person saw that it happened": resolve,
}

S = State
# Per event: from → to. Where nothing is named, nothing changes, and that is tried too.
TABLE: dict[str, dict[State, State]] = {
    "a colleague agrees": {S.TO_APPROVE: S.HELD},
    "undo, or a colleague refuses": {S.TO_APPROVE: S.UNDONE, S.HELD: S.UNDONE, S.WAITING: S.UNDONE},
    "the undo window ends": {S.HELD: S.WAITING},
    "a worker claims it": {S.WAITING: S.SENDING},
    "the connection is paused": {S.SENDING: S.WAITING},
    "the target changed": {S.SENDING: S.FAILED},
    "Mirakl takes it (202)": {S.SENDING: S.SENT, S.UNKNOWN: S.SENT},
    "Mirakl refuses it (400, 403, 404)": {S.SENDING: S.FAILED, S.UNKNOWN: S.FAILED},
    "Mirakl says later (429), or who are you (401)": {S.SENDING: S.WAITING},
    "no way to Mirakl": {S.SENDING: S.WAITING},
    "trouble before anything left": {S.SENDING: S.WAITING},
    "the answer is lost, or 5xx": {S.SENDING: S.UNKNOWN},
    "the worker dies before anything left": {S.SENDING: S.WAITING},
    "the worker dies after that": {S.SENDING: S.UNKNOWN},
    "status SUCCESS": {S.SENT: S.CONFIRMED, S.UNKNOWN: S.CONFIRMED},
    "status FAILED or ERROR": {S.SENT: S.FAILED, S.UNKNOWN: S.FAILED},
    "status FAILED, and it may pass": {S.SENT: S.FAILED, S.UNKNOWN: S.FAILED},
    "status 404": {S.SENT: S.UNKNOWN},
    "seven days without an end": {S.SENT: S.UNKNOWN},
    "a reading shows it": {S.UNKNOWN: S.CONFIRMED},
    "asked for again": {S.UNKNOWN: S.GIVEN_UP},
    "what took its place is undone": {S.GIVEN_UP: S.UNKNOWN},
    "a person gives it up": {S.FAILED: S.GIVEN_UP, S.UNKNOWN: S.GIVEN_UP},
    "a person saw that it happened": {S.UNKNOWN: S.CONFIRMED},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_moves_an_action_as_the_table_says(event: str, state: State, anna: User, boris: User) -> None:
    action = action_in(state, by=anna)

    EVENTS[event](action, boris)

    action.refresh_from_db()
    assert action.state == TABLE.get(event, {}).get(state, state)


def test_every_move_that_is_allowed_has_an_event_and_no_other_happens() -> None:
    tried = {(old, new) for moves in TABLE.values() for old, new in moves.items()}
    # An action whose answer is its end goes straight to CONFIRMED (tests/outbox/test_delivery.py).
    tried.add((S.SENDING, S.CONFIRMED))

    assert tried == {(old, new) for old, news in MOVES.items() for new in news}


def test_the_documented_table_is_the_one_that_was_tried() -> None:
    documented = Path("docs/actions.md").read_text(encoding="utf-8")

    [shown] = re.findall(r"<!-- table -->\n(.*?)\n<!-- end -->", documented, re.DOTALL)

    assert shown == drawn()


def drawn() -> str:
    """The table as Markdown; a dot is a cell in which nothing changes."""
    head = ["event", *State.names]
    lines = [head, ["---"] * len(head)]
    for event in EVENTS:
        moves = TABLE.get(event, {})
        lines.append([event, *(f"**{moves[state].name}**" if state in moves else "·" for state in State)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
