"""Amounts as people read them: exact, with the currency's ISO code."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import get_currency_precision
from django.utils.formats import number_format

# Far above every amount; beyond it digits are no longer spelled out, they would fill the page.
LONGEST = 30


def money(amount: Decimal, currency: str) -> str:
    """1,234.50 EUR. Never rounded: as many decimals as the currency has, more where the amount has more."""
    return f"{_number(amount, get_currency_precision(currency))}\N{NO-BREAK SPACE}{currency}".rstrip()


def _number(amount: Decimal, decimals: int) -> str:
    if not amount.is_finite() or not -LONGEST < amount.adjusted() < LONGEST:
        return str(amount)
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # only infinities and NaN have letters there
    return number_format(amount, decimal_pos=max(decimals, -exponent), force_grouping=True)
