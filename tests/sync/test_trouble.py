"""What goes wrong at Mirakl or on the way: it is named, nothing is lost, and the next run makes it good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django import Settings

from backoffice.connections import clients
from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.sync import queue, runner
from backoffice.sync.enums import RunState
from backoffice.sync.models import Cursor, Parked, Run
from orders.models import Order
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import counts, json_text, read


def failed(cursor: Cursor) -> tuple[str, Trouble]:
    """Reads, and returns how it failed; the watermark must not have moved."""
    before = cursor.watermark
    run = read(cursor)
    cursor.connection.refresh_from_db()
    assert cursor.watermark == before
    assert cursor.connection.trouble == run.trouble
    assert cursor.connection.trouble_text == run.error != ""
    return run.state, Trouble(run.trouble)


def test_wrong_secret_is_trouble_with_the_credentials(connection: Connection, cursor: Cursor) -> None:
    connection.secret = "wrong"
    connection.save()

    assert failed(cursor) == (RunState.FAILED, Trouble.CREDENTIALS)


def test_wrong_path_is_trouble_with_the_address(connection: Connection, cursor: Cursor) -> None:
    connection.base_url += "/elsewhere"
    connection.save()

    assert failed(cursor) == (RunState.FAILED, Trouble.ADDRESS)


def test_unreachable_host_is_named_so(connection: Connection, cursor: Cursor) -> None:
    connection.base_url = f"http://127.0.0.1:{closed_port()}/connect"
    connection.save()

    assert failed(cursor) == (RunState.FAILED, Trouble.UNREACHABLE)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        ({"kind": "500"}, Trouble.BROKEN),
        ({"kind": "503"}, Trouble.BROKEN),
        ({"kind": "html"}, Trouble.ADDRESS),
        ({"kind": "broken-json"}, Trouble.ADDRESS),
        ({"kind": "cut"}, Trouble.UNREACHABLE),
    ],
    ids=str,
)
def test_lasting_fault_in_the_middle_of_a_walk_fails_the_run_and_the_next_one_reads_all(
    fault: dict[str, Any], trouble: Trouble, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", after=1, times=100, **fault)

    assert failed(cursor) == (RunState.FAILED, trouble)
    sandbox.clear_faults()
    assert read(cursor).state == RunState.DONE
    assert Order.objects.count() == 150
    cursor.connection.refresh_from_db()
    assert cursor.connection.trouble == ""


@pytest.mark.parametrize("kind", ["401", "500", "503", "html", "broken-json", "cut"])
def test_passing_fault_is_overcome_within_the_run(kind: str, cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind=kind, after=1, times=1)

    assert read(cursor).state == RunState.DONE
    assert Order.objects.count() == 150


def test_page_token_that_expired_begins_the_walk_again(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="expired-page-token")

    run = read(cursor)

    assert (run.state, run.pages) == (RunState.DONE, 3)
    assert Order.objects.count() == 150


def test_access_token_that_ends_during_the_walk_is_renewed(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    read(cursor)
    sandbox.revoke_tokens()

    assert read(cursor).state == RunState.DONE


def test_page_token_that_always_expires_ends_the_run(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="expired-page-token", times=None)

    assert read(cursor).state == RunState.FAILED


def test_retry_after_decides_when_the_next_run_comes(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=30)

    run = read(cursor)

    assert run.ended_at is not None
    assert abs(cursor.next_at - run.ended_at - timedelta(seconds=30)) < timedelta(seconds=2)
    assert cursor.failures == 0


@pytest.mark.parametrize("retry_after", [30, None])
def test_429_in_the_middle_of_a_walk_fails_the_run_and_a_later_one_reads_all(
    retry_after: int | None, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="429", after=1, retry_after=retry_after)

    assert failed(cursor) == (RunState.FAILED, Trouble.BUSY)
    clients.shared_memory().flushdb()  # as if the wait were over
    assert read(cursor).state == RunState.DONE
    assert Order.objects.count() == 150


def test_429_without_retry_after_waits_a_minute(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.fault("v2-listOrders", kind="429")

    run = read(cursor)

    assert run.ended_at is not None
    assert abs(cursor.next_at - run.ended_at - timedelta(seconds=60)) < timedelta(seconds=2)


def test_our_own_pace_postpones_the_run_without_blame(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=1)
    read(cursor)
    queue.ask(cursor, now=timezone.now())

    assert runner.run(cursor.pk) is None

    cursor.refresh_from_db()
    connection.refresh_from_db()
    assert timedelta(seconds=30) < cursor.next_at - timezone.now() <= timedelta(seconds=61)
    assert (cursor.claim, cursor.failures, connection.trouble, Run.objects.count()) == ("", 0, "", 1)


def test_page_token_that_expires_at_real_speed_is_trouble_and_not_silence(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=1)
    sandbox.place_orders(150)
    sandbox.fault("v2-listOrders", kind="expired-page-token", times=None)

    assert failed(cursor) == (RunState.FAILED, Trouble.BROKEN)
    assert cursor.failures == 1


def test_secret_that_no_key_opens_is_trouble_of_this_connection(
    cursor: Cursor, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert failed(cursor) == (RunState.FAILED, Trouble.OURS)
    assert "Enter it again" in Run.objects.get().error


@pytest.mark.parametrize("moment", ["2999-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00"])
def test_date_in_the_future_hides_no_order_that_comes_later(
    moment: str, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order(json_text(order | {"updated_at": moment}), updated_at=order["updated_at"])
    assert read(cursor).state == RunState.DONE
    later = sandbox.place_order()

    assert read(cursor).state == RunState.DONE
    assert Order.objects.filter(remote_id=later["id"]).exists()


def test_date_without_a_zone_is_utc(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()
    naive = order["updated_at"].partition(".")[0].removesuffix("Z")
    sandbox.put_raw_order(json_text(order | {"updated_at": naive}), updated_at=order["updated_at"])
    sandbox.place_order()

    assert counts(read(cursor))["created"] == 2
    assert Order.objects.get(remote_id=order["id"]).updated_at.isoformat() == f"{naive}+00:00"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.update(quantity=3_000_000_000),
        lambda line: line["price"].update(amount="9E999999"),
        lambda line: line["price"].update(amount=10**15),
        lambda line: line.update(id="x" * 300),
    ],
)
def test_order_that_no_column_can_hold_is_parked_under_its_id(
    spoil: Callable[[dict[str, Any]], None], cursor: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order(lines=2)
    for line in order["order_lines"]:
        spoil(line)
    sandbox.put_raw_order(json_text(order))

    assert counts(read(cursor))["parked"] == 1
    assert (Parked.objects.get().remote_id, Order.objects.count()) == (order["id"], 0)


def test_order_whose_origin_is_broken_is_parked_under_its_id_and_leaves_by_itself(
    cursor: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order(json_text(order | {"origin": "somewhere"}))
    read(cursor)
    assert Parked.objects.get().remote_id == order["id"]
    sandbox.advance(5)
    sandbox.put_raw_order(json_text(order | {"updated_at": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")}))

    read(cursor)

    assert not Parked.objects.exists()


def test_each_failure_in_a_row_doubles_the_wait(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=60, base_url=f"{connection.base_url}/elsewhere")

    waits = [_wait_of(cursor) for _ in range(3)]

    assert waits == [5, 10, 20]


def _wait_of(cursor: Cursor) -> int:
    run = read(cursor)
    assert run.ended_at is not None
    return round((cursor.next_at - run.ended_at).total_seconds())


def test_trouble_keeps_the_moment_at_which_it_began(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.fault("v2-listOrders", kind="500", times=100)
    read(cursor)
    began = Connection.objects.get().trouble_since

    read(cursor)

    assert Connection.objects.get().trouble_since == began is not None


def test_trouble_of_one_connection_leaves_the_other_alone(
    connection: Connection, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    other = Connection.objects.get()
    other.pk, other.name, other.secret = None, "Broken", "wrong"
    other.save()
    broken = Cursor.objects.create(connection=other, resource="orders")
    sandbox.place_order()

    assert read(broken).state == RunState.FAILED
    assert read(cursor).state == RunState.DONE
    assert Order.objects.get().connection == connection


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda order: order.pop(name)


def _with(**fields: Any) -> Callable[[dict[str, Any]], None]:
    return lambda order: order.update(fields)


def _amount_as_text(order: dict[str, Any]) -> None:
    order["order_lines"][0]["price"]["amount"] = "15.00"


@pytest.mark.parametrize(
    "spoil",
    [
        _with(status="INVENTED_YESTERDAY"),
        _with(status_reason="NOBODY_KNOWS"),
        _with(brand_new={"deep": [1, {"x": None}]}),
        _with(shipping_info={}),
        _with(billing_info=None),
        _with(custom_attributes=None),
        _with(origin={"channel_id": "77"}),
        _without("custom_attributes"),
        _without("billing_info"),
        _without("channel_updated_at"),
        _without("fulfillment"),
        _without("order_lines"),
        _amount_as_text,
    ],
)
def test_order_of_an_unexpected_shape_is_stored(
    spoil: Callable[[dict[str, Any]], None], cursor: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    order.setdefault("billing_info", {})
    order.setdefault("channel_updated_at", order["updated_at"])
    spoil(order)
    sandbox.put_raw_order(json_text(order))

    run = read(cursor)

    assert (counts(run)["created"], counts(run)["parked"]) == (1, 0)
    assert Order.objects.get().document.id == order["id"]


def test_order_with_an_unknown_status_goes_to_other(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order(status="INVENTED_YESTERDAY")

    read(cursor)

    assert (Order.objects.get().stage, Order.objects.get().status) == ("other", "INVENTED_YESTERDAY")


@pytest.mark.parametrize("name", ["id", "updated_at"])
def test_record_without_what_makes_it_an_order_is_parked(name: str, cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order(json_text(order | {name: None}), order_id=order["id"], updated_at=order["updated_at"])

    assert counts(read(cursor))["parked"] == 1
    assert Run.objects.get().state == RunState.DONE
