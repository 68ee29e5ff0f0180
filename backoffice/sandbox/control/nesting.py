"""How deep a value may go that is put in by hand: what is stored is copied and read again, level by level."""

from __future__ import annotations

from typing import Any

from backoffice.sandbox.answers import from_json

MOST_LEVELS = 100


def read(text: bytes | str) -> Any:
    """What a JSON text says. Raises ValueError."""
    try:
        return checked(from_json(text))
    except RecursionError:
        raise _too_deep() from None


def checked(value: Any) -> Any:
    """The value itself. Raises ValueError."""
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [inner for outer in level for inner in _within(outer)]
        if not level:
            return value
    raise _too_deep()


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> ValueError:
    return ValueError(f"At most {MOST_LEVELS} levels can lie within each other.")
