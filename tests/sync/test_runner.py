"""A run reads what changed, moves the watermark only when everything is stored, and tells the truth about it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.connections.models import Connection
from backoffice.sync import queue, runner, tasks
from backoffice.sync.enums import RunKind, RunState
from backoffice.sync.models import Cursor, Parked, Run
from orders.models import Order
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import counts, json_text, read


def test_first_run_stores_every_order_of_every_page(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(250)

    run = read(cursor)

    assert counts(run) == {
        "state": RunState.DONE,
        "received": 250,
        "created": 250,
        "changed": 0,
        "unchanged": 0,
        "parked": 0,
    }
    assert run.pages == 3
    assert Order.objects.count() == 250


def test_watermark_is_the_newest_update_that_mirakl_gave(cursor: Cursor, sandbox: RunningSandbox) -> None:
    now = timezone.now().replace(microsecond=0)
    for hours in (3, 1, 2):
        sandbox.place_order(updated_at=now - timedelta(hours=hours))

    read(cursor)

    assert cursor.watermark == now - timedelta(hours=1)


def test_next_run_reads_again_what_lies_within_the_overlap(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()
    read(cursor)
    assert cursor.watermark is not None

    run = read(cursor)

    assert run.kind == RunKind.CHANGES
    assert run.updated_from == cursor.watermark - timedelta(minutes=10)
    assert counts(run)["unchanged"] == 1


def test_changed_order_replaces_the_row_and_keeps_its_key(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(status="AWAITING_ACCEPTANCE")
    read(cursor)
    before = Order.objects.get()
    sandbox.advance(5)
    sandbox.update_order(order["id"], status="AWAITING_PAYMENT")

    run = read(cursor)

    assert counts(run)["changed"] == 1
    assert (Order.objects.get().pk, Order.objects.get().status) == (before.pk, "AWAITING_PAYMENT")


def test_second_change_within_the_same_second_is_seen(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(status="AWAITING_ACCEPTANCE")
    read(cursor)
    sandbox.update_order(order["id"], status="SHIPPED", updated_at=order["updated_at"])

    read(cursor)

    assert Order.objects.get().status == "SHIPPED"


def test_older_payload_after_a_newer_one_changes_nothing(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(status="SHIPPED")
    read(cursor)
    long_ago = (timezone.now() - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sandbox.update_order(order["id"], status="AWAITING_ACCEPTANCE", updated_at=long_ago)

    run = read(cursor)

    assert counts(run)["unchanged"] == 1
    assert Order.objects.get().status == "SHIPPED"


def test_order_that_vanished_at_mirakl_stays(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()
    read(cursor)
    order = Order.objects.get()
    Order.objects.filter(pk=order.pk).update(remote_id="gone-at-mirakl")

    read(cursor)

    assert set(Order.objects.values_list("remote_id", flat=True)) == {"gone-at-mirakl", order.remote_id}


def test_record_that_cannot_be_stored_is_parked_and_stops_no_other(cursor: Cursor, sandbox: RunningSandbox) -> None:
    good = sandbox.place_orders(3)
    bad = sandbox.place_order()
    bad["order_lines"] = [bad["order_lines"][0]] * 2  # two lines of one id: only the database finds that out
    sandbox.put_raw_order(json_text(bad))

    run = read(cursor)

    assert counts(run)["parked"] == 1
    assert set(Order.objects.values_list("remote_id", flat=True)) == set(good)
    assert Parked.objects.get().remote_id == bad["id"]
    assert Parked.objects.get().reason


def test_parked_record_seen_again_is_one_row_with_a_count(cursor: Cursor, sandbox: RunningSandbox) -> None:
    bad = sandbox.place_order()
    bad["order_lines"][0]["price"]["amount"] = 10**15
    sandbox.put_raw_order(json_text(bad))

    read(cursor)
    read(cursor)

    assert Parked.objects.get().times == 2


def test_parked_record_that_can_be_stored_again_is_let_go(cursor: Cursor, sandbox: RunningSandbox) -> None:
    bad = sandbox.place_order()
    bad["order_lines"][0]["price"]["amount"] = 10**15
    sandbox.put_raw_order(json_text(bad))
    read(cursor)
    sandbox.advance(5)
    sandbox.update_order(bad["id"], order_lines=[])

    read(cursor)

    assert not Parked.objects.exists()
    assert Order.objects.get().remote_id == bad["id"]


def test_freshness_is_the_moment_at_which_the_whole_walk_began(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()

    run = read(cursor)

    assert cursor.complete_to == run.started_at


def test_wide_run_counts_both_sides(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(4)

    run = read(cursor)

    assert run.kind == RunKind.WIDE
    assert (cursor.there, cursor.here) == (4, 4)


def test_wide_run_says_when_something_is_missing_here(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(3)
    bad = sandbox.place_order()
    bad["order_lines"][0]["price"]["amount"] = 10**15
    sandbox.put_raw_order(json_text(bad))

    read(cursor)

    assert (cursor.there, cursor.here) == (4, 3)


def test_walk_that_began_again_counts_its_orders_once(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="expired-page-token")

    read(cursor)

    assert (cursor.there, cursor.here) == (150, 150)


def test_wide_run_comes_once_a_day_and_reaches_further_back(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()
    read(cursor)
    Cursor.objects.update(wide_at=timezone.now() - timedelta(hours=25))

    run = read(cursor)

    assert run.kind == RunKind.WIDE
    assert run.updated_from is not None
    assert run.started_at - run.updated_from == timedelta(days=30)


def test_next_run_is_planned_by_the_pace_and_the_speed_of_the_connection(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=60)
    sandbox.place_order()

    run = read(cursor)

    assert cursor.next_at - run.started_at == timedelta(seconds=5)


def test_check_now_makes_the_cursor_due(cursor: Cursor) -> None:
    now = timezone.now()
    Cursor.objects.update(next_at=now + timedelta(minutes=4))

    queue.ask(cursor, now=now)

    assert queue.due(now).get() == cursor


def test_check_now_during_a_run_is_not_forgotten(cursor: Cursor) -> None:
    started = timezone.now()
    mine = queue.claim(cursor.pk, now=started)
    asked = started + timedelta(seconds=1)
    queue.ask(cursor, now=asked)

    queue.release(cursor.pk, mine, started=started, next_at=started + timedelta(minutes=5))

    cursor.refresh_from_db()
    assert cursor.next_at == asked


def test_paused_connection_is_not_read(connection: Connection, cursor: Cursor) -> None:
    Connection.objects.update(state="paused")

    assert runner.run(cursor.pk) is None
    assert not Run.objects.exists()


def test_cursor_that_is_not_due_is_left_alone(cursor: Cursor) -> None:
    Cursor.objects.update(next_at=timezone.now() + timedelta(minutes=1))

    assert runner.run(cursor.pk) is None


def test_due_gives_every_active_connection_its_cursors(connection: Connection) -> None:
    queue.make_cursors()
    queue.make_cursors()

    assert list(Cursor.objects.values_list("connection", "resource")) == [(connection.pk, "orders")]


def test_run_of_a_worker_that_died_is_called_lost(cursor: Cursor, sandbox: RunningSandbox) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    Cursor.objects.update(claim="of-a-dead-worker", claimed_until=long_ago)
    dead = Run.objects.create(cursor=cursor, started_at=long_ago)

    read(cursor)

    dead.refresh_from_db()
    assert dead.state == RunState.LOST


def test_run_whose_claim_was_taken_stores_nothing_more(cursor: Cursor) -> None:
    mine = queue.claim(cursor.pk, now=timezone.now() - timedelta(minutes=5))
    queue.claim(cursor.pk, now=timezone.now())

    with pytest.raises(queue.ClaimLostError):
        queue.keep(cursor.pk, mine, now=timezone.now())


def test_message_of_celery_runs_the_cursor(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()

    tasks.run(cursor.pk)

    assert Order.objects.count() == 1
