"""Every page at a desk and on a telephone, in light and dark: nothing sticks out, nothing is hard to read.

With SCREENSHOTS=folder in the environment a picture of each is left there, and the full world holds 300 orders more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from backoffice.connections import health
from backoffice.connections.enums import CheckState, Layer, Trouble
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.connections.steps import failed
from backoffice.outbox import queue
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor, Parked
from backoffice.users import rights, roles
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from orders.enums import ReportState
from orders.models import Order, Report
from shops.models import ChannelPolicy
from tests.e2e.conftest import OpenWindow
from tests.orders.rows import ADDRESS, euros, line, payload, place, place_all, shop
from tests.orders.shipped import order_to_ship, parcel_asked, parcel_confirmed
from tests.outbox.asking import action_in, decision, order_to_accept

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsbetrieb"
DESK, TELEPHONE = (1440, 900), (390, 844)
PICTURES = os.environ.get("SCREENSHOTS", "")
# What each page shows in every world. The full world adds pages of single things.
PAGES = ["/orders/", "/orders/?view=all", "/orders/?q=nothing", "/actions/", "/connections/"]
FRAME = ["/preferences/#language", "/shortcuts/", "/search/?q=Kettle", "/nowhere/", "/connections/add/"]


@pytest.fixture
def empty(transactional_db: None) -> list[str]:
    """Nothing came so far."""
    return [*PAGES, *FRAME]


@pytest.fixture
def one(transactional_db: None) -> list[str]:
    """One order, waiting to be accepted."""
    order = place()
    Cursor.objects.create(connection=shop(), resource="orders", complete_to=timezone.now(), here=1, there=1)
    return [*PAGES, f"/orders/{order.pk}/", f"/orders/{order.pk}/accept/", f"/search/?q={order.number}x"]


@pytest.fixture
def everything(transactional_db: None, anna: User) -> list[str]:
    """Every look that a page can have, with texts as long as they come."""
    now = timezone.now()
    orders = _orders()
    place_all(orders)
    Cursor.objects.create(connection=shop(), resource="orders", complete_to=now, here=1, there=2)
    broken = Connection.objects.create(
        name=LONG, base_url=f"https://{LONG}.example/api", secret="x", trouble=Trouble.BROKEN, trouble_text=LONG * 3
    )
    Connection.objects.create(name="Demo", base_url="http://127.0.0.1:9100/connect", secret="x")
    stopped = Connection.objects.create(
        name="Stopped", base_url="https://mirakl.example/api", secret="x", report_orders=True
    )
    told = {"executed_at": now, "due_at": now, "most_together": 1}
    Report.objects.create(connection=stopped, remote_id=LONG, state=ReportState.REFUSED, text=LONG * 3, **told)
    health.record_trouble(stopped, Trouble.CREDENTIALS, LONG * 3, now=now)
    step = failed("untrusted", host=LONG, text=LONG * 3).as_step(Layer.TLS, 12)
    ended = {"revision": 1, "state": CheckState.DONE, "ok": False, "asked_at": now, "due_at": now}
    ConnectionCheck.objects.create(connection=stopped, steps=[step], **ended)
    cursor = Cursor.objects.create(connection=stopped, resource="orders", next_at=now)
    Parked.objects.create(cursor=cursor, remote_id=LONG, reason=LONG, payload="{}", first_at=now, last_at=now)
    actions = {state: action_in(state, by=anna) for state in State}
    several = [order_to_accept() for _ in range(3)]
    wishes = [queue.Wish(order, decision(order)) for order in several]
    batch = queue.ask_many(ACCEPT_LINES, wishes, by=anna, token="form-1", skipped=[], now=now)
    Action.objects.filter(state=State.HELD).update(not_before=now + timedelta(hours=1))
    pks = Order.objects.values_list("pk", flat=True)
    shown = [Order.objects.filter(number=LONG).values_list("pk", flat=True)[0], pks.get(anonymized_at__isnull=False)]
    waits = order_to_accept(lines=3)
    more = order_to_accept()
    parcels = _shipped(anna)
    if PICTURES:
        place_all([payload() for _ in range(300)])
    return [
        "/orders/?view=all",
        *(f"/orders/{pk}/" for pk in shown),
        f"/orders/{actions[State.FAILED].target_id}/",
        f"/orders/{waits.pk}/accept/",
        f"/orders/{parcels.pk}/",
        f"/orders/{parcels.pk}/ship/",
        f"/orders/accept/?pick={waits.pk}&pick={more.pk}&pick={shown[1]}",
        *(f"/actions/?view={tab}" for tab in ("held", "attention", "done")),
        *(f"/actions/{actions[state].pk}/" for state in (State.HELD, State.FAILED, State.UNKNOWN, State.TO_APPROVE)),
        f"/actions/batches/{batch.pk}/",
        "/connections/",
        f"/connections/{broken.pk}/",
        f"/connections/{broken.pk}/edit/",
        f"/connections/{stopped.pk}/",
        "/search/?q=Kettle",
    ]


def _shipped(by: User) -> Order:
    """An order with a parcel of each kind, of which something is left, on a channel that asks for everything."""
    origin = {"channel_id": "channel-3", "channel_name": "Westwind"}
    order = order_to_ship(3, 2, 9, origin=origin)
    ChannelPolicy.objects.create(channel=order.channel, asks_warehouse=True, asks_return_number=True)
    way = {"carrier": "DHL", "tracking_number": "00340434292135100186", "tracking_url": f"https://{LONG}.example/1"}
    parcel_confirmed(order, 1, 2, 0, **way, warehouse_id="LEEDS", return_tracking_number=LONG)
    failed = parcel_asked(order, 0, 0, 2, by=by, carrier=LONG, tracking_number=LONG * 2)
    ended = {"state": State.FAILED, "cause": "channel", "code": "CARRIER_NOT_SUPPORTED", "text": LONG}
    Action.objects.filter(pk=failed.pk).update(**ended, ended_at=timezone.now())
    parcel_asked(order, 1, 0, 1, by=by, carrier="Hermes")
    return order


def _orders() -> list[dict[str, object]]:
    now = timezone.now()
    statuses = ["AWAITING_FRAUD_CHECK", "AWAITING_ACCEPTANCE", "SHIPPED", "DELIVERED", "CLOSED", LONG.upper()[:60]]
    refund = {"adjustment_id": "1", "type": "REFUND", "reason": LONG, "quantity": 1, "price": euros("1234567.125")}
    big = line(product={"id": LONG, "title": f"{LONG} {LONG}"}, price=euros("12345678901.5"), adjustments=[refund])
    address = {**ADDRESS, "last_name": LONG, "street": LONG}
    orders = [payload(status=status, status_reason="REFUSED") for status in statuses]
    for hours in (-30, 3, 300):
        shipping = {"shipping_deadline": now + timedelta(hours=hours), "address": address, "email": f"{LONG}@x.example"}
        orders.append(
            payload(
                status="AWAITING_SHIPMENT", channel_order_id=LONG, shipping_info=shipping, order_lines=[big, line()]
            )
        )
    orders.append(payload(anonymized_at=now, fulfillment={"type": "FULFILLED_BY_PARTNER", "code": LONG}))
    return orders


def serious(page: Page, *rules: str) -> list[str]:
    """What axe calls serious or critical, in one line each: all that it knows, or these rules alone."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url} {page.viewport_size}: {one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


