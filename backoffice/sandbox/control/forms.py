"""The forms of the page: from the texts of a form to the arguments of the verb of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from backoffice.sandbox.answers import from_json

NUMBERS = {
    *("count", "lines", "quantity", "attachments"),
    *("times", "after", "retry_after"),
    *("token_seconds", "largest_attachment", "seed"),
}
AMOUNTS = {"unit_price", "seconds", "speed", "share", "settle_seconds", "show_seconds", "catalog_seconds"}
CHECKBOXES = {
    "configure": ("limits", "alive", "strict_audience", "strict_decisions", "strict_returns"),
    "script-action": ("mixed",),
}
VISIBLE = {"yes": True, "no": False, "not said": None}

DONE = {
    "place": "The order was placed.",
    "place-many": "The orders were placed.",
    "order-step": "The order was moved on.",
    "update": "The order was changed.",
    "anonymise-order": "The order and its conversations are anonymised.",
    "open-return": "The return was opened.",
    "change-return": "The return was changed.",
    "add-document": "The order has one document more.",
    "customer-writes": "The customer has written.",
    "channel-writes": "The marketplace has written.",
    "anonymise-conversation": "The conversation is anonymised.",
    "put-product": "The product is there.",
    "drop-product": "The product is gone.",
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
    said = {key: text.strip() for key, text in form.items() if text.strip()}
    more = _object(said.pop("fields", "{}"))
    found = {key: _value(name, key, text) for key, text in said.items()}
    for box in CHECKBOXES.get(name, ()):
        found[box] = box in form
    if name in ("fault", "script-action") and found.get("times") == 0:
        found["times"] = None
    return {**found, **more}


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = from_json(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The fields are no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise ValueError("The fields are written as a JSON object, in braces.")  # noqa: TRY004 -- a fault of the form
    return found


def _value(form: str, key: str, text: str) -> Any:
    try:
        if key in NUMBERS or (form, key) == ("fault", "status"):
            return _at_least_0(key, int(text))
        if key in AMOUNTS:
            return _at_least_0(key, Decimal(text))
    except (ValueError, InvalidOperation):
        raise ValueError(f"{key.replace('_', ' ')} is a number of 0 or more, not {text[:20]!r}.") from None
    return VISIBLE.get(text) if key == "visible_to_customer" else text


def _at_least_0(key: str, number: Any) -> Any:
    if not 0 <= number < 10**9:
        raise ValueError(key)
    return number
