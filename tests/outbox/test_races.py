"""Two at the same instant: exactly one of them has its way."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from backoffice.outbox import delivery, queue, sweep
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.outbox.queue import ObjectedError
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from orders.models import Order
from tests.figures import Tell
from tests.outbox.asking import decision, let_go
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db(transaction=True)
RACES = 1000 if os.environ.get("THOROUGH") else 200


def orders_at_mirakl(sandbox: RunningSandbox, cursor: Cursor, count: int) -> list[Order]:
    sandbox.place_orders(count, status="AWAITING_ACCEPTANCE", lines=1)
    read(cursor)
    return list(ACCEPT_LINES.targets())


def at_once(*runners: Callable[[], None]) -> None:
    """Runs each in a thread with a database connection of its own; an error in one fails the test."""
    errors: list[BaseException] = []

    def run(runner: Callable[[], None]) -> None:
        try:
            runner()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(runner,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_undo_at_the_instant_of_sending_is_never_both_and_never_neither(
    sandbox: RunningSandbox, cursor: Cursor, anna: User, tell: Tell
) -> None:
    orders = orders_at_mirakl(sandbox, cursor, RACES)
    wishes = [queue.Wish(order, decision(order)) for order in orders]
    queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="races", skipped=[], now=timezone.now() - timedelta(minutes=1))
    sweep.release(timezone.now())
    actions = list(Action.objects.order_by("pk"))
    start = threading.Barrier(2)
    undone: set[int] = set()
    claimed: set[int] = set()

    def person() -> None:
        for action in actions:
            start.wait()
            if queue.undo(action.pk, by=anna, now=timezone.now()):
                undone.add(action.pk)

    def worker() -> None:
        for action in actions:
            start.wait()
            if delivery.claim(action, "worker-1", now=timezone.now()):
                claimed.add(action.pk)

    at_once(person, worker)

    assert undone & claimed == set()
    assert undone | claimed == {action.pk for action in actions}
    assert undone == set(Action.objects.filter(state=State.UNDONE).values_list("pk", flat=True))
    for action in Action.objects.filter(state=State.SENDING):
        delivery.deliver([action], "worker-1")
    sent = {action["order_id"] for action in sandbox.actions()}
    assert sent == {order.remote_id for order in orders if order.pk in _targets(claimed)}
    assert len(sandbox.writes()) == len(claimed)
    tell(f"Undo against sending, {RACES} races: {len(undone)} undone, {len(claimed)} sent, both 0, neither 0.")


def _targets(actions: set[int]) -> set[int]:
    return set(Action.objects.filter(pk__in=actions).values_list("target_id", flat=True))


def test_two_people_who_press_at_once_make_one_action(
    sandbox: RunningSandbox, cursor: Cursor, anna: User, boris: User
) -> None:
    orders = orders_at_mirakl(sandbox, cursor, 50)
    start = threading.Barrier(2)
    objected: list[str] = []

    def person(user: User) -> Callable[[], None]:
        def press() -> None:
            for order in orders:
                start.wait()
                try:
                    queue.ask(ACCEPT_LINES, order, decision(order), by=user, now=timezone.now())
                except ObjectedError as error:
                    objected.append(str(error))

        return press

    at_once(person(anna), person(boris))

    assert Action.objects.count() == len(objected) == len(orders)


def test_a_double_click_is_one_action(sandbox: RunningSandbox, cursor: Cursor, anna: User) -> None:
    orders = orders_at_mirakl(sandbox, cursor, 50)
    start = threading.Barrier(2)
    given: list[int] = []

    def press() -> None:
        for order in orders:
            start.wait()
            token = f"form-{order.pk}"
            given.append(queue.ask(ACCEPT_LINES, order, decision(order), by=anna, now=timezone.now(), token=token).pk)

    at_once(press, press)

    assert Action.objects.count() == len(orders)
    assert sorted(given) == sorted(2 * [action.pk for action in Action.objects.all()])


def test_two_workers_send_each_action_once(sandbox: RunningSandbox, cursor: Cursor, anna: User) -> None:
    orders = orders_at_mirakl(sandbox, cursor, 60)
    for order in orders:
        let_go(queue.ask(ACCEPT_LINES, order, decision(order), by=anna, now=timezone.now()))

    def work() -> None:
        delivery.deliver_due(cursor.connection_id)

    at_once(work, work)

    assert set(Action.objects.values_list("state", flat=True)) == {State.SENT}
    assert sorted(action["order_id"] for action in sandbox.actions()) == sorted(order.remote_id for order in orders)


def test_retry_and_give_up_at_once_are_not_both(
    sandbox: RunningSandbox, cursor: Cursor, anna: User, boris: User
) -> None:
    orders = orders_at_mirakl(sandbox, cursor, 50)
    failed = [queue.ask(ACCEPT_LINES, order, decision(order), by=anna, now=timezone.now()) for order in orders]
    Action.objects.update(state=State.FAILED)
    for action in failed:
        action.refresh_from_db()
    start = threading.Barrier(2)
    retried: set[int] = set()
    given_up: set[int] = set()

    def retry() -> None:
        for action in failed:
            start.wait()
            try:
                queue.again(action, by=anna, now=timezone.now())
                retried.add(action.pk)
            except ObjectedError:
                pass

    def give_up() -> None:
        for action in failed:
            start.wait()
            if queue.give_up(action.pk, by=boris, reason="No.", now=timezone.now()):
                given_up.add(action.pk)

    at_once(retry, give_up)

    assert retried & given_up == set()
    assert retried | given_up == {action.pk for action in failed}
