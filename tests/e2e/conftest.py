"""A real browser against a real server. What it complains about fails the test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from backoffice.users.models import User
from tests.cast import browser_of, manager

# Playwright's own event loop makes Django believe that our queries block one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenWindow = Callable[..., Page]
_WATCH = "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))"


def _complaint(message: ConsoleMessage) -> list[str]:
    """CSP reports and static files that are missing. That a page answers 404 or 500 is what some tests want."""
    refused = message.text.startswith("CSP") or "Content Security Policy" in message.text
    missing = message.text.startswith("Failed to load resource") and "/static/" in message.location["url"]
    return [message.text] if refused or missing else []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in str(item.path):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of the system. Without one the tests are skipped, except in CI, where that would hide them."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        message = "No Chromium on the PATH: `apt install chromium` makes these tests run."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return {**browser_type_launch_args, "executable_path": found, "args": ["--no-sandbox", "--disable-gpu"]}


@pytest.fixture
def anna(transactional_db: None) -> User:
    """Anna again, committed, because the server has a connection of its own."""
    return manager("anna@example.test", first_name="Anna", last_name="Berg")


@pytest.fixture
def open_window(browser: Browser, live_server: LiveServer, anna: User) -> Iterator[OpenWindow]:
    """Opens a window in which Anna is logged in (or nobody), and notes every complaint of the browser."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(width: int = 1440, scheme: Any = "light", *, logged_in: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(_WATCH)
        if logged_in:
            cookie = browser_of(anna).cookies["backoffice_session"]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
