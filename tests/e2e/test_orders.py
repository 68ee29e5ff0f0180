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


NUMBERS = "a.row-link"


def numbers(page: Page) -> list[str]:
    return page.locator(NUMBERS).all_inner_texts()


def test_anna_logs_in_and_out(open_window: OpenWindow) -> None:
    page = open_window(logged_in=False)

    page.goto("/orders/?view=all")
    page.get_by_label("E-mail address").fill("anna@example.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url("/orders/?view=all")
    page.locator("#user-menu > summary").click()
    page.get_by_role("button", name="Log out").click()

    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_view_search_detail_and_back_keep_the_state(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/")
    page.evaluate("window.sameDocument = true")

    page.get_by_role("link", name="Shipped").press("Enter")
    expect(page).to_have_url("/orders/?view=shipped")
    expect(page.get_by_role("link", name="Shipped")).to_be_focused()
    expect(page.locator("#announcement")).to_have_text("Shipped: 2 orders")
    expect(page).to_have_title("Shipped · Orders · Back office")
    page.get_by_label("Search this list").fill("gone-1")
    page.get_by_label("Search this list").press("Enter")
    expect(page).to_have_url("/orders/?view=shipped&q=gone-1")
    expect(page.locator(NUMBERS)).to_have_text(["GONE-1"])
    assert page.evaluate("window.sameDocument"), "htmx should have swapped the results only"
    page.get_by_role("link", name="GONE-1").click()
    expect(page.get_by_role("heading", name="GONE-1")).to_be_visible()
    page.reload()
    page.locator("#content").get_by_role("link", name="Orders").first.click()

    expect(page).to_have_url("/orders/?view=shipped&q=gone-1")
    expect(page.get_by_label("Search this list")).to_have_value("gone-1")
    expect(page.locator(NUMBERS)).to_have_text(["GONE-1"])


def test_filter_is_set_by_its_editor_and_taken_away_by_its_chip(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/?view=all")

    page.locator("summary", has_text="Add filter").click()
    page.locator("summary", has_text="Status").click()
    page.locator("#filter-status").get_by_label("Shipped").check()
    page.locator("#filter-status").get_by_role("button", name="Apply").click()
    expect(page.locator(".chips")).to_contain_text("Status: Shipped")
    expect(page.locator(NUMBERS)).to_have_count(2)
    page.reload()
    expect(page.locator(NUMBERS)).to_have_count(2)
    page.get_by_role("link", name="Take this filter away: Status").click()

    expect(page.locator(".chips")).to_have_count(0)
    expect(page.locator(NUMBERS)).to_have_count(50)


def test_next_previous_and_the_back_button_page_through_the_list(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")
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


def test_a_thousand_pasted_numbers_are_looked_up(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/")
    pasted = " ".join([*(f"WAIT-{at:03}" for at in range(0, 120, 40)), *(f"NOT-THERE-{at:04}" for at in range(10_000))])

    page.get_by_label("Search this list").fill(pasted)
    page.get_by_label("Search this list").press("Enter")

    expect(page.locator(NUMBERS)).to_have_text(["WAIT-080", "WAIT-040", "WAIT-000"])
    expect(page.locator("#content")).to_contain_text("Only the first 1,000 of 10,003 numbers are looked up.")


def test_message_that_comes_with_a_fragment_is_shown(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.goto("/orders/?view=to_accept")

    page.evaluate("htmx.ajax('GET', '/orders/?view=to_accept&after=broken', '#results')")

    expect(page.locator("#messages")).to_contain_text("That link to a page of the list is damaged.")


def test_list_works_without_javascript(open_window: OpenWindow, many: None) -> None:
    page = open_window()
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/orders/")

    page.get_by_role("link", name="Shipped").click()
    page.get_by_label("Search this list").fill("gone")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url("/orders/?view=shipped&q=gone")
    expect(page.locator(NUMBERS)).to_have_count(2)  # the address is there before the page
    assert sorted(numbers(page)) == ["GONE-0", "GONE-1"]

    page.goto("/orders/?view=to_accept")
    page.get_by_label("Choose WAIT-001").check()
    page.locator("#bulk").get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="Accept orders")).to_be_visible()
