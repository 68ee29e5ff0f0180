"""The forms of the page: from the texts of a form to the arguments of the verb of the same name."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

NUMBERS = {"count", "lines", "quantity", "times", "after", "retry_after", "token_seconds", "seed"}
AMOUNTS = {"unit_price", "seconds", "speed", "share", "settle_seconds", "show_seconds"}
CHECKBOXES = {
    "configure": ("limits", "alive", "strict_audience", "strict_decisions"),
    "script-action": ("mixed",),
}

DONE = {
    "place": "The order was placed.",
    "place-many": "The orders were placed.",
    "update": "The order was changed.",
    "fault": "The trouble is scripted.",
    "clear-faults": "No trouble is scripted any more.",
    "script-action": "The marketplace will end the action so.",
    "clear-scripts": "The marketplace ends every action in the ordinary way again.",
    "settle": "The marketplace has ended what was pending.",
    "advance": "The clock was moved forward.",
    "configure": "The switches are set.",
    "revoke-tokens": "All tokens are revoked.",
    "clear-journal": "The journal is empty.",
}


def arguments(name: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """What the form says; an empty field says nothing. Raises ValueError."""
    found: dict[str, Any] = {key: _value(key, text.strip()) for key, text in form.items() if text.strip()}
    for box in CHECKBOXES.get(name, ()):
        found[box] = box in form
    if name in ("fault", "script-action") and found.get("times") == 0:
        found["times"] = None
    return found


def _value(key: str, text: str) -> Any:
    try:
        if key in NUMBERS:
            return _at_least_0(key, int(text))
        if key in AMOUNTS:
            return _at_least_0(key, Decimal(text))
    except (ValueError, InvalidOperation):
        raise ValueError(f"{key.replace('_', ' ')} is a number of 0 or more, not {text[:20]!r}.") from None
    return text


def _at_least_0(key: str, number: Any) -> Any:
    if not 0 <= number < 10**9:
        raise ValueError(key)
    return number
