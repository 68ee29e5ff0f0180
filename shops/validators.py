"""Rules for what an administrator types into a channel's policy."""

from __future__ import annotations

import zoneinfo
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_HOLIDAYS = 400  # more than a year has days: somebody pasted something else


def validate_time_zone(name: str) -> None:
    """A name of the time zone database, for example Europe/Paris."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("There is no time zone named “%(name)s”. Names look like Europe/Paris or UTC."), params={"name": name}
        )


def dates_of(text: str) -> list[date]:
    """The dates of a text with one on each line. Raises ValidationError that names every line it cannot read."""
    found, wrong = list[date](), list[ValidationError]()
    for number, line in enumerate(text.splitlines(), 1):
        if not (words := line.strip()):
            continue
        try:
            found.append(date.fromisoformat(words))
        except ValueError:
            values = {"number": number, "text": words[:40]}
            wrong.append(
                ValidationError(_("Line %(number)d, “%(text)s”, is no date. Write it like 2026-12-25."), params=values)
            )
    if wrong:
        raise ValidationError(wrong[:10])
    if len(found) > MOST_HOLIDAYS:
        raise ValidationError(_("These are more than %(most)d holidays."), params={"most": MOST_HOLIDAYS})
    return found


def validate_holidays(text: str) -> None:
    """One date on each line."""
    dates_of(text)
