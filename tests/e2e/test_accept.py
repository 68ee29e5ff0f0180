"""Anna accepts orders: real web server, worker, scheduler, broker, sandbox and browser, and no page is loaded twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from backoffice.connections.models import Connection
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from orders.models import Order
from tests.broker import Broker
from tests.e2e.conftest import OpenWindow
from tests.outbox.asking import at_mirakl, let_go
from tests.sandbox_server import RunningSandbox
from tests.waiting import until
from tests.workers import SCHEDULER, WORKER, celery

SLOW = 20_000  # milliseconds: a reading, a question, and a browser that looks every two seconds


@pytest.fixture
def at_work(transactional_db: None, own_broker: Broker, cursor: Cursor) -> Iterator[None]:
    """A worker and a scheduler on the test's database."""
    with celery(own_broker, *WORKER), celery(own_broker, *SCHEDULER):
        yield


def count_documents(page: Page) -> list[str]:
    """Every document that the browser loads from now on."""
    loaded: list[str] = []
    page.on("request", lambda one: loaded.append(one.url) if one.resource_type == "document" else None)
    return loaded


def note_swaps(page: Page) -> None:
    """From now on the page remembers what htmx replaced."""
    listen = "document.addEventListener('htmx:afterSwap', (e) => swapped.push(e.detail.target.id))"
    page.evaluate(f"window.swapped = []; {listen}")


def state_of(order: Order) -> str:
    """Of the newest action about it."""
    return Action.objects.filter(target_id=order.pk).latest("pk").state


def test_anna_accepts_follows_it_to_the_end_and_fixes_one_that_fails(
    open_window: OpenWindow, at_work: None, sandbox: RunningSandbox, cursor: Cursor
) -> None:
    fine, failing = at_mirakl(sandbox, cursor, lines=2), at_mirakl(sandbox, cursor)
    sandbox.script_action(order_id=fine.remote_id, outcome="slow", seconds=1, to="AWAITING_SHIPMENT")
    sandbox.script_action(order_id=failing.remote_id, code="OUT_OF_STOCK", times=1)
    page = open_window()
    page.goto(f"/orders/{fine.pk}/")
    loaded = count_documents(page)
    note_swaps(page)
    head, banner = page.locator(".order-head"), page.locator(".banners")

    page.get_by_role("link", name="Accept or refuse…").click()
    page.get_by_role("button", name="Send these decisions").click()
    expect(page.get_by_role("alert").filter(has_text="Decide for every line")).to_be_visible()
    page.get_by_role("button", name="Accept all 2 lines").click()

    expect(banner).to_contain_text("→ Accepted, held until")
    expect(head.locator(".badge").first).to_have_text("To accept")
    expect(banner.get_by_role("button", name="Undo")).to_be_visible()
    let_go(Action.objects.get())  # the twenty seconds are over
    until(lambda: state_of(fine) in (State.SENT, State.CONFIRMED), seconds=20)
    expect(head).to_contain_text("To ship", timeout=SLOW)
    assert state_of(fine) == State.CONFIRMED
    assert loaded == []
    assert {swap for swap in page.evaluate("window.swapped") if swap != "strip"} == {"order"}

    page.goto(f"/orders/{failing.pk}/accept/")
    page.get_by_role("button", name="Refuse the line").click()
    banner.get_by_role("button", name="Undo").click()
    expect(banner).not_to_contain_text("→")
    assert state_of(failing) == State.UNDONE
    page.get_by_role("link", name="Accept or refuse…").click()
    page.get_by_role("button", name="Accept the line").click()
    expect(banner).to_contain_text("→ Accepted, held until")
    let_go(Action.objects.latest("pk"))
    expect(banner).to_contain_text("stock", timeout=SLOW)
    page.locator("#order").get_by_role("button", name="Try again").click()
    expect(banner).to_contain_text("→ Accepted, held until")
    let_go(Action.objects.latest("pk"))
    until(lambda: state_of(failing) == State.CONFIRMED, seconds=20)
    ends = [one.state for one in Action.objects.filter(target_id=failing.pk)]
    assert ends == [State.CONFIRMED, State.FAILED, State.UNDONE]


def test_anna_accepts_many_and_takes_them_back(
    open_window: OpenWindow, sandbox: RunningSandbox, cursor: Cursor
) -> None:
    orders = [at_mirakl(sandbox, cursor) for _ in range(4)]
    page = open_window()
    page.goto("/orders/")

    page.get_by_label("Choose all on this page").check()
    expect(page.locator(".bulk-bar")).to_contain_text("4 chosen")
    page.get_by_label(f"Choose {orders[0].number}").uncheck()
    page.get_by_role("button", name="Accept (3 of 3)").click()
    expect(page.get_by_role("heading", name="Will be accepted: 3 orders")).to_be_visible()
    page.get_by_role("button", name="Accept 3 orders").click()
    expect(page.get_by_role("button", name="Undo").first).to_be_visible()
    assert Action.objects.filter(state=State.HELD).count() == 3

    page.get_by_role("button", name="Undo").first.click()

    until(lambda: Action.objects.filter(state=State.UNDONE).count() == 3)
    assert Connection.objects.get().trouble == ""
    assert sandbox.writes() == []
