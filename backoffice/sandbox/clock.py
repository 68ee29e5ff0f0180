"""The world's clock: real time plus an offset that only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backoffice.sandbox.store import Store

LONGEST = 100 * 365 * 86400.0  # seconds; far later there is no date left for what follows an order


class Clock:
    """`now()` is the only "now" of the sandbox. The offset outlives a restart: the world would lie in the future."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = timedelta(seconds=float(store.fact("clock_offset") or 0))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move time on and tell the new now. Raises ValueError for a step back or too far, and then nothing moved."""
        if not seconds >= 0:  # no number at all is not either
            raise ValueError("The clock only moves forward.")
        with self._store.lock:
            offset = self._offset.total_seconds() + seconds
            if offset > LONGEST:
                raise ValueError("The clock goes at most 100 years ahead.")
            self._store.remember("clock_offset", str(offset))
            self._offset = timedelta(seconds=offset)
        return self.now()