Look = tuple[tuple[int, int], Literal["light", "dark"], tuple[str, ...]]
# Each size and each theme once: at the desk all that axe knows, then what colour and room change. The other two looks
# are for the pictures.
BY_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
BOTH: tuple[Look, ...] = ((DESK, "light", ()), (TELEPHONE, "dark", BY_LOOK))
ALL: tuple[Look, ...] = (*BOTH, (DESK, "dark", ("color-contrast",)), (TELEPHONE, "light", ("color-contrast",)))


def looked_at(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is open, in these sizes and themes."""
    wrong: list[str] = []
    for size, scheme, rules in ALL if PICTURES else BOTH:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        # Without motion: a colour that is still changing has no contrast to speak of.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.locator(f"html[data-bs-theme={scheme}]").wait_for(state="attached")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{page.url} sticks out at {size[0]}")
        wrong += serious(page, *rules)
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{size[0]}-{scheme}.png", full_page=True, caret="initial")
    return wrong


def _name(world: str, url: str) -> str:
    return f"{world}-{re.sub(r'[^a-z0-9]+', '-', url).strip('-')[:60]}"


@pytest.mark.parametrize("world", ["empty", "one", "everything"])
def test_pages_fit_the_window_and_pass_axe(
    open_window: OpenWindow, anna: User, request: pytest.FixtureRequest, world: str
) -> None:
    roles.give(anna, rights.ADMINISTRATOR)
    urls: list[str] = request.getfixturevalue(world)
    page = open_window()
    wrong: list[str] = []

    for url in urls:
        page.goto(url)
        wrong += looked_at(page, _name(world, url))

    assert "\n".join(wrong) == ""


OPENED: dict[str, Callable[[Page], None]] = {
    "user-menu": lambda page: page.locator("#user-menu > summary").click(),
    "scope-menu": lambda page: page.locator("#scope-menu > summary").click(),
}


@pytest.mark.parametrize("what", OPENED)
def test_open_menus_fit_and_pass_axe_and_close_by_esc(open_window: OpenWindow, one: list[str], what: str) -> None:
    place(origin={"channel_id": "channel-2", "channel_name": LONG})
    page = open_window()
    page.goto("/orders/")

    OPENED[what](page)
    wrong = looked_at(page, what)
    page.keyboard.press("Escape")

    assert wrong == []
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.parentElement.id") == what


def test_drawer_opens_on_a_telephone_and_menu_folds_at_a_desk(open_window: OpenWindow, one: list[str]) -> None:
    page = open_window(390)
    page.goto("/orders/")

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Actions").wait_for()
    wrong = serious(page)
    page.get_by_role("link", name="Actions").click()
    page.wait_for_url("**/actions/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Narrow menu").click()
    page.reload()

    assert wrong == []
    assert page.evaluate("document.documentElement.dataset.rail") == "narrow"
    assert page.evaluate("document.getElementById('navigation').offsetWidth") < 80
    assert serious(page) == []


def test_scope_stays_from_page_to_page_until_it_is_taken_off(open_window: OpenWindow, one: list[str]) -> None:
    other = place(origin={"channel_id": "channel-2", "channel_name": "Südwind"})
    page = open_window()
    page.goto("/orders/?view=shipped")
    page.locator("#tab-all").click()
    page.wait_for_url("**/orders/?view=all")

    page.locator("#scope-menu > summary").click()
    page.get_by_role("link", name="Südwind").click()
    page.wait_for_url("**/orders/?view=all&**")
    page.get_by_role("link", name=other.number, exact=True).click()
    page.get_by_role("heading", name=other.number).wait_for()
    on_the_order = page.url
    page.get_by_role("link", name="Connections", exact=True).first.click()
    page.wait_for_url("**/connections/**")
    elsewhere = page.url
    page.locator("#scope-menu > summary").click()
    page.get_by_role("link", name="All channels").click()
    page.wait_for_url(lambda url: "channel=" not in url)

    assert f"channel={other.channel_id}" in on_the_order.replace("%3D", "")
    assert f"channel={other.channel_id}" in elsewhere


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_log_in_page_fits_and_passes_axe(open_window: OpenWindow, scheme: str) -> None:
    page = open_window(390, scheme, logged_in=False)

    page.goto("/login/")
    page.get_by_label("E-mail address").fill("x@example.test")
    page.get_by_label("Password").fill("x")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()

    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert serious(page) == []


def test_theme_that_somebody_chose_wins_over_the_device(open_window: OpenWindow, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(theme="dark")
    page = open_window(1440, "light")

    page.goto("/preferences/")

    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
