"""When a call is made again by the client itself: seldom, soon, and never a write whose fate is open."""

from __future__ import annotations

from dataclasses import dataclass

from backoffice.mirakl.errors import Broken, MiraklError, NoAnswer, Redirected, TooLarge, TooSoon, Unreadable

PATIENCE = 2.0  # seconds that a call may wait; whoever has to wait longer is told so and comes back


@dataclass(frozen=True, slots=True)
class Retries:
    """Seconds to wait before each repetition; there are as many repetitions as waits."""

    waits: tuple[float, ...]

    def wait(self, error: MiraklError, attempt: int, *, repeatable: bool) -> float | None:
        """Seconds until the call is made again after this error of its n-th attempt (from 1); None: it is final."""
        if attempt > len(self.waits):
            return None
        if isinstance(error, TooSoon):  # refused at the door: a write was not carried out either
            return error.retry_after if error.retry_after <= PATIENCE else None
        if not repeatable or isinstance(error, Redirected | TooLarge):
            return None
        return self.waits[attempt - 1] if isinstance(error, NoAnswer | Broken | Unreadable) else None


RETRIES = Retries(waits=(0.25, 1.0))
