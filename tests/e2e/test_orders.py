"""Anna looks for an order: what only a real browser knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.e2e.conftest import OpenWindow
from tests.orders.rows import MORNING, payload, place_all


@pytest.fixture
def many(transactional_db: None) -> None:
    """120 to accept, oldest first, and two that are shipped."""
    orders = [
        payload(channel_order_id=f"WAIT-{at:03}", created_at=MORNING + timedelta(minutes=at)) for at in range(120)
    ]
    shipped = [payload(channel_order_id=f"GONE-{at}", status="SHIPPED") for at in range(2)]
    place_all(orders + shipped)


NUMBERS = ".orders__number a"


def numbers(page: Page) -> list[str]:
    return page.locator(NUMBERS).all_inner_texts()


def test_anna_logs_in_and_out(open_window: OpenWindow) -> None:
    page = open_window(logged_in=False)

    page.goto("/orders/?tab=all")
    page.get_by_label("E-mail address").fill("anna@example.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/orders/?tab=all")
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_list_tab_search_detail_and_back_keep_the_state(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/")
    page.evaluate("window.sameDocument = true")

    page.get_by_role("link", name="Shipped").click()
    expect(page).to_have_url("/orders/?tab=shipped")
    page.get_by_label("Search orders").fill("gone-1")
    page.get_by_label("Search orders").press("Enter")
    expect(page).to_have_url("/orders/?q=gone-1&tab=shipped")
    expect(page.locator(NUMBERS)).to_have_text(["GONE-1"])
    assert page.evaluate("window.sameDocument"), "htmx should have swapped the results only"
    page.get_by_role("link", name="GONE-1").click()
    expect(page.get_by_role("heading", name="GONE-1")).to_be_visible()
    page.get_by_role("link", name="Orders", exact=True).first.click()

    page.goto(page.url)
    page.go_back()
    expect(page.get_by_role("heading", name="GONE-1")).to_be_visible()
    page.locator(".way-back").click()
    expect(page).to_have_url("/orders/?tab=shipped&q=gone-1")
    expect(page.get_by_label("Search orders")).to_have_value("gone-1")
    expect(page.locator(NUMBERS)).to_have_text(["GONE-1"])


def test_next_previous_and_the_back_button_page_through_the_list(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/?tab=to_accept")
    first = numbers(page)

    page.get_by_role("link", name="Next").click()
    expect(page.locator(NUMBERS).first).to_have_text("WAIT-050")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(NUMBERS).first).to_have_text("WAIT-100")
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "results", "focus must not be lost"
    page.go_back()
    expect(page.locator(NUMBERS).first).to_have_text("WAIT-050")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.get_by_role("link", name="Previous").click()

    expect(page.locator(NUMBERS).first).to_have_text("WAIT-000")
    assert numbers(page) == first


def test_focus_stays_on_the_tab_that_was_chosen_and_the_change_is_announced(
    open_window: OpenWindow, many: None
) -> None:
    page = open_window()
    page.goto("/orders/")

    page.get_by_role("link", name="Shipped").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Shipped")).to_be_focused()
    expect(page.locator("#announcement")).to_have_text("Shipped: 2 orders on this page")
    expect(page).to_have_title("Shipped · Orders · Back office")


@pytest.mark.parametrize(
    ("status", "words"), [(500, "That was our fault"), (403, "You may not do that"), (503, "busy")]
)
def test_failed_request_is_told_and_leaves_the_page_as_it_was(
    open_window: OpenWindow, many: None, status: int, words: str
) -> None:
    page = open_window()
    page.goto("/orders/")
    page.route("**/orders/?tab=shipped", lambda route: route.fulfill(status=status, body="<p>details</p>"))

    page.get_by_role("link", name="Shipped").click()

    expect(page.locator("#trouble")).to_contain_text(words)
    assert numbers(page)[0] == "WAIT-000"


def test_lost_connection_is_told(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/")
    page.route("**/orders/?tab=shipped", lambda route: route.abort())

    page.get_by_role("link", name="Shipped").click()

    expect(page.get_by_role("alert")).to_contain_text("No answer from the server.")


def test_htmx_after_logging_out_elsewhere_leads_to_the_log_in_page(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/")
    page.context.clear_cookies()

    page.get_by_role("link", name="Shipped").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_message_that_comes_with_a_fragment_is_shown(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/?tab=to_accept")

    page.evaluate("htmx.ajax('GET', '/orders/?tab=to_accept&after=broken', '#results')")

    expect(page.locator("#messages")).to_contain_text("That link to a page of the list is damaged.")


def test_list_works_without_javascript(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/orders/")

    page.get_by_role("link", name="Shipped").click()
    page.get_by_label("Search orders").fill("gone")
    page.get_by_role("button", name="Search").click()

    expect(page).to_have_url("/orders/?q=gone&tab=shipped")
    expect(page.locator(NUMBERS)).to_have_count(2)
    assert sorted(numbers(page)) == ["GONE-0", "GONE-1"]
