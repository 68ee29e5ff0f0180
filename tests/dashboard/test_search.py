"""The search over everything: what is found, for whom, and what is said when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.lists.models import SavedView
from backoffice.outbox.enums import State
from backoffice.users import rights
from backoffice.users.models import Scope, User
from backoffice.web.scope import EVERYTHING
from backoffice.web.searching import search
from tests.cast import browser_of, somebody
from tests.htmx import Element, parsed
from tests.orders.rows import ADDRESS, line, payload, place, place_all, shop
from tests.outbox.asking import action_in

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"


def found(client: Client, text: str, **more: Any) -> Element:
    response = client.get("/search/", {"q": text, **more})
    assert response.status_code == 200
    return parsed(response)


def labels(root: Element) -> list[str]:
    return [one.one("a").text for one in root.all(class_="found__hit")]


def shipped_to(name: str) -> dict[str, Any]:
    return {"shipping_info": {"address": {**ADDRESS, "last_name": name}}}


@pytest.mark.parametrize("typed", ["N-77", " n-77 ", "remote-77"])
def test_number_or_id_of_one_order_opens_it(annas_browser: Client, typed: str) -> None:
    order = place(id="remote-77", channel_order_id="N-77")
    place(channel_order_id="N-775")

    response = annas_browser.get("/search/", {"q": typed})

    assert (response.status_code, response.headers.get("Location")) == (302, f"/orders/{order.pk}/")


def test_part_of_a_number_a_sku_and_a_customer_are_found(annas_browser: Client) -> None:
    place(channel_order_id="N-775", order_lines=[line(product={"id": "TEAPOT-9", "title": "Teapot"})])
    place(channel_order_id="N-776", **shipped_to("Maisonneuve"))

    assert labels(found(annas_browser, "n-77")) == ["N-776", "N-775"]
    assert labels(found(annas_browser, "teapot")) == ["N-775"]
    assert labels(found(annas_browser, "zoe maisonneuve")) == ["N-776"]


def test_several_numbers_at_once_are_each_found_and_lead_to_the_list(annas_browser: Client) -> None:
    place_all([payload(channel_order_id=f"M-{at}", id=f"far-{at}") for at in range(3)])

    root = found(annas_browser, "M-0, M-2;\nfar-1 unknown-1")

    assert sorted(labels(root)) == ["M-0", "M-1", "M-2"]
    assert root.one("a", href="/orders/?q=M-0+M-2+far-1+unknown-1").text == "See them in the list"


def test_customers_are_found_and_shown_only_to_those_who_may_see_them() -> None:
    place(channel_order_id="N-775", **shipped_to("Maisonneuve"))
    viewer = browser_of(somebody(rights.VIEWER))

    assert labels(found(viewer, "maisonneuve")) == []
    assert "not customers" in found(viewer, "maisonneuve").one(class_="found__looked").text
    assert labels(found(viewer, "n-77")) == ["N-775"]
    assert "Maisonneuve" not in viewer.get("/search/", {"q": "n-77"}).content.decode()


def test_what_is_outside_of_a_persons_scope_is_not_found() -> None:
    order = place(channel_order_id="N-775")
    action = action_in(State.FAILED)
    person = somebody(rights.AGENT, all_connections=False)
    client = browser_of(person)

    assert labels(found(client, "N-775")) == []
    assert labels(found(client, f"#{action.pk}")) == []
    assert labels(found(client, shop().name)) == []
    Scope.objects.create(user=person, connection_id=order.connection_id)
    assert client.get("/search/", {"q": "N-775"}).status_code == 302


def test_scope_switch_narrows_the_search_and_a_link_widens_it(annas_browser: Client) -> None:
    order = place(channel_order_id="N-775")
    place(channel_order_id="N-776", origin={"channel_id": "channel-2", "channel_name": "Other"})

    root = found(annas_browser, "N-776", channel=order.channel_id)

    assert labels(root) == []
    assert root.one(id="content").one("a", href="/search/?q=N-776").text == "Search everywhere"
    assert labels(found(annas_browser, "n-77", channel=order.channel_id)) == ["N-775"]


def test_actions_are_found_by_our_id_and_by_mirakls(annas_browser: Client) -> None:
    action = action_in(State.SENT)

    assert annas_browser.get("/search/", {"q": f"#{action.pk}"})["Location"] == f"/actions/{action.pk}/"
    assert [one for one in labels(found(annas_browser, str(action.pk))) if one.startswith(f"#{action.pk} ")]


def test_connections_are_found_by_name(annas_browser: Client) -> None:
    connection = shop()

    root = found(annas_browser, connection.name.lower())

    assert [one.attributes["href"] for hit in root.all(class_="found__hit") for one in hit.all("a")] == [
        f"/connections/{connection.pk}/"
    ]


def test_nothing_found_says_what_was_looked_through(annas_browser: Client) -> None:
    root = found(annas_browser, "ab")

    assert root.one(class_="found--nothing").one("h2").text == "Nothing found"
    assert [one.text for one in root.one(class_="found__looked").all("li")] == [
        "orders: numbers, Mirakl ids, SKUs and customers",
        "actions: our ids and Mirakl’s",
        "connections: names and addresses",
    ]
    assert "at least three characters" in root.one(class_="found--nothing").text


@pytest.mark.parametrize("typed", ["", "   ", "\0", ",;", SCRIPT, "%_\\'\"", "9" * 400, "#99999999999999999999"])
def test_odd_words_find_nothing_and_break_nothing(annas_browser: Client, typed: str) -> None:
    assert labels(found(annas_browser, typed)) == []


def test_ten_thousand_pasted_ids_come_by_post_and_only_the_first_thousand_are_looked_up(annas_browser: Client) -> None:
    place(channel_order_id="id-3")
    text = "\n".join(f"id-{at}" for at in range(10_000))

    response = annas_browser.post("/search/", {"q": text})

    root = parsed(response)
    assert labels(root) == ["id-3"]
    assert "first 1000 words were looked up; 9000 more were left out" in root.one(id="content").text
    words = root.one("input", name="q", type="hidden").attributes["value"]
    listed = annas_browser.post("/orders/lookup/", {"q": words}, follow=True)
    assert "id-3" in parsed(listed).one(id="results").text


def test_texts_of_mirakl_do_no_harm(annas_browser: Client) -> None:
    place(channel_order_id=SCRIPT, order_lines=[line(product={"id": "HARM-1", "title": SCRIPT})], **shipped_to(SCRIPT))

    for url in ("/search/", "/search/palette/"):
        assert SCRIPT not in annas_browser.get(url, {"q": "harm-1"}).content.decode()


def test_searching_costs_the_same_for_one_hit_and_for_three(
    anna: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    anna.has_perm(rights.SEE)  # asked once in a request, by whoever asks first
    place(channel_order_id="COST-0")
    with django_assert_num_queries(4):
        assert len(search(anna, EVERYTHING, ["cost"])[0][1].hits) == 1
    place_all([payload(channel_order_id=f"COST-{at}") for at in (1, 2)])
    with django_assert_num_queries(4):
        assert len(search(anna, EVERYTHING, ["cost"])[0][1].hits) == 3


def test_palette_offers_pages_that_the_person_may_see(anna: User) -> None:
    def places(person: User) -> list[str]:
        root = parsed(browser_of(person).get("/search/palette/"))
        return [one.one("a").text for one in root.all("li", data_group="Pages")]

    assert places(anna) == ["Orders", "Actions", "Connections", "Preferences", "Keyboard shortcuts"]
    assert "Administration" in places(somebody(rights.ADMINISTRATOR))


def test_palette_offers_the_views_of_lists_ones_own_and_the_shared_ones(anna: User, boris: User) -> None:
    mine = SavedView.objects.create(list="orders", owner=anna, name="Mine", query="view=late")
    SavedView.objects.create(list="orders", owner=boris, name="Ours", shared=True)
    SavedView.objects.create(list="orders", owner=boris, name="Secret")

    root = parsed(browser_of(anna).get("/search/palette/"))

    views = {one.one("a").text: one.one("a").attributes["href"] for one in root.all("li", data_group="Views")}
    assert views["Orders: Late"] == "/orders/?view=late"
    assert views["Orders: Mine"] == f"/orders/?view={mine.pk}"
    assert "Orders: Ours" in views
    assert "Orders: Secret" not in views


def test_palette_finds_orders_that_cannot_be_starred(annas_browser: Client) -> None:
    order = place(channel_order_id="N-775")

    root = parsed(annas_browser.get("/search/palette/", {"q": "n-77"}))

    item = root.one("li")
    assert (item.attributes["data-star"], item.one("a").attributes["href"]) == ("no", f"/orders/{order.pk}/")


def test_every_key_has_a_page_of_its_own(annas_browser: Client) -> None:
    root = parsed(annas_browser.get("/shortcuts/"))

    page = root.one(id="content")
    assert "Ctrl K Find a page, an action or an order" in page.text
    assert len(page.all("tr")) == len(root.one(id="shortcuts").all("tr"))
