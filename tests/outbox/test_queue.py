"""What people do with actions: one wish is one action, undo is final, and nobody decides twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backoffice.outbox import delivery, queue
from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.queue import ObjectedError, Wish
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from orders.models import Order
from tests.orders import rows
from tests.outbox.asking import MOMENT, action_in, asked, decision, order_to_accept
from tests.outbox.kinds import COSTLY, SHARED

pytestmark = pytest.mark.django_db


def test_an_action_is_held_for_its_undo_window_and_remembers_what_was_seen(anna: User) -> None:
    order = order_to_accept(lines=2)

    action = asked(order, by=anna, now=MOMENT)

    assert (action.state, action.not_before, action.asked_by) == (State.HELD, MOMENT + ACCEPT_LINES.undo, anna)
    assert (action.label, action.place, action.seen) == (order.number, "Nordlicht", ACCEPT_LINES.version(order))


def test_close_to_the_deadline_nothing_is_held() -> None:
    order = order_to_accept(shipping_info={"shipping_deadline": MOMENT + timedelta(minutes=50)})

    assert asked(order, now=MOMENT).state == State.WAITING


def test_the_same_form_pressed_twice_is_one_action() -> None:
    order = order_to_accept()

    assert asked(order, token="form-1") == asked(order, token="form-1")
    assert Action.objects.count() == 1


def test_two_people_at_once_get_one_action_and_one_sentence(anna: User, boris: User) -> None:
    order = order_to_accept()
    first = asked(order, by=anna)

    with pytest.raises(ObjectedError, match=rf"Anna.* already asked for this \(action #{first.pk}\)") as objected:
        asked(order, by=boris)

    assert objected.value.action == first


@pytest.mark.parametrize("state", OPEN)
def test_the_database_itself_forbids_a_second_open_action(state: State) -> None:
    action = action_in(state)
    action.pk, action.token = None, None

    with pytest.raises(IntegrityError), transaction.atomic():
        action.save(force_insert=True)


@pytest.mark.parametrize("state", sorted(set(State) - set(OPEN)))
def test_an_action_that_is_over_leaves_its_target_free(state: State) -> None:
    action = action_in(state)

    again = asked(target_of(action))

    assert again.state == State.HELD


def target_of(action: Action) -> Order:
    return ACCEPT_LINES.targets().get(pk=action.target_id)


def test_the_database_itself_forbids_undone_what_has_left() -> None:
    action = action_in(State.SENT)

    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(state=State.UNDONE)


def test_every_line_that_waits_needs_a_decision() -> None:
    order = order_to_accept(lines=2)
    request = decision(order)
    request["lines"].popitem()

    with pytest.raises(ObjectedError, match="Every line that waits"):
        queue.ask(ACCEPT_LINES, order, request, by=None, now=MOMENT)


def test_an_order_of_a_partner_cannot_be_accepted() -> None:
    order = order_to_accept(fulfillment={"type": "FULFILLED_BY_PARTNER"})

    with pytest.raises(ObjectedError, match="partner"):
        asked(order)


def test_undo_is_final(anna: User) -> None:
    action = asked(order_to_accept())

    assert queue.undo(action.pk, by=anna, now=MOMENT)
    assert not queue.undo(action.pk, by=anna, now=MOMENT)

    action.refresh_from_db()
    assert (action.state, action.ended_by, action.ended_at) == (State.UNDONE, anna, MOMENT)


def test_the_asker_cannot_be_the_colleague_who_agrees(anna: User, boris: User) -> None:
    action = asked(order_to_accept(), COSTLY, by=anna, now=MOMENT)
    assert action.state == State.TO_APPROVE

    with pytest.raises(ObjectedError, match="Somebody else"):
        queue.approve(action, by=anna, now=MOMENT)
    assert queue.approve(action, by=boris, now=MOMENT)
    assert not queue.approve(action, by=boris, now=MOMENT)

    action.refresh_from_db()
    assert (action.state, action.approved_by, action.not_before) == (State.HELD, boris, MOMENT + COSTLY.undo)


def test_what_waits_for_approval_does_not_hold_up_its_lane(anna: User) -> None:
    order = order_to_accept()
    asked(order, COSTLY, by=anna)
    other = asked(order, SHARED)
    Action.objects.filter(pk=other.pk).update(state=State.WAITING, not_before=MOMENT)

    assert list(delivery.due(MOMENT + timedelta(minutes=1))) == [other]


def test_a_failed_action_is_asked_for_again_once(anna: User, boris: User) -> None:
    action = action_in(State.FAILED)

    again = queue.again(action, by=anna, now=MOMENT)

    assert (again.follows, again.state, again.asked_by) == (action, State.HELD, anna)
    with pytest.raises(ObjectedError):
        queue.again(action, by=boris, now=MOMENT)
    assert action not in queue.needing_a_person()


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_undoing_what_was_to_take_its_place_hands_it_back_to_a_person(state: State, anna: User) -> None:
    action = action_in(state)
    again = queue.again(action, by=anna, now=MOMENT)
    assert action not in queue.needing_a_person()

    queue.undo(again.pk, by=anna, now=MOMENT)

    action.refresh_from_db()
    assert action.state == state
    assert action in queue.needing_a_person()
    assert queue.again(action, by=anna, now=MOMENT).state == State.HELD


def test_a_failed_action_that_was_asked_for_again_cannot_be_given_up(anna: User) -> None:
    action = action_in(State.FAILED)
    queue.again(action, by=anna, now=MOMENT)

    assert not queue.give_up(action.pk, by=anna, reason="No.", now=MOMENT)

    action.refresh_from_db()
    assert action.state == State.FAILED


def test_who_waited_for_a_failed_action_waits_for_its_successor(anna: User) -> None:
    action = action_in(State.FAILED)
    waiting = asked(order_to_accept(), after=action)

    again = queue.again(action, by=anna, now=MOMENT)

    waiting.refresh_from_db()
    assert waiting.after == again


def test_a_batch_counts_what_it_could_not_ask(anna: User) -> None:
    free, taken, partner = (
        order_to_accept(),
        order_to_accept(),
        order_to_accept(fulfillment={"type": "FULFILLED_BY_PARTNER"}),
    )
    asked(taken, by=anna)
    wishes = [Wish(order, decision(order)) for order in (free, taken, partner)]

    batch = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=MOMENT)

    assert [action.target_id for action in batch.actions.all()] == [free.pk]
    assert {(one["label"], one["reason"]) for one in batch.skipped} == {
        (taken.number, "Somebody already asked for this."),
        (partner.number, "A partner of the marketplace fulfils this order: it is not ours to accept."),
    }
    assert (batch.asked, batch.asked_by) == (3, anna)


def test_a_batch_takes_the_place_of_what_failed_before(anna: User) -> None:
    failed, given_up = action_in(State.FAILED), action_in(State.GIVEN_UP)
    waiting = asked(order_to_accept(), after=failed)
    orders = [target_of(failed), target_of(given_up)]
    wishes = [Wish(order, decision(order)) for order in orders]

    batch = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=MOMENT)

    new = batch.actions.get(target_id=failed.target_id)
    waiting.refresh_from_db()
    assert (new.follows, batch.actions.get(target_id=given_up.target_id).follows) == (failed, None)
    assert waiting.after == new
    assert failed not in queue.needing_a_person()


def test_a_batch_pressed_twice_is_one_batch(anna: User) -> None:
    wishes = [Wish(order, decision(order)) for order in (order_to_accept(),)]

    first = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=MOMENT)
    second = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=MOMENT)

    assert first == second
    assert (Batch.objects.count(), Action.objects.count()) == (1, 1)


def test_undoing_a_batch_takes_back_what_has_not_left(anna: User) -> None:
    orders = [order_to_accept() for _ in range(3)]
    wishes = [Wish(order, decision(order)) for order in orders]
    batch = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=timezone.now())
    gone = batch.actions.all()[0]
    Action.objects.filter(pk=gone.pk).update(state=State.SENT, departed_at=MOMENT)

    assert queue.undo_batch(batch, by=anna, now=MOMENT) == 2

    assert sorted(batch.actions.values_list("state", flat=True)) == ["sent", "undone", "undone"]


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_batch_takes_the_same_queries_for_any_number(
    count: int, anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows.place_all(
        [
            rows.payload(order_lines=[rows.line(status="AWAITING_ACCEPTANCE")], status="AWAITING_ACCEPTANCE")
            for _ in range(count)
        ]
    )
    orders = list(ACCEPT_LINES.targets())
    wishes = [Wish(order, decision(order)) for order in orders]

    # Known token? Savepoint, batch, what failed before, actions (SQLite: 24 at a time), which are there, skipped, end.
    with django_assert_num_queries(8):
        batch = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=MOMENT)

    assert batch.actions.count() == count


def test_who_waits_for_what_was_tried_again_waits_for_the_last_try() -> None:
    failed = action_in(State.FAILED)
    again = queue.again(failed, by=None, now=MOMENT)

    assert asked(order_to_accept(), after=failed).after == again
