from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from backoffice.lists import keyset
from backoffice.lists.keyset import Order as Sorted
from backoffice.lists.keyset import Page, Position
from orders.models import Order
from tests.orders.rows import MORNING, payload, place_all

pytestmark = pytest.mark.django_db

WAYS = [Sorted("created_at"), Sorted("created_at", descending=True)]


@pytest.fixture
def seven() -> list[int]:
    """Seven orders; the third to the fifth were created in the same instant."""
    hours = [0, 1, 2, 2, 2, 3, 4]
    return [order.pk for order in place_all([payload(created_at=MORNING + timedelta(hours=hour)) for hour in hours])]


def pks(page: Page[Order]) -> list[int]:
    return [order.pk for order in page.rows]


def all_pages(order: Sorted) -> list[Page[Order]]:
    """Walks forward to the end, three rows at a time."""
    pages = [keyset.first(Order.objects.all(), order, 3)]
    while pages[-1].after and len(pages) < 9:
        position = Position.parse(pages[-1].after, Order, order)
        pages.append(keyset.after(Order.objects.all(), order, 3, position))
    return pages


@pytest.mark.parametrize(
    ("order", "turned"),
    [(WAYS[0], False), (WAYS[1], True), (Sorted("pk"), False), (Sorted("pk", descending=True), True)],
)
def test_pages_hold_every_row_once_in_order(seven: list[int], order: Sorted, turned: bool) -> None:
    pages = all_pages(order)

    assert [pk for page in pages for pk in pks(page)] == (seven[::-1] if turned else seven)
    assert [len(page.rows) for page in pages] == [3, 3, 1]


@pytest.mark.parametrize("order", WAYS)
def test_way_back_shows_the_pages_of_the_way_there(seven: list[int], order: Sorted) -> None:
    pages = all_pages(order)

    for earlier, later in pairwise(pages):
        position = Position.parse(later.before, Order, order)
        assert pks(keyset.before(Order.objects.all(), order, 3, position)) == pks(earlier)
    assert pages[0].before == ""


def test_page_before_is_the_whole_first_page_when_little_is_left(seven: list[int]) -> None:
    second = Position.of(Order.objects.get(pk=seven[1]), WAYS[0])

    page = keyset.before(Order.objects.all(), WAYS[0], 3, second)

    assert (pks(page), page.before) == (seven[:3], "")


def test_page_after_the_last_row_is_the_first_page(seven: list[int]) -> None:
    last = Position.of(Order.objects.get(pk=seven[-1]), WAYS[0])

    page = keyset.after(Order.objects.all(), WAYS[0], 3, last)

    assert (pks(page), page.before) == (seven[:3], "")


def test_rows_that_come_in_meanwhile_repeat_and_skip_none(seven: list[int]) -> None:
    first = keyset.first(Order.objects.all(), WAYS[1], 3)
    place_all([payload(created_at=MORNING + timedelta(days=1))])

    second = keyset.after(Order.objects.all(), WAYS[1], 4, Position.parse(first.after, Order, WAYS[1]))

    assert pks(first) + pks(second) == seven[:][::-1]


@pytest.mark.parametrize("order", WAYS)
def test_chunks_are_the_whole_list_in_its_order(seven: list[int], order: Sorted) -> None:
    chunks = list(keyset.chunks(Order.objects.all(), order, 3))

    assert [row.pk for chunk in chunks for row in chunk] == (seven[::-1] if order.descending else seven)
    assert list(keyset.chunks(Order.objects.none(), order, 3)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created_at", MORNING),
        ("created_at", datetime(9999, 1, 1, tzinfo=UTC)),
        ("created_at", datetime(1, 1, 2, tzinfo=UTC)),
        ("total", Decimal("-12.3400")),
        ("total", Decimal("1E+3")),
        ("number", "N-1.2 & ä"),
        ("number", ""),
        ("digest", -5),
        ("pk", 7),
    ],
)
def test_position_survives_a_url(field: str, value: datetime | Decimal | str | int) -> None:
    position = Position(value, 7)

    assert Position.parse(str(position), Order, Sorted(field)) == position


@pytest.mark.parametrize(
    "text",
    [
        "x", "1", "1.", ".1", "1.x", "1.2.3", "1,2", "9" * 19 + ".1", "9" * 18 + ".1", "1." + "9" * 19, "1.-2", "١.٢",
        "1.2\n",
    ],
)  # fmt: skip
def test_position_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a position|no number|nothing has"):
        Position.parse(text, Order, Sorted("created_at"))


@pytest.mark.parametrize(
    ("field", "text"), [("total", "NaN.1"), ("total", "1e9.1"), ("number", "\0.1"), ("number", "x" * 501 + ".1")]
)
def test_value_that_no_row_has_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"of ours|no amount"):
        Position.parse(text, Order, Sorted(field))
