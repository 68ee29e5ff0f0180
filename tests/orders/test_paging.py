from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from orders import paging
from orders.models import Order
from orders.paging import Page, Position
from tests.orders.rows import MORNING, payload, place_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def seven(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seven orders on pages of three; the third to the fifth were created in the same instant."""
    monkeypatch.setattr(paging, "PAGE", 3)
    hours = [0, 1, 2, 2, 2, 3, 4]
    return [order.pk for order in place_all([payload(created_at=MORNING + timedelta(hours=hour)) for hour in hours])]


def pks(page: Page) -> list[int]:
    return [order.pk for order in page.rows]


def all_pages(newest_first: bool) -> list[Page]:
    """Walks forward to the end."""
    pages = [paging.first_page(Order.objects.all(), "created_at", newest_first=newest_first)]
    while pages[-1].after and len(pages) < 9:
        position = Position.parse(pages[-1].after)
        pages.append(paging.page_after(Order.objects.all(), "created_at", position, newest_first=newest_first))
    return pages


@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_hold_every_row_once_in_order(seven: list[int], newest_first: bool) -> None:
    pages = all_pages(newest_first)

    assert [pk for page in pages for pk in pks(page)] == (seven[::-1] if newest_first else seven)
    assert [len(page.rows) for page in pages] == [3, 3, 1]


@pytest.mark.parametrize("newest_first", [False, True])
def test_way_back_shows_the_pages_of_the_way_there(seven: list[int], newest_first: bool) -> None:
    pages = all_pages(newest_first)

    for earlier, later in pairwise(pages):
        position = Position.parse(later.before)
        back = paging.page_before(Order.objects.all(), "created_at", position, newest_first=newest_first)
        assert pks(back) == pks(earlier)
    assert pages[0].before == ""


def test_page_before_is_the_whole_first_page_when_little_is_left(seven: list[int]) -> None:
    second = Position.of(Order.objects.get(pk=seven[1]), "created_at")

    page = paging.page_before(Order.objects.all(), "created_at", second, newest_first=False)

    assert (pks(page), page.before) == (seven[:3], "")


def test_page_after_the_last_row_is_the_first_page(seven: list[int]) -> None:
    last = Position.of(Order.objects.get(pk=seven[-1]), "created_at")

    page = paging.page_after(Order.objects.all(), "created_at", last, newest_first=False)

    assert (pks(page), page.before) == (seven[:3], "")


def test_rows_that_come_in_meanwhile_repeat_and_skip_none(seven: list[int]) -> None:
    first = paging.first_page(Order.objects.all(), "created_at", newest_first=True)
    place_all([payload(created_at=MORNING + timedelta(days=1))])

    second = paging.page_after(Order.objects.all(), "created_at", Position.parse(first.after), newest_first=True)

    assert pks(first) + pks(second) == seven[:0:-1]


@pytest.mark.parametrize("at", [MORNING, datetime(9999, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)])
def test_position_survives_a_url(at: datetime) -> None:
    position = Position(at, 7)

    assert Position.parse(str(position)) == position


@pytest.mark.parametrize(
    "text",
    ["x", "1", "1.", ".1", "1.x", "1.2.3", "1,2", "9" * 19 + ".1", "9" * 18 + ".1", "1." + "9" * 19, "١.٢", "1.2\n"],
)
def test_position_that_nobody_wrote_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a position|no calendar"):
        Position.parse(text)
