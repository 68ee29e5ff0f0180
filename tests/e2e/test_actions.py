"""Pages of actions in a real browser: how they look, and what they do by themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.outbox import queue
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Attempt, Batch, Heartbeat, Valve
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from tests.e2e.conftest import OpenWindow
from tests.e2e.test_looks import LONG, looked_at
from tests.outbox.asking import action_in, decision, order_to_accept

HELD_LONG = timedelta(minutes=30)


def made(state: State, **fields: Any) -> Action:
    """An action whose times are of today."""
    now = timezone.now()
    action = action_in(state)
    known = [name for name in ("departed_at", "sent_at", "ask_at", "ended_at") if getattr(action, name)]
    Action.objects.filter(pk=action.pk).update(**{**dict.fromkeys(known, now), "asked_at": now, **fields})
    action.refresh_from_db()
    return action


def batch_of(number: int, by: User) -> Batch:
    orders = [order_to_accept() for _ in range(number)]
    wishes = [queue.Wish(order, decision(order)) for order in orders]
    skipped = [{"label": LONG, "url": "/orders/1/", "reason": f"{LONG} is closed."}]
    now = timezone.now()
    batch = queue.ask_many(ACCEPT_LINES, wishes, by=by, token="form-1", skipped=skipped, now=now)
    batch.actions.update(not_before=now + HELD_LONG)
    return batch


@pytest.fixture
def everything(anna: User) -> list[str]:
    """Every state, with texts as long as they come; the pages that differ most."""
    now = timezone.now()
    long = {"place": LONG, "label": LONG, "text": f"{LONG} {LONG}", "asked_by": anna}
    actions = [made(state, **long) for state in State]
    Action.objects.filter(state=State.HELD).update(not_before=now + HELD_LONG)
    for _ in range(2):
        made(State.FAILED, **{**long, "code": LONG[:60]})
    conflict = made(State.FAILED, **{**long, "cause": Cause.CONFLICT, "deadline": now - timedelta(hours=1)})
    Action.objects.filter(pk=conflict.pk).update(now={"lines": {LONG: [LONG, 1, "2.00", "CLOSED"]}})
    known = {"code": LONG[:60], "text": LONG * 3, "request_id": LONG}
    Attempt.objects.create(action=actions[6], at=now, operation="v2-acceptOrderLines", outcome="NoAnswer", **known)
    batch = batch_of(3, anna)
    Valve.objects.create(connection=batch.actions.all()[0].connection, shut_until=now + HELD_LONG, failures=2)
    Connection.objects.update(trouble=Trouble.UNREACHABLE, trouble_since=now)
    Heartbeat.objects.create(pk=1, at=now - HELD_LONG)
    telling = [one for one in actions if one.state in {State.HELD, State.SENT, State.FAILED, State.UNKNOWN}]
    pages = [f"/actions/{action.pk}/" for action in [*telling, conflict]]
    return ["/actions/", "/actions/?view=waiting", "/actions/?view=undone", f"/actions/batches/{batch.pk}/", *pages]


def test_pages_of_actions_fit_the_window_and_pass_axe(open_window: OpenWindow, everything: list[str]) -> None:
    page = open_window()
    wrong: list[str] = []

    for number, url in enumerate(everything):
        page.goto(url)
        wrong += looked_at(page, f"actions-{number}")

    assert "\n".join(wrong) == ""


def documents_of(page: Page) -> list[str]:
    """The pages that are loaded as a whole from now on."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if request.resource_type == "document" else None)
    return loaded


def test_undo_in_the_strip_replaces_the_strip_and_not_the_page(open_window: OpenWindow, anna: User) -> None:
    now = timezone.now()
    Heartbeat.objects.create(pk=1, at=now + timedelta(hours=1))
    action = queue.ask(ACCEPT_LINES, order := order_to_accept(), decision(order), by=anna, now=now)
    Action.objects.update(not_before=now + HELD_LONG)
    page = open_window(1440, "light")
    page.goto("/connections/")
    loaded = documents_of(page)

    expect(page.locator("#strip .strip__left")).to_contain_text(" s")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#toasts")).to_contain_text("Nothing was sent.")
    expect(page.locator("#outbox-chip")).not_to_contain_text("held")
    action.refresh_from_db()
    assert (action.state, loaded) == (State.UNDONE, [])


def test_page_follows_an_action_to_its_end_and_then_rests(open_window: OpenWindow) -> None:
    action = made(State.SENT, remote_id="remote-1")
    page = open_window(1440, "light")
    page.goto(f"/actions/{action.pk}/")
    loaded = documents_of(page)

    now = timezone.now()
    Action.objects.update(state=State.CONFIRMED, ended_at=now, seen_at=now)

    expect(page.locator("#state")).to_have_text("Accepted: confirmed, and seen in a reading", timeout=8000)
    expect(page.locator("#announcement")).to_have_text("Accepted: confirmed, and seen in a reading")
    assert page.locator("#action .poll").count() == 0
    assert loaded == []


LOOKING = 6000  # ms of the page's clock: whatever looks again does so within them


def test_looking_again_takes_nothing_away_that_somebody_typed(open_window: OpenWindow, anna: User) -> None:
    batch = batch_of(2, anna)
    page = open_window(1440, "light")
    page.clock.install()
    page.goto(f"/actions/batches/{batch.pk}/")
    # The region that looks again holds a field: what is typed there is older than any answer.
    page.evaluate("document.querySelector('#batch form').insertAdjacentHTML('beforeend', '<input id=typed>')")
    page.locator("#typed").fill("half a sentence")
    page.evaluate("document.activeElement.blur()")

    with page.expect_response("**/actions/strip/"):  # the other region goes on looking
        page.clock.run_for(LOOKING)
    batch.actions.update(state=State.UNDONE)
    with page.expect_response("**/actions/strip/"):
        page.clock.run_for(LOOKING)

    assert page.locator("#typed").input_value() == "half a sentence"
    page.locator("#typed").fill("")
    page.evaluate("document.activeElement.blur()")
    page.clock.run_for(LOOKING)
    expect(page.locator("#batch-progress")).to_have_text("All of it has ended")
