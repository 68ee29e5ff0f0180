"""What is asked of Mirakl about an order, in words for staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from orders.enums import Status

Differences = list[tuple[str, str, str]]  # what it is, what it was, what it is now


def of_decisions(lines: Mapping[str, bool]) -> str:
    """Accept 2 lines, Refuse 1 line."""
    accepted = sum(lines.values())
    refused = len(lines) - accepted
    accept = ngettext("Accept %(number)d line", "Accept %(number)d lines", accepted) % {"number": accepted}
    refuse = ngettext("Refuse %(number)d line", "Refuse %(number)d lines", refused) % {"number": refused}
    return ", ".join(filter(None, (accept if accepted else "", refuse if refused else "")))


def of_many(number: int, lines: Mapping[str, bool]) -> str:
    """Accept 300 orders; "" where they were not all decided alike."""
    if all(lines.values()):
        return ngettext("Accept %(number)d order", "Accept %(number)d orders", number) % {"number": number}
    if not any(lines.values()):
        return ngettext("Refuse %(number)d order", "Refuse %(number)d orders", number) % {"number": number}
    return ""


def of_the_end(lines: Mapping[str, bool]) -> str:
    """What the order will be when the decisions have their way."""
    if all(lines.values()):
        return gettext("Accepted")
    return gettext("Accepted in part") if any(lines.values()) else gettext("Refused")


def of_a_parcel(request: Mapping[str, Any]) -> str:
    """Ship 3 units with DHL, JD014600003."""
    units = sum(request["items"].values())
    said = ngettext("Ship %(number)d unit", "Ship %(number)d units", units) % {"number": units}
    if carrier := request.get("carrier"):
        said = gettext("%(ship)s with %(carrier)s") % {"ship": said, "carrier": carrier}
    return ", ".join(filter(None, (said, request.get("tracking_number"))))


def of_units_shipped(items: Mapping[str, int]) -> str:
    """3 units shipped."""
    units = sum(items.values())
    return ngettext("%(number)d unit shipped", "%(number)d units shipped", units) % {"number": units}


def of_differences(before: Mapping[str, list[Any]], after: Mapping[str, list[Any]]) -> Differences:
    """Both sides: by line id its SKU, quantity, price and status, or as many of these as matter."""
    names = [*before, *(line for line in after if line not in before)]
    return [row for line in names for row in _of_one_line(before.get(line), after.get(line))]


def _of_one_line(before: list[Any] | None, after: list[Any] | None) -> Differences:
    names = (gettext("SKU"), gettext("quantity"), gettext("price"), gettext("status"))
    sku = str((after or before or [""])[0])
    if before is None or after is None:
        here, gone = gettext("on the order"), gettext("not on the order")
        return [(sku, gone if before is None else here, gone if after is None else here)]
    pairs = zip(names, before, after, strict=False)
    return [(f"{sku}: {name}", _word(old), _word(new)) for name, old, new in pairs if old != new]


def _word(value: object) -> str:
    """A status in our words, anything else as it is."""
    return str(Status(value).label) if value in Status.values else str(value)
