"""Requests that fail, sessions that end, the palette and the keys, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.users.models import User
from tests.cast import PASSWORD, browser_of, manager
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_looks import serious
from tests.orders.rows import payload, place_all
from tests.outbox.asking import order_to_accept


def log_out_elsewhere(page: Page) -> None:
    """The session ends; the cookie that forms are checked by stays, as in a browser."""
    page.context.clear_cookies(name="backoffice_session")


def log_in_over_the_page(page: Page, email: str = "anna@example.test", password: str = PASSWORD) -> None:
    dialog = page.get_by_role("dialog", name="You were logged out")
    dialog.get_by_label("E-mail address").fill(email)
    dialog.get_by_label("Password").fill(password)
    dialog.get_by_role("button", name="Log in and go on").click()


def test_form_is_sent_after_a_log_in_over_the_page_and_keeps_what_was_typed(open_window: OpenWindow) -> None:
    order = order_to_accept()
    page = open_window()
    page.goto(f"/orders/{order.pk}/accept/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Refuse").first.check()
    log_out_elsewhere(page)

    expect(page.locator("#trouble")).to_contain_text("This page is not kept up to date until you log in.")
    page.get_by_role("button", name="Send these decisions").click()
    log_in_over_the_page(page, password="wrong")
    expect(page.get_by_role("alert").filter(has_text="do not belong together")).to_be_visible()
    assert serious(page) == []
    assert Action.objects.count() == 0
    log_in_over_the_page(page)

    expect(page.locator("#order")).to_contain_text("→ Refused, held until")
    assert page.evaluate("window.sameDocument")
    assert Action.objects.get().state == State.HELD
    page.get_by_role("button", name="Undo").first.click()  # with the token of the new session
    expect(page.locator("#toasts")).to_contain_text("Nothing was sent.")


def test_form_of_the_browser_waits_for_the_log_in_too_and_another_person_sends_nothing(
    open_window: OpenWindow,
) -> None:
    manager("clara@example.test", first_name="Clara")
    order = order_to_accept()
    page = open_window()
    page.goto(f"/orders/accept/?pick={order.pk}&order={order.pk}&decision=accept")
    log_out_elsewhere(page)

    page.get_by_role("button", name="Accept 1 order").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#trouble")).to_contain_text("Nothing was sent; what you typed is still here.")
    page.get_by_role("button", name="Accept 1 order").click()
    log_in_over_the_page(page, "clara@example.test")
    expect(page.get_by_text("Clara").first).to_be_attached()
    assert Action.objects.count() == 0
    page.get_by_role("button", name="Accept 1 order").click()

    expect(page).to_have_url(re.compile(r"/actions/batches/\d+/$"))
    assert Action.objects.get().asked_by == User.objects.get(email="clara@example.test")


def test_request_that_failed_is_told_by_its_kind_and_can_be_sent_again(open_window: OpenWindow) -> None:
    order = order_to_accept()
    page = open_window()
    page.goto(f"/orders/{order.pk}/accept/")
    page.get_by_label("Refuse").first.check()
    trouble = page.locator("#trouble")
    answers: list[dict[str, object]] = [
        {"status": 500, "body": "<p>details</p>", "headers": {"X-Reference": "ab12"}},
        {"status": 409},
        {"status": 429, "headers": {"Retry-After": "2"}},
    ]
    said = ["our fault, not yours", "Somebody changed this meanwhile", "You can try again in 2 s."]

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
        elif answers:
            route.fulfill(**answers.pop(0))  # type: ignore[arg-type]  # -- a dict of what the call takes
        else:
            route.abort()

    page.route("**/accept/", answer)
    for words in said:
        page.get_by_role("button", name="Send these decisions").click()
        expect(trouble).to_contain_text(words)
        expect(page.get_by_label("Refuse").first).to_be_checked()
        assert not page.locator("html.is-loading, [aria-busy], .is-busy").count()
    again = trouble.get_by_role("button", name="Try again")
    expect(again).to_be_disabled()
    expect(trouble).to_contain_text("You can try again now.")
    again.click()
    expect(trouble).to_contain_text("No answer from the server.")
    page.unroute("**/accept/")
    again.click()

    expect(page.locator("#order")).to_contain_text("→ Refused, held until")
    expect(trouble).to_be_empty()
    assert Action.objects.count() == 1


def test_palette_finds_pages_actions_and_orders_without_a_pointer(open_window: OpenWindow) -> None:
    place_all([payload(channel_order_id=f"FIND-{at}") for at in range(3)])
    page = open_window()
    page.goto("/connections/")
    palette = page.get_by_role("dialog", name="Find a page")
    field = page.get_by_role("combobox", name="Page, action, or order number")

    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.type("keyb")
    expect(palette.get_by_role("option")).to_contain_text(["Keyboard shortcuts"])
    page.keyboard.press("Alt+s")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(palette.get_by_role("option").first).to_contain_text("Keyboard shortcuts")
    expect(palette.get_by_role("group", name="Starred")).to_be_visible()
    page.keyboard.type("find-1")
    expect(palette.get_by_role("option")).to_contain_text(["FIND-1"])
    assert serious(page) == []
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="FIND-1")).to_be_visible()


def test_keys_rest_while_somebody_types_and_when_they_are_switched_off(open_window: OpenWindow, anna: User) -> None:
    page = open_window()
    page.goto("/connections/")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")

    page.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    expect(shortcuts.locator("tr[data-keys='g o']")).to_contain_text("works here")
    assert serious(page) == []
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("go?")
    expect(page.locator("#search-everywhere")).to_have_value("go?")
    page.keyboard.press("Escape")
    expect(page).to_have_url("/connections/")
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page).to_have_url("/orders/")

    User.objects.update(single_keys=False)
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(shortcuts).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Page, action, or order number")).to_be_focused()
    expect(page).to_have_url("/orders/")


def test_page_takes_nothing_of_another_person_who_logged_in_meanwhile(open_window: OpenWindow, anna: User) -> None:
    clara = manager("clara@example.test", first_name="Clara")
    order = order_to_accept()
    page = open_window()
    page.goto(f"/orders/{order.pk}/")
    session = browser_of(clara).cookies["backoffice_session"].value
    page.context.clear_cookies(name="backoffice_session")
    page.context.add_cookies([{"name": "backoffice_session", "value": session, "url": page.evaluate("origin")}])

    page.keyboard.press("Control+k")
    expect(page.locator("#trouble")).to_contain_text("Somebody else logged in in this browser")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("#trouble").get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Accept or refuse…").click()

    expect(page.locator("#trouble")).to_contain_text("Somebody else logged in in this browser")
    expect(page.get_by_role("button", name="Send these decisions")).to_have_count(0)
    page.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_text("Clara").first).to_be_attached()
