"""The page of one order: lines and amounts, the customer, the way back, and nothing of it is ever markup."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.users.models import User
from shops.models import ChannelPolicy
from tests.htmx import parsed, to
from tests.orders.rows import ADDRESS, MORNING, euros, line, payload, place

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> object:
    """It is noon on the day of the orders."""
    with time_machine.travel(NOON, tick=False):
        yield


def test_detail_shows_lines_and_exact_amounts(annas_browser: Client) -> None:
    refund = {
        "adjustment_id": "r", "type": "REFUND", "reason": "DEFECT", "quantity": 1, "created_at": MORNING,
        "price": euros("10.005"), "shipping_price": euros("0"), "taxes": [{"code": "VAT", "amount": euros("2")}],
    }  # fmt: skip
    cancelation = {"adjustment_id": "c", "type": "CANCELATION", "quantity": 3, "price": euros("30"), "reason": "NEW"}
    order = place(order_lines=[line(adjustments=[refund, cancelation])])

    root = parsed(annas_browser.get(f"/orders/{order.pk}/"))

    assert [cell.text for cell in root.one(class_="lines").one("tbody").all("tr")[0].all("td")] == [
        "KETTLE-1 Copy KETTLE-1 Kettle", "5 3 cancelled 1 refunded", "10.00 EUR", "9.995 EUR ordered 50.00 EUR",
        "5.00 EUR + VAT 1.00 EUR", "VAT 2.00 EUR", "To ship",
    ]  # fmt: skip
    assert [row.text for row in root.all(class_="lines__adjustment")] == [
        "Refund · 1 unit · price 10.005 EUR · VAT 2.00 EUR · defective · 20 Nov 2026, 08:00 UTC",
        "Cancellation · 3 units · price 30.00 EUR · NEW",
    ]
    assert [part.text for part in root.one(class_="sums").all("dd")] == [
        "9.995 EUR", "5.00 EUR", "2.00 EUR", "1.00 EUR", "17.995 EUR", "12.005 EUR", "9.995 EUR",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_dates_at_the_edge_of_time_break_no_page(annas_browser: Client, anna: User, edge: str, zone: str) -> None:
    User.objects.filter(pk=anna.pk).update(time_zone=zone)
    ChannelPolicy.objects.create(time_zone=zone, acceptance_hours=24, monday=False)
    cancelation = {"adjustment_id": "c", "type": "CANCELATION", "quantity": 1, "price": euros("1"), "created_at": edge}
    order = place(
        created_at=edge if edge < "1" else MORNING,
        shipping_info={"delivery_date": {"earliest": edge, "latest": edge}},
        order_lines=[line(adjustments=[cancelation])],
    )

    assert annas_browser.get(f"/orders/{order.pk}/").status_code == 200
    assert annas_browser.get("/orders/?view=all").status_code == 200


def test_detail_never_adds_two_currencies(annas_browser: Client) -> None:
    dollars = line(price={"amount": 7, "currency": "USD"}, total_shipping_price=None, taxes=[], shipping_taxes=[])
    order = place(order_lines=[line(), dollars])

    root = parsed(annas_browser.get(f"/orders/{order.pk}/"))

    assert [part.text for part in root.all("dd", class_="sums__total")] == ["30.00 EUR + 7.00 USD"]


def test_detail_shows_the_customer(annas_browser: Client) -> None:
    order = place(
        shipping_info={"address": ADDRESS, "email": "zoe@alias.example", "carrier": "DHL", "method": "Express"}
    )

    customer = parsed(annas_browser.get(f"/orders/{order.pk}/")).one("section", **{"aria-labelledby": "customer"})

    assert [part.text for part in customer.all("address")] == ["Zoë Ferrari Hauptstraße 1 1010 Wien AUT"]
    assert [part.text for part in customer.all("p")] == [
        "+43 1 23456 Copy +43 1 23456", "The same address.", "zoe@alias.example Copy zoe@alias.example",
        "Orders of Zoë Ferrari", "Express · DHL",
    ]  # fmt: skip
    copied = [button.attributes["data-copy"] for button in customer.all("button")]
    assert copied == ["Zoë Ferrari\nHauptstraße 1\n1010 Wien\nAUT", "+43 1 23456", "zoe@alias.example"]


def test_detail_says_that_an_address_is_missing(annas_browser: Client) -> None:
    order = place(shipping_info={}, billing_info={})

    text = parsed(annas_browser.get(f"/orders/{order.pk}/")).text

    assert "The channel has not given an address yet." in text
    assert "No billing address was given." in text


def test_detail_says_that_customer_data_were_removed(annas_browser: Client) -> None:
    order = place(anonymized_at=MORNING)

    page = annas_browser.get(f"/orders/{order.pk}/").content.decode()

    assert "Customer data removed on" in page
    assert "Ferrari" not in page


def test_detail_says_that_a_partner_ships(annas_browser: Client) -> None:
    order = place(fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P-7"})

    text = parsed(annas_browser.get(f"/orders/{order.pk}/")).text

    assert "A partner fulfils this order. There is nothing for us to ship. The partner’s code is P-7." in text


def test_detail_leads_back_to_the_same_place_in_the_list(annas_browser: Client) -> None:
    order = place(channel_order_id="BACK-1")
    listed = parsed(annas_browser.get("/orders/?view=all&q=back"))
    link = listed.one(id=f"order-{order.pk}").one("a", class_="row-link").attributes["href"]

    detail = parsed(annas_browser.get(link))

    assert link.startswith(f"/orders/{order.pk}/?")
    assert detail.one(class_="crumbs__back").attributes["href"] == "/orders/?view=all&q=back"


def test_detail_leads_back_nowhere_else(annas_browser: Client) -> None:
    order = place()

    detail = parsed(annas_browser.get(f"/orders/{order.pk}/", {"back": "//evil.example/?view=late&next=//evil&x=1"}))

    assert detail.one(class_="crumbs__back").attributes["href"] == "/orders/"


@pytest.mark.parametrize("lines", [1, 3])
def test_detail_costs_the_same_for_any_number_of_lines(
    annas_browser: Client, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = place(order_lines=[line() for _ in range(lines)])

    with django_assert_num_queries(10):  # without the shell around it
        annas_browser.get(f"/orders/{order.pk}/", headers=to("order"))


ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def poisoned(value: object) -> object:
    """The same structure with the attack in every text that is no amount, currency or moment."""
    if isinstance(value, dict):
        return {key: each if key in {"amount", "currency"} else poisoned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each) for each in value]
    return ATTACK if isinstance(value, str) else value


def test_text_from_outside_is_never_markup(annas_browser: Client) -> None:
    texts = {
        "origin": {"channel_id": "c", "channel_name": "n", "channel_store_id": "s", "channel_store_name": "m"},
        "shipping_info": {"address": {**ADDRESS, "company": "c", "state": "s", "street_additional_info": "i",
            "additional_info": "a", "country": "x"}, "email": "e", "method": "m", "carrier": "c", "pudo_id": "p"},
        "order_lines": [line(status_reason="r", adjustments=[{"id": "1", "type": "t", "reason": "r"}])],
        "fulfillment": {"type": "t", "code": "c"}, "status": "s", "status_reason": "r",
    }  # fmt: skip
    order = place(**{key: poisoned(value) for key, value in {**payload(), **texts}.items() if key != "id"})

    for url in ("/orders/?view=all", f"/orders/{order.pk}/", f"/orders/?q={quote(ATTACK)}"):
        root = parsed(annas_browser.get(url))

        assert ATTACK in root.text
        assert {script.attributes["src"].partition("/")[0] for script in root.all("script")} == {""}
        assert [image for image in root.all("img") if "onerror" in image.attributes] == []
