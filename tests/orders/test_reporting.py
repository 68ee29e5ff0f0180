"""What Connect is told of our own synchronisation, where a connection says so (`v2-reportOrderActions`)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from backoffice.celery import app
from backoffice.connections.enums import State
from backoffice.connections.models import Change, Connection
from backoffice.sync.models import Cursor, Parked
from orders import reporting, sync, tasks
from orders.enums import ReportState
from orders.models import Report
from orders.reporting import Result
from tests.htmx import parsed
from tests.outbox.test_races import at_once
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import json_text, read
from tests.waiting import until

TOLD, WAITING, REFUSED = ReportState.TOLD, ReportState.WAITING, ReportState.REFUSED
REPORTING = "v2-reportOrderActions"


@pytest.fixture
def reporter(connection: Connection) -> Connection:
    """The connection to the sandbox, which is to report."""
    connection.report_orders = True
    connection.save()
    return connection


@pytest.fixture
def reported(reporter: Connection, cursor: Cursor) -> Cursor:
    """Its cursor."""
    return cursor


def stored(connection: Connection, *remote_ids: str, **fields: Any) -> None:
    """As if these orders had just been read, for the first time unless `new` says otherwise."""
    given = {"new": True, "updated_at": timezone.now(), **fields}
    reporting.note(connection, [Result(one, **given) for one in remote_ids], now=timezone.now())


def make_due(**fields: Any) -> None:
    """Whatever waits may leave now."""
    Report.objects.filter(state=WAITING).update(due_at=timezone.now() - timedelta(seconds=1), **fields)


def told(sandbox: RunningSandbox) -> list[tuple[str, str, str, list[Any]]]:
    """What Connect was told: type, status, order and errors."""
    return [(one["type"], one["status"], one["entity_id"], one["errors"]) for one in sandbox.reports()]


def states() -> dict[str, str]:
    return dict(Report.objects.order_by("pk").values_list("remote_id", "state"))


def calls(sandbox: RunningSandbox) -> int:
    return sum(write["operation"] == REPORTING for write in sandbox.writes())


def test_a_new_order_and_its_change_are_told_with_what_connect_calls_them(
    reported: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    read(reported)
    reporting.report(reported.connection_id)
    sandbox.advance(5)
    sandbox.update_order(order["id"], status="SHIPPED")
    read(reported)

    reporting.report(reported.connection_id)

    assert told(sandbox) == [
        ("SYNCHRONIZE_ORDER", "SUCCESS", order["id"], []),
        ("SYNCHRONIZE_ORDER_UPDATE", "SUCCESS", order["id"], []),
    ]
    row = Report.objects.get()
    assert (row.state, row.action_id, row.claim) == (TOLD, sandbox.reports()[-1]["id"], "")


def test_an_order_that_did_not_change_is_told_once(reported: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order()
    for _ in range(2):
        read(reported)
        reporting.report(reported.connection_id)

    assert calls(sandbox) == 1


def test_a_change_before_the_order_was_told_is_told_as_a_new_order_once(
    reporter: Connection, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    stored(reporter, order["id"])
    stored(reporter, order["id"], new=False)

    reporting.report(reporter.pk)

    assert told(sandbox) == [("SYNCHRONIZE_ORDER", "SUCCESS", order["id"], [])]


def test_a_parked_order_is_told_as_failed_once_and_as_stored_when_it_is(
    reported: Cursor, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order(json_text({**order, "order_lines": [{"quantity": "many"}]}))
    for _ in range(2):
        read(reported)
        reporting.report(reported.connection_id)
    sandbox.put_raw_order(json_text(order))
    read(reported)
    reporting.report(reported.connection_id)

    (failed, well) = told(sandbox)
    assert failed[:3] == ("SYNCHRONIZE_ORDER", "FAILED", order["id"])
    assert [error["code"] for error in failed[3]] == ["INVALID_INPUT"]
    assert "order_lines[0].quantity" in failed[3][0]["message"]
    assert well == ("SYNCHRONIZE_ORDER", "SUCCESS", order["id"], [])


def test_an_order_without_a_readable_date_is_told_as_failed_too(reported: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order(json_text({**order, "updated_at": None}), updated_at=order["updated_at"])
    read(reported)

    reporting.report(reported.connection_id)

    assert [one[1:3] for one in told(sandbox)] == [("FAILED", order["id"])]


def test_a_reason_that_is_not_in_our_own_words_is_not_told(reported: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()
    order["order_lines"][0]["price"]["amount"] = Decimal("9E999999")
    sandbox.put_raw_order(json_text({**order, "order_lines": order["order_lines"][:1] * 2}))
    read(reported)

    reporting.report(reported.connection_id)

    assert "Overflow" in Parked.objects.get().reason
    assert [one[3] for one in told(sandbox)] == [[{"code": "UNEXPECTED", "message": "It could not be stored."}]]


def test_a_record_without_an_id_is_nobodys_order(reported: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.put_raw_order('{"id": null}', order_id="x", updated_at=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"))

    run = read(reported)

    assert (run.parked, Report.objects.count()) == (1, 0)


def test_a_first_import_of_old_orders_tells_nothing(reported: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order(updated_at=sandbox.now() - timedelta(hours=25))
    fresh = sandbox.place_order(updated_at=sandbox.now() - timedelta(hours=23))

    read(reported)

    assert list(states()) == [fresh["id"]]


def test_an_old_order_that_was_told_as_failed_is_told_when_it_is_stored(reporter: Connection) -> None:
    old = timezone.now() - timedelta(days=3)
    stored(reporter, "a", code="INVALID_INPUT", reason="Too odd.")
    Report.objects.update(state=TOLD)

    stored(reporter, "a", "b", updated_at=old)

    assert list(Report.objects.values_list("remote_id", "state", "reason")) == [("a", WAITING, "")]


def test_a_connection_that_is_not_to_report_notes_nothing_and_asks_nothing(
    connection: Connection, sandbox: RunningSandbox, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    record = json_text(sandbox.place_order()).encode()
    sync.store(connection, [record])
    with django_assert_num_queries(3):  # what is known, the channel's policies, its channels
        sync.store(connection, [record])

    assert Report.objects.count() == 0


@pytest.mark.parametrize("number", [1, 60])  # so many go into one statement of every database
def test_noting_costs_the_same_for_any_number_of_orders(
    reporter: Connection, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        stored(reporter, *(f"o{one}" for one in range(number)))

    assert Report.objects.count() == number


def test_many_results_leave_in_calls_of_a_hundred(reporter: Connection, sandbox: RunningSandbox) -> None:
    stored(reporter, *sandbox.place_orders(250))

    for _ in range(3):
        reporting.report(reporter.pk)

    assert [len(write["body"]["actions"]) for write in sandbox.writes()] == [100, 100, 50]
    assert len({one["entity_id"] for one in sandbox.reports()}) == 250
    assert set(states().values()) == {TOLD}


def test_the_call_frequency_holds_the_next_call_back_and_loses_nothing(
    reporter: Connection, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=1)
    stored(reporter, *sandbox.place_orders(101))
    make_due()

    reporting.report(reporter.pk)
    reporting.report(reporter.pk)

    assert calls(sandbox) == 1
    assert list(states().values()).count(WAITING) == 1
    assert reporting.due(timezone.now()) == [reporter.pk]


def test_results_wait_five_minutes_for_others_and_a_further_change_puts_them_off_no_more(
    reporter: Connection,
) -> None:
    reporter.speed = 1
    now = timezone.now()
    reporting.note(reporter, [Result("a", new=True, updated_at=now)], now=now)
    reporting.note(reporter, [Result("a", new=False, updated_at=now)], now=now + timedelta(minutes=4))

    assert reporting.due(now + timedelta(minutes=4)) == []
    assert reporting.due(now + timedelta(minutes=5)) == [reporter.pk]


@pytest.mark.parametrize(
    "fields",
    [{"state": State.OBSERVE}, {"state": State.PAUSED}, {"state": State.STOPPED}, {"report_orders": False}],
    ids=lambda fields: "-".join(map(str, fields.values())),
)
def test_nothing_is_told_while_the_connection_may_not(
    fields: dict[str, Any], reporter: Connection, sandbox: RunningSandbox
) -> None:
    stored(reporter, sandbox.place_order()["id"])
    Connection.objects.update(**fields)

    due = reporting.due(timezone.now())
    reporting.report(reporter.pk)

    assert (due, calls(sandbox), Report.objects.get().claim) == ([], 0, "")


def test_the_result_that_mirakl_names_is_refused_and_the_others_go(
    reporter: Connection, sandbox: RunningSandbox
) -> None:
    first, last = sandbox.place_order()["id"], sandbox.place_order()["id"]
    stored(reporter, first, "nowhere", last)

    for _ in range(2):
        reporting.report(reporter.pk)

    assert states() == {first: TOLD, "nowhere": REFUSED, last: TOLD}
    assert "There is no order with this id." in Report.objects.get(remote_id="nowhere").text


def test_where_mirakl_names_nothing_halves_go_down_to_the_one(reporter: Connection, sandbox: RunningSandbox) -> None:
    stored(reporter, *sandbox.place_orders(4))
    sandbox.fault(REPORTING, kind="html", status=400, times=4)

    for _ in range(7):
        reporting.report(reporter.pk)

    assert [len(write["body"]["actions"]) for write in sandbox.writes()] == [4, 2, 2, 1, 1, 1, 1]
    assert list(states().values()) == [REFUSED, TOLD, TOLD, TOLD]


def test_a_result_that_we_may_not_even_send_is_refused_here(reporter: Connection, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    stored(reporter, order_id, "odd")
    Report.objects.filter(remote_id="odd").update(reason="r", code="NO_SUCH_CODE")

    for _ in range(2):
        reporting.report(reporter.pk)

    assert states() == {order_id: TOLD, "odd": REFUSED}
    assert calls(sandbox) == 1


def test_a_lost_answer_is_told_again(reporter: Connection, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    stored(reporter, order_id)
    sandbox.fault(REPORTING, kind="cut", when="after_commit", times=1)

    for _ in range(2):
        reporting.report(reporter.pk)

    assert [one[2] for one in told(sandbox)] == [order_id, order_id]
    assert (states(), Report.objects.get().lost) == ({order_id: TOLD}, 1)


def test_answers_that_are_always_lost_are_not_asked_for_for_ever(reporter: Connection, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    stored(reporter, order_id)
    sandbox.fault(REPORTING, kind="cut", when="after_commit", times=None)

    for _ in range(5):
        reporting.report(reporter.pk)

    assert (states(), calls(sandbox)) == ({order_id: REFUSED}, 3)


@pytest.mark.parametrize("kind", ["403", "404", "429", "500", "503"])
def test_trouble_leaves_results_for_the_next_time_and_blames_nobody(
    kind: str, reporter: Connection, sandbox: RunningSandbox
) -> None:
    Connection.objects.update(speed=1)
    stored(reporter, sandbox.place_order()["id"])
    make_due()
    sandbox.fault(REPORTING, kind=kind, times=None, **({"retry_after": 90} if kind == "429" else {}))

    reporting.report(reporter.pk)

    row = Report.objects.get()
    later = (row.due_at - timezone.now()).total_seconds()
    assert (row.state, row.claim, kind in row.text) == (WAITING, "", True)
    assert later == pytest.approx(90 if kind == "429" else 300, abs=10)
    assert Connection.objects.get().trouble == ""


def test_refused_credentials_stop_the_connection_and_the_results_wait(
    reporter: Connection, sandbox: RunningSandbox
) -> None:
    stored(reporter, sandbox.place_order()["id"])
    sandbox.fault(REPORTING, kind="401", times=None)

    reporting.report(reporter.pk)

    assert Connection.objects.get().state == State.STOPPED
    assert set(states().values()) == {WAITING}


def test_a_secret_that_no_key_opens_leaves_the_results_for_later(
    reporter: Connection, sandbox: RunningSandbox, settings: Settings
) -> None:
    stored(reporter, sandbox.place_order()["id"])
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    reporting.report(reporter.pk)

    row = Report.objects.get()
    assert (row.state, row.claim, "cannot be decrypted" in row.text) == (WAITING, "", True)


def test_the_tick_tells_what_is_due_and_forgets_what_is_old(reporter: Connection, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    stored(reporter, order_id, "old")
    Report.objects.filter(remote_id="old").update(executed_at=timezone.now() - timedelta(days=8))
    app.conf.task_always_eager = True
    try:
        tasks.report()
    finally:
        app.conf.task_always_eager = False

    assert (states(), len(sandbox.reports())) == ({order_id: TOLD}, 1)


def test_a_message_that_comes_late_tells_nothing_that_was_put_off(
    reporter: Connection, sandbox: RunningSandbox
) -> None:
    stored(reporter, sandbox.place_order()["id"])
    Report.objects.update(due_at=timezone.now() + timedelta(minutes=5))

    tasks.report_batch(reporter.pk)

    assert (calls(sandbox), set(states().values())) == (0, {WAITING})


def test_a_worker_that_died_leaves_its_results_to_the_next(reporter: Connection, sandbox: RunningSandbox) -> None:
    stored(reporter, sandbox.place_order()["id"])
    now = timezone.now()
    make_due(claim="dead", claimed_until=now + timedelta(minutes=1))

    reporting.report(reporter.pk)
    before = calls(sandbox)
    make_due(claimed_until=now - timedelta(seconds=1))
    reporting.report(reporter.pk)

    assert (before, calls(sandbox), set(states().values())) == (0, 1, {TOLD})


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_it_is_being_told_waits_again(reporter: Connection, sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order()["id"]
    stored(reporter, order_id)
    sandbox.fault(REPORTING, kind="slow", seconds=0.3)

    def change() -> None:
        until(lambda: calls(sandbox))  # it has arrived; the answer takes its time
        stored(reporter, order_id, new=False)

    at_once(lambda: reporting.report(reporter.pk), change)

    assert (calls(sandbox), states(), Report.objects.get().claim) == (1, {order_id: WAITING}, "")


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_instant_tell_each_result_once(reporter: Connection, sandbox: RunningSandbox) -> None:
    stored(reporter, *sandbox.place_orders(30))

    at_once(*[lambda: reporting.report(reporter.pk)] * 2)
    reporting.report(reporter.pk)

    assert sorted(one["entity_id"] for one in sandbox.reports()) == sorted(states())


@pytest.mark.django_db(transaction=True)
def test_old_results_go_while_readings_note_new_ones_and_nobody_waits_for_ever(reporter: Connection) -> None:
    now = timezone.now()
    results = [Result(f"{number:03}", new=True, updated_at=now) for number in range(200)]

    def read_them(backwards: int) -> None:
        for _ in range(4):
            reporting.note(reporter, results[::backwards], now=now)

    def forget() -> None:
        for _ in range(4):
            reporting.forget(now + timedelta(days=8))

    at_once(lambda: read_them(1), lambda: read_them(-1), forget)

    reporting.forget(now + timedelta(days=8))
    assert states() == {}


def test_old_results_go_told_or_not(reporter: Connection) -> None:
    stored(reporter, "a", "b", "c")
    Report.objects.exclude(remote_id="c").update(executed_at=timezone.now() - timedelta(days=8))
    Report.objects.filter(remote_id="a").update(state=TOLD)

    reporting.forget(timezone.now())

    assert list(states()) == ["c"]


def test_page_of_the_connection_says_how_far_mirakl_was_told(
    reporter: Connection, annas_browser: Client, sandbox: RunningSandbox
) -> None:
    stored(reporter, sandbox.place_order()["id"], "nowhere")
    for _ in range(2):
        reporting.report(reporter.pk)
    stored(reporter, "later")

    section = parsed(annas_browser.get(f"/connections/{reporter.pk}/")).one("section", aria_labelledby="reports")

    values = [one.text for one in section.all("dd")]
    assert values[0] != "nothing yet"
    assert values[1:] == ["1 order", "1 order"]
    assert "There is no order with this id." in section.text


def test_page_of_a_connection_that_is_not_to_report_says_nothing_of_it(
    connection: Connection, annas_browser: Client
) -> None:
    assert parsed(annas_browser.get(f"/connections/{connection.pk}/")).all("section", aria_labelledby="reports") == []


def test_reporting_is_off_until_it_is_ticked_and_the_tick_is_recorded(
    connection: Connection, boriss_browser: Client
) -> None:
    address = f"/connections/{connection.pk}/edit/"
    tick = parsed(boriss_browser.get(address)).one("input", name="report_orders")
    names = ("name", "family", "base_url", "token_url", "client_id", "audience")
    form = {name: getattr(connection, name) for name in names}

    response = boriss_browser.post(address, {**form, "shop_id": "", "secret": "", "report_orders": "on"})

    assert ("checked" in tick.attributes, response.status_code) == (False, 302)
    assert Connection.objects.get().report_orders
    assert Change.objects.get().text == "report results to Mirakl"
