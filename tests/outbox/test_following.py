"""What Mirakl says became of an action, asked at its pace, until the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.connections.models import Connection
from backoffice.outbox import following, queue, seeing
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Valve
from backoffice.sync.models import Cursor
from tests.outbox.asking import asked, at_mirakl, followed, sent
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db
ASK = "v2-getActionStatus"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("asks", "age", "wait"),
    [
        (0, MINUTE, MINUTE),
        (9, 10 * MINUTE, MINUTE),
        (10, 11 * MINUTE, 5 * MINUTE),
        (200, DAY, 5 * MINUTE),
        (200, DAY + MINUTE, HOUR),
    ],
)
def test_questions_become_rarer_and_never_come_twice_in_a_minute(asks: int, age: timedelta, wait: timedelta) -> None:
    assert following.next_wait(asks, age, 1.0) == wait
    assert following.next_wait(asks, age / 60, 60.0) == wait / 60


def test_a_pending_action_is_asked_about_again(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(outcome="pending-for-ever")
    action = sent(asked(at_mirakl(sandbox, cursor)))

    followed(action)

    assert (action.state, action.remote_status, action.asks) == (State.SENT, "PENDING", 0)
    assert action.ask_at is not None


def test_only_one_worker_asks_about_an_action(sandbox: RunningSandbox, cursor: Cursor) -> None:
    Connection.objects.update(speed=1)
    sandbox.script_action(outcome="pending-for-ever")
    action = sent(asked(at_mirakl(sandbox, cursor)))
    Action.objects.filter(pk=action.pk).update(ask_at=timezone.now())

    assert following.follow_due(action.connection_id) == 1
    assert following.follow_due(action.connection_id) == 0

    action.refresh_from_db()
    assert action.asks == 1
    assert action.ask_at is not None
    assert action.ask_at > timezone.now() + timedelta(seconds=55)


def test_a_word_that_nobody_knows_survives(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(outcome="unknown-word", word="QUEUED_AT_CHANNEL")
    action = sent(asked(at_mirakl(sandbox, cursor)))

    followed(action)

    assert (action.state, action.remote_status) == (State.SENT, "QUEUED_AT_CHANNEL")


def test_an_action_id_that_answers_404_becomes_unknown_and_a_reading_may_still_prove_it(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    sandbox.script_action(outcome="forget")
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()

    followed(action)
    assert (action.state, action.cause) == (State.UNKNOWN, Cause.GONE)

    read(cursor)
    seeing.look(timezone.now())
    action.refresh_from_db()
    assert action.state == State.CONFIRMED


def test_pending_for_ever_ends_after_seven_days(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(outcome="pending-for-ever")
    action = sent(asked(at_mirakl(sandbox, cursor)))
    Connection.objects.update(speed=1)
    Action.objects.update(ask_at=timezone.now())
    following.follow_due(action.connection_id)

    for days, ended in ((6, 0), (8, 1)):
        Action.objects.update(sent_at=timezone.now() - days * DAY)
        assert following.end_silence(timezone.now()) == ended

    action.refresh_from_db()
    assert (action.state, action.cause) == (State.UNKNOWN, Cause.SILENT)


def test_a_failure_keeps_the_code_and_the_words_of_the_channel(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(code="INVALID_PRODUCT_ID", message="Artikel nicht gefunden <b>")
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()

    followed(action)

    assert (action.state, action.cause, action.code) == (State.FAILED, Cause.CHANNEL, "INVALID_PRODUCT_ID")
    assert action.text == "Artikel nicht gefunden <b>"
    assert not Action.objects.filter(follows=action).exists()


def test_a_failure_that_may_pass_is_repeated_by_itself_and_confirmed(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(code="UNAVAILABLE", times=1)
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()

    followed(action)
    again = Action.objects.get(follows=action)
    assert (action.state, again.state, again.automatic, again.attempt_number) == (
        State.FAILED,
        State.WAITING,
        True,
        2,
    )

    sent(again)
    sandbox.settle()
    assert followed(again).state == State.CONFIRMED
    assert len(sandbox.actions()) == 2


def test_repetitions_end_after_five(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.script_action(code="TOO_MANY_REQUEST", times=None)
    action = asked(at_mirakl(sandbox, cursor))

    while True:
        sent(action)
        sandbox.settle()
        followed(action)
        following_one = Action.objects.filter(follows=action).first()
        if following_one is None:
            break
        action = following_one

    assert (Action.objects.count(), len(sandbox.actions())) == (6, 6)
    assert action in queue.needing_a_person()


def test_nothing_is_repeated_past_the_deadline(sandbox: RunningSandbox, cursor: Cursor) -> None:
    Connection.objects.update(speed=1)
    sandbox.script_action(code="UNEXPECTED", times=None)
    action = sent(asked(at_mirakl(sandbox, cursor)))
    Action.objects.update(deadline=timezone.now() + timedelta(seconds=30))
    action.refresh_from_db()
    sandbox.settle()

    followed(action)

    assert action.state == State.FAILED
    assert not Action.objects.filter(follows=action).exists()


@pytest.mark.parametrize("kind", ["503", "cut", "broken-json"])
def test_a_question_that_fails_changes_nothing_and_is_asked_again(
    sandbox: RunningSandbox, cursor: Cursor, kind: str
) -> None:
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()
    sandbox.fault(ASK, kind=kind, times=3)  # the client repeats a question twice by itself

    followed(action)
    assert action.state == State.SENT

    Valve.objects.all().delete()
    assert followed(action).state == State.CONFIRMED


def test_a_missing_right_to_ask_does_not_stop_the_sending(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.fault(ASK, kind="401", times=2)

    followed(action)

    assert (action.state, Valve.objects.get().failures) == (State.SENT, 1)


def test_confirmed_but_not_seen_in_two_readings_is_flagged(sandbox: RunningSandbox, cursor: Cursor) -> None:
    sandbox.configure(show_seconds=3600)
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()
    followed(action)
    assert action.state == State.CONFIRMED

    for expected in (None, "flagged"):
        read(cursor)
        seeing.look(timezone.now())
        action.refresh_from_db()
        assert (action.differs_at is None) == (expected is None)
    assert action in queue.needing_a_person()


def test_a_later_reading_that_shows_it_after_all_clears_the_flag(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = at_mirakl(sandbox, cursor)
    sandbox.configure(show_seconds=3600)
    action = sent(asked(order))
    sandbox.settle()
    followed(action)
    for _ in range(2):
        read(cursor)
        seeing.look(timezone.now())
    assert action in queue.needing_a_person()

    sandbox.update_order(order.remote_id, status="AWAITING_SHIPMENT")
    read(cursor)
    seeing.look(timezone.now())

    action.refresh_from_db()
    assert (action.differs_at, action.seen_at is None) == (None, False)
    assert action not in queue.needing_a_person()


def test_waiting_for_a_reading_does_not_ask_more_often_than_needed(sandbox: RunningSandbox, cursor: Cursor) -> None:
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()
    followed(action)
    read(cursor)
    seeing.look(timezone.now())
    later = timezone.now() + HOUR
    Cursor.objects.update(next_at=later)

    seeing.look(timezone.now())

    cursor.refresh_from_db()
    assert cursor.next_at == later


def test_an_order_that_moves_on_after_mirakl_took_the_action_fails_it_with_the_code(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    sandbox.configure(settle_seconds=3600)
    order = at_mirakl(sandbox, cursor)
    action = sent(asked(order))
    sandbox.update_order(order.remote_id, status="CLOSED", status_reason="CANCELED")
    sandbox.settle()

    followed(action)

    assert (action.state, action.code) == (State.FAILED, "ORDER_IN_WRONG_STATE")


def test_a_token_endpoint_that_is_not_found_says_nothing_about_an_action(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    action = sent(asked(at_mirakl(sandbox, cursor)))
    connection = Connection.objects.get()
    Connection.objects.update(token_url=f"{connection.token_url}-that-moved")
    action.refresh_from_db()

    followed(action)

    assert (action.state, Valve.objects.get().failures) == (State.SENT, 1)


def test_words_of_mirakl_that_no_database_takes_are_kept_without_what_it_refuses(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    sandbox.script_action(code="INVALID\0CODE", message="Broken\0text")
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()

    followed(action)

    assert (action.state, action.code, action.text) == (State.FAILED, "INVALIDCODE", "Brokentext")


def test_a_week_without_a_scheduler_or_with_a_pause_is_no_silence_of_mirakl(
    sandbox: RunningSandbox, cursor: Cursor
) -> None:
    Connection.objects.update(speed=1)
    action = sent(asked(at_mirakl(sandbox, cursor)))
    sandbox.settle()
    week = timedelta(days=8)
    Action.objects.update(**{name: getattr(action, name) - week for name in ("departed_at", "sent_at", "ask_at")})

    assert following.end_silence(timezone.now()) == 0
    following.follow_due(action.connection_id)

    action.refresh_from_db()
    assert action.state == State.CONFIRMED
