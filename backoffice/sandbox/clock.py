"""The world's clock: real time plus an offset that only grows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backoffice.sandbox.store import Store


class Clock:
    """`now()` is the only "now" of the sandbox. The offset outlives a restart: the world would lie in the future."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._offset = timedelta(seconds=float(store.fact("clock_offset") or 0))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move time on and tell the new now. Raises ValueError for a step back."""
        if seconds < 0:
            raise ValueError("The clock only moves forward.")
        self._offset += timedelta(seconds=seconds)
        self._store.remember("clock_offset", str(self._offset.total_seconds()))
        return self.now()
