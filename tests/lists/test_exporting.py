"""Taking the orders away as a file: exactly what the list shows, and nothing that runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.lists import exporting
from backoffice.lists.models import Habit
from backoffice.users import rights
from backoffice.users.models import Scope, User
from orders.models import Order
from shops.models import Channel
from tests.cast import browser_of, somebody
from tests.orders.rows import ADDRESS, MORNING, line, payload, place, place_all

URL = "/orders/export/"
FORMULA = "=HYPERLINK(1)"


def exported(browser: Client, **state: Any) -> list[dict[str, str]]:
    response = browser.get(URL, {"format": "csv", "view": "all", **state})
    assert response.status_code == HTTPStatus.OK, response.content
    text = response.getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def numbers(rows: list[dict[str, str]]) -> list[str]:
    return [row["Order"] for row in rows]


def show_all_columns(user: User) -> None:
    from orders.listing import COLUMNS  # noqa: PLC0415 -- leaf: the columns of the list as it is declared

    Habit.objects.create(user=user, list="orders", columns={"all": [column.key for column in COLUMNS]})


def test_file_holds_all_pages_in_the_order_of_the_list(annas_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    place_all([payload(channel_order_id=f"N{at}", created_at=MORNING + timedelta(hours=at)) for at in range(5)])

    assert numbers(exported(annas_browser)) == ["N4", "N3", "N2", "N1", "N0"]
    assert numbers(exported(annas_browser, sort="created", size="25")) == ["N0", "N1", "N2", "N3", "N4"]


def test_file_holds_what_the_filter_shows_and_nothing_else(annas_browser: Client) -> None:
    place(channel_order_id="MINE-1", status="SHIPPED")
    place(channel_order_id="MINE-2")
    place(channel_order_id="OTHER")

    assert numbers(exported(annas_browser, q="mine", view="shipped")) == ["MINE-1"]


def test_columns_are_those_that_the_person_sees(anna: User, annas_browser: Client) -> None:
    place(channel_order_id="N1")
    Habit.objects.create(user=anna, list="orders", columns={"all": ["order", "total", "created"]})

    assert exported(annas_browser) == [{"Order": "N1", "Total": "30.00", "Created": "2026-11-20T08:00:00+00:00"}]


def test_moments_are_in_the_zone_of_the_person(chloes_browser: Client) -> None:
    place()

    assert [row["Created"] for row in exported(chloes_browser)] == ["2026-11-20T09:00:00+01:00"]


def test_no_text_of_a_marketplace_or_customer_is_a_formula(anna: User, annas_browser: Client) -> None:
    evil = {**ADDRESS, "first_name": FORMULA, "last_name": "", "country_iso_code": "=1"}
    place(
        id=f"{FORMULA}-id",
        channel_order_id=FORMULA,
        status="=STATUS",
        origin={"channel_id": "c", "channel_name": FORMULA},
        shipping_info={"address": evil},
        billing_info={"address": evil},
        order_lines=[line(product={"id": FORMULA, "title": FORMULA}, quantity=-1)],
    )
    Order.objects.update(customer=FORMULA, country="=1", currency="=2")
    show_all_columns(anna)

    (row,) = exported(annas_browser)
    assert row["Order"] == row["Customer"] == row["Channel"] == f"'{FORMULA}"
    assert {name: text for name, text in row.items() if text.startswith(("=", "+", "-", "@"))} == {}

    response = annas_browser.get(URL, {"format": "xlsx", "view": "all"})
    data = response.getvalue()
    written = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    sheet = ElementTree.fromstring(written)  # noqa: S314 -- the file is ours
    assert FORMULA in "".join(sheet.itertext())
    assert [one.tag for one in sheet.iter() if one.tag.endswith("}f")] == []


def test_xlsx_comes_as_a_file_with_a_name(annas_browser: Client) -> None:
    place()

    response = annas_browser.get(URL, {"format": "xlsx", "view": "to_accept"})

    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert response["Content-Disposition"].startswith('attachment; filename="orders-to_accept-')
    assert response["Cache-Control"] == "private, no-store"
    response.close()


def test_customers_stay_hidden_from_whoever_may_not_see_them(db: None) -> None:
    place()
    user = somebody(rights.AGENT)
    Group.objects.get(name=rights.AGENT).permissions.remove(Permission.objects.get(codename="personal"))

    assert [row["Customer"] for row in exported(browser_of(user))] == ["Hidden"]


def test_only_the_orders_of_ones_own_scope_are_in_the_file(db: None) -> None:
    place(channel_order_id="IN")
    outside = place(channel_order_id="OUT", origin={"channel_id": "channel-2", "channel_name": "Sud"})
    user = somebody(rights.AGENT, all_connections=False)
    inside = Channel.objects.exclude(pk=outside.channel_id).get()
    Scope.objects.create(user=user, connection_id=outside.connection_id, channel_id=inside.pk)

    assert numbers(exported(browser_of(user))) == ["IN"]


def test_viewer_may_not_export(db: None) -> None:
    assert browser_of(somebody(rights.VIEWER)).get(URL, {"format": "csv"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("state", [{"format": "pdf"}, {}, {"format": "csv", "channels": "no-such"}])
def test_what_cannot_be_followed_makes_no_file(annas_browser: Client, state: dict[str, str]) -> None:
    response = annas_browser.get(URL, {"view": "all", **state}, follow=True)

    assert response.redirect_chain == [("/orders/?view=all", 302)]
    assert len(list(response.context["messages"])) == 1


def test_more_rows_than_a_file_may_hold_are_told_before_it_is_made(
    annas_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST", 2)
    place_all([payload() for _ in range(3)])

    response = annas_browser.get(URL, {"format": "csv", "view": "all"}, follow=True)

    assert "more than 2 rows" in str(next(iter(response.context["messages"])))


@pytest.mark.parametrize("number", [1, 3])
def test_number_of_queries_does_not_depend_on_the_rows(
    annas_browser: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place_all([payload() for _ in range(number)])

    with django_assert_num_queries(8):
        assert len(exported(annas_browser)) == number
