"""Anna ships an order in two parcels: real web server, worker, scheduler, broker, sandbox and browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from orders.models import Order, Parcel
from tests.broker import Broker
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_accept import SLOW, count_documents, state_of
from tests.e2e.test_looks import LONG, looked_at
from tests.orders.shipped import order_to_ship, parcel_confirmed
from tests.outbox.asking import let_go
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read
from tests.waiting import until
from tests.workers import SCHEDULER, WORKER, celery


@pytest.fixture
def at_work(transactional_db: None, own_broker: Broker, cursor: Cursor) -> Iterator[None]:
    """A worker and a scheduler on the test's database."""
    with celery(own_broker, *WORKER), celery(own_broker, *SCHEDULER):
        yield


def to_ship(sandbox: RunningSandbox, cursor: Cursor) -> Order:
    """An order placed in the sandbox, with three units of one product, and read from there."""
    placed = sandbox.place_order(channel_id="0001", status="AWAITING_SHIPMENT", order_lines=[{"quantity": 3}])
    read(cursor)
    return Order.objects.get(remote_id=placed["id"])


def test_anna_ships_in_two_parcels_by_keyboard_and_mends_one_that_fails(
    open_window: OpenWindow, at_work: None, sandbox: RunningSandbox, cursor: Cursor
) -> None:
    order = to_ship(sandbox, cursor)
    line = order.lines.get()
    sandbox.script_action(order_id=order.remote_id, code="CARRIER_NOT_SUPPORTED", times=1)
    page = open_window()
    page.goto(f"/orders/{order.pk}/")
    loaded = count_documents(page)
    parcels, units = page.locator(".parcel"), page.get_by_label(line.sku)

    page.keyboard.press("s")
    expect(units).to_have_value("3")
    units.fill("4")
    page.get_by_label("Tracking number", exact=True).fill("00340434")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("2 fields need another look.")
    expect(units).to_be_focused()
    units.fill("1")
    page.get_by_label("Carrier").fill("Pigeon")
    page.keyboard.press("Control+Enter")
    expect(parcels).to_have_count(1)
    expect(parcels).to_contain_text("Not confirmed by the channel yet")
    let_go(Action.objects.get())  # the twenty seconds are over
    expect(parcels).to_contain_text("Failed", timeout=SLOW)

    parcels.get_by_role("link", name="Open the form anew").click()
    expect(page.get_by_label("Tracking number", exact=True)).to_have_value("00340434")
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_role("button", name="Send this parcel").click()
    expect(parcels).to_contain_text("Not confirmed by the channel yet")
    let_go(Action.objects.latest("pk"))
    expect(parcels).to_contain_text("Confirmed by the channel", timeout=SLOW)
    expect(page.locator(".lines")).to_contain_text("1 of 3 shipped")
    assert Parcel.objects.get().items == {line.remote_id: 1}

    page.goto(f"/orders/{order.pk}/ship/")
    loaded.clear()
    expect(page.locator("datalist option")).to_have_attribute("value", "DHL")
    page.get_by_label("Carrier").fill("dhl")
    page.get_by_role("button", name="Send this parcel").click()
    expect(page.get_by_role("button", name="Ship…")).to_be_disabled()
    let_go(Action.objects.latest("pk"))
    until(lambda: state_of(order) == State.CONFIRMED, seconds=20)
    expect(page.locator(".order-head .badge").first).to_have_text("Shipped", timeout=SLOW)
    assert [one.carrier for one in Parcel.objects.all()] == ["DHL", "DHL"]
    assert loaded == []


def test_a_form_with_errors_and_one_with_a_number_used_elsewhere_fit_and_pass_axe(
    open_window: OpenWindow, transactional_db: None
) -> None:
    way = {"carrier": "DHL", "tracking_number": LONG}
    for _ in range(3):
        parcel_confirmed(order_to_ship(1, channel_order_id=LONG), 1, **way)
    order = order_to_ship(3, 2)
    page = open_window()
    page.goto(f"/orders/{order.pk}/ship/")

    page.get_by_label("KETTLE-1").first.fill("7")
    page.get_by_label("Tracking number", exact=True).fill(LONG)
    page.get_by_label("Tracking link").fill("javascript:alert(1)")
    page.keyboard.press("Control+Enter")
    page.get_by_role("alert").wait_for()
    wrong = looked_at(page, "ship-errors")
    page.get_by_label("KETTLE-1").first.fill("3")
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_label("Tracking link").fill("")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Send it all the same")).to_be_focused()
    wrong += looked_at(page, "ship-elsewhere")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/orders/{order.pk}/**")
    expect(page.locator(".parcel")).to_have_count(1)

    assert wrong == []
