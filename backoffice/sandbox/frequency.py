"""The published call frequencies (domain.md §1.2), enforced."""

from __future__ import annotations

import math
import threading
from datetime import datetime, timedelta

from backoffice.sandbox.answers import RefusedError

# A caller that keeps the pace to the second arrives a little early now and then: the network is not a metronome.
GRACE = 0.05


class Frequency:
    """When each client last called each operation, where it says so for each id by itself."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str, str], datetime] = {}

    def count(self, client_id: str, operation_id: str, *, every: float, now: datetime, of: str = "") -> None:
        """Count one call `of` this id. Raises RefusedError 429 with `Retry-After` when the last was less than `every`
        seconds ago."""
        with self._lock:
            last = self._last.get((client_id, operation_id, of))
            wait = every - (now - last).total_seconds() if last else 0
            if wait > every * GRACE:
                each = f"{operation_id} for this id" if of else operation_id
                text = f"{each} may be called once every {every:g} s. Wait {math.ceil(wait)} s."
                raise RefusedError(429, text).with_header("Retry-After", str(math.ceil(wait)))
            self._last[client_id, operation_id, of] = now

    def forget(self) -> None:
        with self._lock:
            self._last.clear()


def seconds(interval: timedelta, speed: float) -> float:
    return interval.total_seconds() / speed
