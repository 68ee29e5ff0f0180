from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.connections.enums import State, Trouble
from backoffice.lists import counts
from backoffice.lists import state as list_state
from backoffice.sync.models import Cursor
from orders.models import Order
from tests.htmx import Element, parsed, to
from tests.orders.rows import ADDRESS, MORNING, line, payload, place, place_all, shop

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def noon() -> object:
    """It is noon on the day of the orders."""
    with time_machine.travel(NOON, tick=False):
        yield


def cells(root: Element, order: Order) -> list[str]:
    row = root.one(id=f"order-{order.pk}")
    return [cell.text for cell in row.all("td") if cell.attributes.get("class") != "list__pick"]


def numbers(root: Element) -> list[str]:
    return [link.text for link in root.all("a", "row-link")]


def test_row_shows_what_matters(annas_browser: Client) -> None:
    second = line(product={"id": "MUG-2", "title": "Mug"})
    order = place(
        channel_order_id="A-1",
        status="AWAITING_SHIPMENT",
        shipping_info={"address": ADDRESS, "shipping_deadline": NOON + timedelta(hours=3)},
        order_lines=[line(), second, line()],
    )

    root = parsed(annas_browser.get("/orders/?view=to_ship"))

    assert cells(root, order) == [
        "A-1 Nordlicht",
        "4 h ago (20 Nov 2026, 08:00 UTC)",
        "Zoë Ferrari AUT",
        "KETTLE-1 +2 Kettle",
        f"90.00{NBSP}EUR".replace(NBSP, " "),
        "To ship",
        "in 3 h (20 Nov 2026, 15:00 UTC)",
    ]
    assert root.one(class_="more").attributes["title"] == "and 2 more lines"


