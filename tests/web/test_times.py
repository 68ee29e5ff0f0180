from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.web import times
from backoffice.web.money import money

NOW = datetime(2026, 11, 21, 12, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=0), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(hours=24), "1 day"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_length_is_rounded_down_in_its_largest_unit(span: timedelta, words: str) -> None:
    assert times.length(span) == words


def test_age_of_the_future_is_now() -> None:
    assert (times.age(NOW + timedelta(seconds=9), NOW), times.age(NOW - timedelta(hours=3), NOW)) == (
        "just now",
        "3 h ago",
    )


@pytest.mark.parametrize(
    ("hours", "words", "urgency"),
    [(-3, "late by 3 h", "late"), (0, "in 0 s", "soon"), (23, "in 23 h", "soon"), (24, "in 1 day", "")],
)
def test_deadline_says_late_in_a_word(hours: int, words: str, urgency: str) -> None:
    moment = NOW + timedelta(hours=hours)

    assert (times.due(moment, NOW), times.urgency(moment, NOW)) == (words, urgency)


def test_clock_names_the_day_only_when_it_is_another() -> None:
    assert times.clock(NOW, NOW) == "12:04:30"
    assert times.clock(NOW - timedelta(days=1), NOW) == "20 Nov 2026, 12:04:30"


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5000", "EUR", "1,234.50\N{NO-BREAK SPACE}EUR"),
        ("0", "EUR", "0.00\N{NO-BREAK SPACE}EUR"),
        ("-3.1", "USD", "-3.10\N{NO-BREAK SPACE}USD"),
        ("0.125", "EUR", "0.125\N{NO-BREAK SPACE}EUR"),
        ("1200", "JPY", "1,200\N{NO-BREAK SPACE}JPY"),
        ("1.234", "KWD", "1.234\N{NO-BREAK SPACE}KWD"),
        ("7", "", "7.00"),
        ("1E+40", "EUR", "1E+40\N{NO-BREAK SPACE}EUR"),
    ],
)
def test_money_is_exact_and_names_its_currency(amount: str, currency: str, shown: str) -> None:
    assert money(Decimal(amount), currency) == shown


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=4))
def test_money_loses_no_digit(amount: Decimal) -> None:
    assert Decimal(money(amount, "EUR").removesuffix("\N{NO-BREAK SPACE}EUR").replace(",", "")) == amount
