"""The frame around every page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from backoffice.connections.enums import State, Trouble
from backoffice.connections.models import Connection
from backoffice.users import rights
from backoffice.users.models import User
from backoffice.web.navigation import Need
from tests.cast import browser_of, somebody
from tests.htmx import Element, parsed
from tests.orders.rows import payload, place_all

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


def frame(browser: Client, url: str = "/preferences/") -> Element:
    return parsed(browser.get(url))


def entry(page: Element, name: str) -> Element:
    return next(link for link in page.one("nav", "rail").all("a") if link.one(class_="rail__text").text == name)


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "1"), (999, "999"), (1000, "1k+"), (5000, "1k+")])
def test_need_is_counted_up_to_a_thousand(count: int, text: str) -> None:
    assert Need(count).text == text


def test_navigation_names_what_there_is_and_where_one_is(annas_browser: Client) -> None:
    nav = frame(annas_browser, "/connections/").one("nav", "rail")

    assert [link.one(class_="rail__text").text for link in nav.all("a")] == ["Orders", "Actions", "Connections"]
    assert nav.one("a", aria_current="page").attributes["href"] == "/connections/"


def test_administration_is_offered_to_those_who_may_enter(boriss_browser: Client) -> None:
    assert entry(frame(boriss_browser), "Administration").attributes["href"] == "/admin/"


def test_orders_that_wait_are_counted_and_late_ones_make_it_urgent(annas_browser: Client) -> None:
    now = timezone.now()
    soon, late = now + timedelta(hours=3), now - timedelta(hours=3)
    place_all([payload(), payload(), payload(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": soon})])

    calm = entry(frame(annas_browser), "Orders").one(class_="rail__count")
    place_all([payload(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": late})])
    urgent = entry(frame(annas_browser), "Orders").one(class_="rail__count")

    assert (calm.text, "rail__count--urgent" in calm.attributes["class"]) == ("2 : 2 need you", False)
    assert (urgent.text, "rail__count--urgent" in urgent.attributes["class"]) == (
        "3 : 3 need you, some failed or late",
        True,
    )


def test_trouble_with_a_connection_shows_on_every_page(annas_browser: Client) -> None:
    Connection.objects.create(
        name="Nord", base_url="https://x.example/api", secret="x", state=State.ACTIVE, trouble=Trouble.UNREACHABLE
    )

    page = frame(annas_browser)

    dot = page.one("a", "health")
    assert "health--late" in dot.attributes["class"].split()
    assert dot.text == "Connections: Nord: Mirakl cannot be reached"
    assert entry(page, "Connections").one(class_="rail__count").text.startswith("1 ")


def test_demo_stripe_stands_on_every_page_and_has_no_way_out(annas_browser: Client) -> None:
    Connection.objects.create(name="Demo", base_url="http://127.0.0.1:9100/connect", secret="x")

    stripe = frame(annas_browser).one(class_="demo")

    assert stripe.text == "Demo data: nothing here reaches a real marketplace."
    assert stripe.all("button") == stripe.all("a") == []


def test_demo_beside_a_real_connection_is_named(annas_browser: Client) -> None:
    Connection.objects.create(name=SCRIPT, base_url="http://localhost:9100/connect", secret="x")
    Connection.objects.create(name="Real", base_url="https://miraklconnect.com/api", secret="x")

    response = annas_browser.get("/preferences/")

    stripe = parsed(response).one(class_="demo").text
    assert stripe == f"Some of this is demo data: nothing of “{SCRIPT}” reaches a real marketplace."
    assert SCRIPT not in response.content.decode()


def test_there_is_no_stripe_without_a_demo(annas_browser: Client) -> None:
    Connection.objects.create(name="Real", base_url="https://miraklconnect.com/api", secret="x")

    assert frame(annas_browser).all(class_="demo") == []


def test_person_without_a_role_sees_a_frame_without_figures() -> None:
    place_all([payload()])
    browser = browser_of(somebody(""))

    page = frame(browser)

    assert page.one("nav", "rail").all("a") == []
    assert page.all(id="outbox-chip") == page.all("a", "health") == page.all(id="scope-menu") == []
    assert page.one("details", id="user-menu").one("strong").text == "nobody@example.test"


def test_page_that_is_not_there_keeps_the_frame(annas_browser: Client) -> None:
    page = frame(annas_browser, "/nowhere/")

    assert page.one("h1").text == "This page is not here"
    assert len(page.one("nav", "rail").all("a")) == 3


def test_page_looks_as_its_person_wants_it(anna: User, annas_browser: Client) -> None:
    User.objects.filter(pk=anna.pk).update(theme="dark", density="compact", single_keys=False, language="en-gb")

    html = frame(annas_browser, "/connections/").one("html").attributes

    assert html == {
        "lang": "en-gb",
        "data-theme": "dark",
        "data-bs-theme": "dark",
        "data-density": "compact",
        "data-single-keys": "no",
    }


def test_viewer_has_the_whole_frame_too() -> None:
    page = frame(browser_of(somebody(rights.VIEWER)), "/orders/")

    assert [link.one(class_="rail__text").text for link in page.one("nav", "rail").all("a")] == [
        "Orders",
        "Actions",
        "Connections",
    ]
