"""Every page at a desk and on a telephone, in light and dark: nothing sticks out, nothing is hard to read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.sync.models import Cursor
from orders.models import Order
from tests.e2e.conftest import OpenWindow
from tests.orders.rows import ADDRESS, euros, line, payload, place_all, shop

LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikationsbetrieb"


@pytest.fixture
def everything(transactional_db: None) -> list[str]:
    """Every look that a page can have, with texts as long as they come; returns the pages."""
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
    place_all(orders)
    Cursor.objects.create(connection=shop(), resource="orders", complete_to=now, here=1, there=2)
    Connection.objects.create(
        name=LONG, base_url=f"https://{LONG}.example/api", secret="x", trouble=Trouble.BROKEN, trouble_text=LONG * 3
    )
    pks = Order.objects.values_list("pk", flat=True)
    shown = [Order.objects.filter(number=LONG).values_list("pk", flat=True)[0], pks.get(anonymized_at__isnull=False)]
    return ["/orders/?tab=all", "/orders/?q=nothing", "/connections/", *(f"/orders/{pk}/" for pk in shown), "/nowhere/"]


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, in one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['nodes'][0]['html']}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_fit_the_window_and_pass_axe(
    open_window: OpenWindow, everything: list[str], width: int, scheme: str
) -> None:
    page = open_window(width, scheme)
    wrong: list[str] = []

    for url in everything:
        page.goto(url)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{url} sticks out at {width}")
        wrong += serious(page)

    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert wrong == []


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
