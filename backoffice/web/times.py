"""Moments in words, in the zone that is active: the viewer's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

DAY = timedelta(days=1)


def local(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """In a zone, the viewer's if none is given. The first and the last hours that Python knows stay in UTC where that
    zone has no name for them: others write such dates where they mean none."""
    try:
        return timezone.localtime(moment, zone)
    except OverflowError:
        return moment.astimezone(UTC)


def exact(moment: datetime) -> str:
    """21 Nov 2026, 12:04 CET"""
    return _exact(moment, timezone.get_current_timezone(), get_language())


@lru_cache(maxsize=10_000)
def _exact(moment: datetime, zone: tzinfo, language: str | None) -> str:
    """Every list writes a hundred of them, and mostly the same as a minute ago."""
    there = local(moment, zone)
    shown = date_format(there, pgettext("date and time in Django's format letters", "j M Y, H:i"))
    return f"{shown} {there.tzname()}"


def clock(moment: datetime, now: datetime) -> str:
    """12:04:30 on the day of `now`, with the date on any other day."""
    there = local(moment)
    if there.date() == local(now).date():
        return date_format(there, pgettext("time in Django's format letters", "H:i:s"))
    return date_format(there, pgettext("date and exact time in Django's format letters", "j M Y, H:i:s"))


def minute(moment: datetime, now: datetime) -> str:
    """16:20 on the day of `now`, 23 Nov, 16:20 on any other, with the year when it is another one."""
    there, today = local(moment), local(now).date()
    if there.date() == today:
        return date_format(there, pgettext("hour and minute in Django's format letters", "H:i"))
    if there.year == today.year:
        return date_format(there, pgettext("date and minute in Django's format letters", "j M, H:i"))
    return date_format(there, pgettext("date and minute with the year in Django's format letters", "j M Y, H:i"))


def length(span: timedelta) -> str:
    """A span in its largest unit, rounded down: 45 s, 12 min, 3 h, 2 days."""
    if span < timedelta(minutes=1):
        return gettext("%(number)d s") % {"number": span // timedelta(seconds=1)}
    if span < timedelta(hours=1):
        return gettext("%(number)d min") % {"number": span // timedelta(minutes=1)}
    if span < DAY:
        return gettext("%(number)d h") % {"number": span // timedelta(hours=1)}
    days = span // DAY
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def age(moment: datetime, now: datetime) -> str:
    """3 h ago; a moment that is still to come counts as now: clocks differ."""
    if now - moment < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(span)s ago") % {"span": length(now - moment)}


def due(moment: datetime, now: datetime) -> str:
    """in 3 h, or: late by 3 h."""
    if moment < now:
        return gettext("late by %(span)s") % {"span": length(now - moment)}
    return gettext("in %(span)s") % {"span": length(moment - now)}


def urgency(moment: datetime, now: datetime) -> str:
    """late, soon (within a day), or nothing."""
    if moment < now:
        return "late"
    return "soon" if moment - now < DAY else ""
