"""How values look on every page: moments, amounts, places in the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.web import times
from backoffice.web.money import money

register = template.Library()


class Amount(Protocol):
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


@register.simple_tag
def age(moment: datetime, now: datetime) -> SafeString:
    """How long ago; the exact moment as a tooltip and for screen readers."""
    return _time(moment, times.age(moment, now))


@register.simple_tag
def due(moment: datetime, now: datetime) -> SafeString:
    """How long until, or how late."""
    return _time(moment, times.due(moment, now))


@register.simple_tag
def exact(moment: datetime) -> SafeString:
    """The date and minute, with the zone."""
    return format_html('<time datetime="{}">{}</time>', _iso(moment), times.exact(moment))


@register.simple_tag
def clock(moment: datetime, now: datetime) -> SafeString:
    """The second, and the date when it is not today's."""
    text = times.clock(moment, now)
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(moment), times.exact(moment), text)


@register.filter
def urgency(moment: datetime, now: datetime) -> str:
    return times.urgency(moment, now)


@register.filter
def amount(value: Amount) -> str:
    return money(value.amount, value.currency)


@register.filter
def amount_in(value: Decimal, currency: str) -> str:
    return money(value, currency)


@register.filter
def amounts(values: Iterable[Amount]) -> str:
    """Amounts of several currencies stand beside each other, never in one sum."""
    return " + ".join(money(value.amount, value.currency) for value in values) or "–"


@register.simple_tag
def zone_name() -> str:
    """The zone in which this page shows its times."""
    return timezone.get_current_timezone_name()


def _time(moment: datetime, text: str) -> SafeString:
    exactly = times.exact(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}<span class="visually-hidden"> ({})</span></time>',
        _iso(moment),
        exactly,
        text,
        exactly,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
