"""Waiting for a condition, because a fixed sleep is either too long or too short."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(condition: Callable[[], object], *, seconds: float = 10) -> None:
    """Returns as soon as the condition holds; fails when it does not within the time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "It did not happen in time."
        time.sleep(0.01)