@pytest.mark.parametrize(
    ("hours", "words", "marked"),
    [(-2, "late by 2 h", "deadline--late"), (5, "in 5 h", "deadline--soon"), (49, "in 2 days", "")],
)
def test_deadline_is_marked_by_word_and_class(annas_browser: Client, hours: int, words: str, marked: str) -> None:
    place(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": NOON + timedelta(hours=hours)})

    deadline = parsed(annas_browser.get("/orders/?view=to_ship")).one(class_="deadline")

    assert deadline.text.startswith(words)
    assert deadline.attributes["class"].split()[1:] == ([marked] if marked else [])
    assert len(deadline.all("svg")) == bool(marked)


def test_shipped_order_has_no_deadline_any_more(annas_browser: Client) -> None:
    order = place(status="SHIPPED", shipping_info={"shipping_deadline": NOON - timedelta(days=1)})

    assert cells(parsed(annas_browser.get("/orders/?view=shipped")), order)[-1] == "–"


def test_order_without_lines_customer_or_total_has_dashes(annas_browser: Client) -> None:
    order = place(channel_order_id="", order_lines=[], shipping_info={}, billing_info={})

    shown = cells(parsed(annas_browser.get("/orders/?view=all")), order)

    assert shown[0] == f"{order.remote_id} Nordlicht"
    assert shown[2:5] == ["–", "–", "–"]


def test_unknown_status_is_shown_in_the_channels_word(annas_browser: Client) -> None:
    place(status="LOST_IN_SPACE")

    badge = parsed(annas_browser.get("/orders/?view=other")).one(class_="badge")

    assert (badge.text, badge.attributes["class"]) == ("LOST_IN_SPACE", "badge badge--unknown")


def test_reason_stands_beside_the_status(annas_browser: Client) -> None:
    order = place(status="CLOSED", status_reason="ACCEPTANCE_TIMEOUT")

    assert cells(parsed(annas_browser.get("/orders/?view=closed")), order)[5] == "Closed not accepted in time"


def test_anonymised_order_says_so_in_the_list(annas_browser: Client) -> None:
    order = place(anonymized_at=MORNING)

    assert cells(parsed(annas_browser.get("/orders/?view=all")), order)[2] == "Customer data removed AUT"


def test_tabs_show_counts_and_which_is_open(annas_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "MOST", 3)
    place_all([payload(status=status) for status in ("SHIPPED", "SHIPPED", "CLOSED", "AWAITING_ACCEPTANCE")])

    tabs = parsed(annas_browser.get("/orders/?view=shipped")).all(class_="tabs__link")

    assert [tab.text for tab in tabs] == [
        "To accept 1", "Waiting 0", "To ship 0", "Late 0", "Shipped 2", "Problems 0", "Closed 1",
        "Other 0", "All 2+",
    ]  # fmt: skip
    assert [tab.attributes["id"] for tab in tabs if tab.attributes.get("aria-current")] == ["tab-shipped"]


def test_list_begins_with_what_waits_for_acceptance(annas_browser: Client) -> None:
    place_all([payload(channel_order_id="A"), payload(channel_order_id="S", status="SHIPPED")])

    assert numbers(parsed(annas_browser.get("/orders/"))) == ["A"]


def test_search_looks_through_every_tab_unless_one_is_chosen(annas_browser: Client) -> None:
    place_all([payload(channel_order_id="FIND-1"), payload(channel_order_id="FIND-2", status="SHIPPED"), payload()])

    everywhere = parsed(annas_browser.get("/orders/?q=find"))

    assert sorted(numbers(everywhere)) == ["FIND-1", "FIND-2"]
    assert numbers(parsed(annas_browser.get("/orders/?q=find&view=shipped"))) == ["FIND-2"]
    assert everywhere.one(id="list-q").attributes["value"] == "find"
    # Counting what a search finds elsewhere costs as much as searching there.
    assert [count.text for count in everywhere.all(class_="tabs__count")] == ["2"]


def test_paging_leads_forth_and_back_and_keeps_the_state(
    annas_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_state, "SIZE", 2)
    place_all([payload(channel_order_id=f"PAGE-{at}", created_at=MORNING + timedelta(minutes=at)) for at in range(5)])

    first = parsed(annas_browser.get("/orders/?view=all&q=page"))
    second = parsed(annas_browser.get("/orders/" + first.one(id="page-next").attributes["href"]))
    again = parsed(annas_browser.get("/orders/" + second.one(id="page-previous").attributes["href"]))

    assert [numbers(root) for root in (first, second, again)] == [
        ["PAGE-4", "PAGE-3"], ["PAGE-2", "PAGE-1"], ["PAGE-4", "PAGE-3"],
    ]  # fmt: skip
    state = parse_qs(urlsplit(second.one(id="page-next").attributes["href"]).query)
    assert (state["view"], state["q"], list(state)) == (["all"], ["page"], ["view", "q", "after"])


@pytest.mark.parametrize("cursor", ["after=x", "before=%00", "after=999999999999999999.1", "before=1.2.3"])
def test_damaged_link_shows_the_first_page_and_says_so(annas_browser: Client, cursor: str) -> None:
    place(channel_order_id="A")

    root = parsed(annas_browser.get(f"/orders/?view=all&{cursor}"))

    assert numbers(root) == ["A"]
    assert root.one(id="messages").text == "That link to a page of the list is damaged. This is the first page."


def test_nothing_yet_without_a_connection_leads_to_the_connections(annas_browser: Client) -> None:
    nothing = parsed(annas_browser.get("/orders/")).one(class_="nothing")

    assert (nothing.one("h2").text, nothing.one("a").attributes["href"]) == ("No orders yet", "/connections/")


def test_nothing_yet_while_orders_are_read_says_to_look_again(annas_browser: Client) -> None:
    Cursor.objects.create(connection=shop(), resource="orders")

    assert parsed(annas_browser.get("/orders/")).one(class_="nothing").one("a").text == "Look again"


def test_empty_tab_says_that_nothing_is_left(annas_browser: Client) -> None:
    place(status="SHIPPED")

    assert parsed(annas_browser.get("/orders/?view=late")).one(class_="nothing").text == (
        "Nothing here Nothing is late. Show all of them"
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [("zzzz", "Nothing matches “zzzz”"), ("zz\0zz", "Nothing matches “zzzz”"), ("zz", "Type a little more")],
)
def test_search_without_a_match_can_be_cleared(annas_browser: Client, text: str, title: str) -> None:
    place()

    nothing = parsed(annas_browser.get("/orders/", {"q": text, "view": "all"})).one(class_="nothing")

    assert nothing.one("h2").text == title
    assert nothing.all("a")[-1].attributes["href"] == "?view=all"


def test_freshness_tells_how_far_each_connection_is_read(annas_browser: Client) -> None:
    Cursor.objects.create(
        connection=shop(),
        resource="orders",
        complete_to=NOON - timedelta(seconds=30),
        next_at=NOON + timedelta(minutes=5),
    )

    item = parsed(annas_browser.get("/orders/?view=all")).one(class_="freshness__text")

    assert item.text == "Nord complete up to 11:59:30 , next at 12:05:00"


@pytest.mark.parametrize(
    ("state", "cursor", "words"),
    [
        (State.ACTIVE, {"next_at": NOON}, "Nord not read yet, next now"),
        (State.ACTIVE, {"claim": "x", "claimed_until": NOON + timedelta(1)}, "Nord not read yet, being read now"),
        (State.PAUSED, {"next_at": NOON}, "Nord not read yet, paused"),
    ],
)
def test_freshness_tells_what_comes_next(
    annas_browser: Client, state: State, cursor: dict[str, object], words: str
) -> None:
    connection = shop()
    connection.state = state
    connection.save()
    Cursor.objects.create(connection=connection, resource="orders", **cursor)

    assert parsed(annas_browser.get("/orders/")).one(class_="freshness__text").text == words


def test_freshness_marks_a_connection_in_trouble(annas_browser: Client) -> None:
    connection = shop()
    connection.trouble = Trouble.BROKEN
    connection.save()
    Cursor.objects.create(connection=connection, resource="orders")

    assert len(parsed(annas_browser.get("/orders/")).one(class_="freshness__text").all("svg")) == 1


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("headers", [{}, to("results")], ids=["page", "fragment"])
def test_list_costs_the_same_for_any_number_of_rows(
    annas_browser: Client, number: int, headers: dict[str, str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place_all([payload() for _ in range(number)])
    Cursor.objects.create(connection=shop(), resource="orders")

    # Session, person, rights; saved views and habits; rows, lines, the newest id, what is asked; all counts; readings;
    # connections and channels that can be chosen. The page has the frame around it besides.
    with django_assert_num_queries(13 if headers else 18):
        response = annas_browser.get("/orders/?view=all", headers=headers)

    assert len(parsed(response).all("a", "row-link")) == number
