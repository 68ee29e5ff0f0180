"""Anna works with a list: what only a real browser knows of choosing, of rows that change, and of the keyboard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from backoffice.outbox.models import Action
from orders.enums import Stage
from orders.models import Order
from tests.e2e.conftest import OpenWindow
from tests.orders.rows import MORNING, line, payload, place_all

TO_ACCEPT = 70


def to_accept(number: str, created_at: datetime = MORNING) -> dict[str, Any]:
    lines = [line(status="AWAITING_ACCEPTANCE")]
    return payload(channel_order_id=number, created_at=created_at, order_lines=lines)


@pytest.fixture
def orders(transactional_db: None) -> list[Order]:
    """70 to accept, oldest first, and three that are shipped."""
    waiting = [to_accept(f"WAIT-{at:03}", MORNING + timedelta(minutes=at)) for at in range(TO_ACCEPT)]
    shipped = [payload(channel_order_id=f"GONE-{at}", status="SHIPPED") for at in range(3)]
    return place_all(waiting + shipped)


def box(page: Page, number: str) -> Locator:
    return page.get_by_label(f"Choose {number}")


def row(page: Page, order: Order) -> Locator:
    return page.locator(f"#order-{order.pk}")


def look_again(page: Page) -> None:
    """What the list does by itself every fifteen seconds, now."""
    with page.expect_response(lambda one: one.request.headers.get("x-poll") == "1"):
        page.evaluate("document.body.dispatchEvent(new Event('actionsChanged'))")


def test_rows_are_chosen_over_several_pages_and_the_bar_counts_them(
    open_window: OpenWindow, orders: list[Order]
) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")
    bar = page.locator(".bulk-bar")
    expect(bar).to_be_hidden()

    box(page, "WAIT-002").click()
    box(page, "WAIT-006").click(modifiers=["Shift"])
    expect(bar).to_contain_text("5 chosen")
    page.get_by_role("link", name="Next").click()
    expect(bar).to_contain_text("5 chosen (5 on other pages)")
    box(page, "WAIT-060").check()
    page.goto("/connections/")
    page.go_back()
    expect(bar).to_contain_text("6 chosen (5 on other pages)")
    bar.get_by_role("button", name="Accept (6 of 6)").click()

    expect(page.get_by_role("heading", name="Will be accepted: 6 orders")).to_be_visible()
    page.go_back()
    expect(bar).to_contain_text("6 chosen")
    page.get_by_role("link", name="Shipped").click()
    expect(bar).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Nothing is chosen any more")
    page.get_by_label("Choose all on this page").check()
    expect(bar.get_by_role("button", name="Accept (0 of 3)")).to_be_disabled()
    bar.get_by_text("Clear").click()
    expect(bar).to_be_hidden()


def test_all_that_match_are_fixed_at_the_moment_of_choosing(open_window: OpenWindow, orders: list[Order]) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")
    bar = page.locator(".bulk-bar")

    expect(page.get_by_role("button", name="Select all 70 matching")).to_be_hidden()
    page.get_by_label("Choose all on this page").check()
    expect(bar).to_contain_text("50 chosen")
    page.get_by_role("button", name="Select all 70 matching").click()
    expect(bar).to_contain_text("70 chosen")
    late = place_all([to_accept("LATER", MORNING - timedelta(days=1))])[0]
    page.reload()
    expect(row(page, late)).to_be_visible()
    expect(box(page, "LATER")).not_to_be_checked()
    expect(box(page, "WAIT-000")).to_be_checked()
    page.get_by_role("link", name="Next").click()
    expect(bar).to_contain_text("70 chosen")
    expect(box(page, "WAIT-069")).to_be_checked()
    bar.get_by_role("button", name="Accept (70 of 70)").click()

    expect(page.get_by_role("heading", name="Will be accepted: 70 orders")).to_be_visible()


def test_list_follows_the_server_and_nothing_moves_under_the_hand(open_window: OpenWindow, orders: list[Order]) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")
    held, changed, left = orders[0], orders[1], orders[2]
    row(page, held).focus()

    place_all([to_accept(f"NEW-{at}") for at in range(4)])
    Order.objects.filter(pk__in=[held.pk, changed.pk]).update(customer="Somebody Else", digest=1)
    Order.objects.filter(pk=left.pk).update(stage=Stage.SHIPPED, status="SHIPPED")
    look_again(page)

    expect(page.get_by_role("link", name="4 new, show")).to_be_visible()
    expect(page.locator("#announcement")).to_have_text("4 new, show")
    expect(row(page, changed)).to_contain_text("Somebody Else")
    expect(row(page, changed)).to_have_class("is-changed")
    expect(row(page, left)).to_contain_text("no longer here")
    expect(row(page, held)).to_be_focused()
    expect(row(page, held)).not_to_contain_text("Somebody Else")
    assert page.locator("tr[data-pk]").count() == 50
    expect(page.locator("#tab-to_accept")).to_contain_text("73")

    page.keyboard.press("j")
    expect(row(page, held)).to_contain_text("Somebody Else")
    page.get_by_role("link", name="4 new, show").click()
    expect(page.get_by_role("link", name="NEW-0")).to_be_visible()
    expect(row(page, left)).to_have_count(0)

    page.route("**/orders/?**", lambda route: route.abort())
    page.evaluate("document.body.dispatchEvent(new Event('actionsChanged'))")
    expect(page.get_by_text("Updates are paused, trying again.")).to_be_visible()
    expect(page.get_by_role("link", name="NEW-0")).to_be_visible()
    page.unroute("**/orders/?**")
    look_again(page)
    expect(page.get_by_text("Updates are paused, trying again.")).to_be_hidden()


def test_a_row_opens_and_the_way_back_leads_to_the_exact_state(open_window: OpenWindow, orders: list[Order]) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept&size=25&sort=-created")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="WAIT-044")).to_be_visible()
    state = page.url
    box(page, "WAIT-030").check()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="WAIT-044").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", name="WAIT-044")).to_be_visible()
    opened.value.close()
    row(page, orders[44]).locator("td").nth(3).click()
    expect(page.get_by_role("heading", name="WAIT-044")).to_be_visible()
    page.locator("#content").get_by_role("link", name="Orders").first.click()

    expect(page.get_by_role("link", name="WAIT-044")).to_be_visible()
    assert page.url == state
    expect(page.locator(".bulk-bar")).to_contain_text("1 chosen")
    page.go_back()
    page.go_back()
    expect(page.get_by_role("link", name="WAIT-044")).to_be_visible()
    assert page.url == state


def test_twenty_orders_are_accepted_without_a_pointer_and_with_few_keys(
    open_window: OpenWindow, orders: list[Order]
) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")
    page.evaluate("""() => {
        window.pointed = 0;
        for (const name of ["pointerdown", "mousedown", "touchstart"]) addEventListener(name, () => pointed++, true);
    }""")
    pressed = 0

    def press(key: str, times: int = 1) -> None:
        nonlocal pressed
        pressed += times
        for _ in range(times):
            page.keyboard.press(key)

    press("j")
    press("x")
    press("j", 19)
    press("Shift+X")
    expect(page.locator(".bulk-bar")).to_contain_text("20 chosen")
    assert page.evaluate("pointed") == 0
    press("a")
    expect(page.get_by_role("heading", name="Will be accepted: 20 orders")).to_be_visible()
    press("Control+Enter")

    expect(page.locator("#batch")).to_be_visible()
    assert set(Action.objects.values_list("target_id", flat=True)) == {order.pk for order in orders[:20]}
    assert pressed <= 80
    page.goto("/orders/?view=to_accept")
    expect(page.locator(".bulk-bar")).to_be_hidden()
