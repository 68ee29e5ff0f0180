"""What the clients did, as they know it: the judge believes this and the sandbox, not our rows."""

from __future__ import annotations

import threading
from collections import Counter

from tests.chaos.evidence import Pressed


class Ledger:
    """Shared by all clients. `forms`: how many jobs were begun, by which the events are timed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.presses: list[Pressed] = []
        self.undo_pressed: set[int] = set()
        self.again_pressed: set[int] = set()
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []  # what a client did not expect
        # The client that sends the bulk of a Job.killed waits for the first, and sets the second.
        self.bulk_awaited, self.bulk_on_its_way = threading.Event(), threading.Event()
        self.forms = 0
        self.most = 0  # forms that may be begun before the next event

    def begin(self) -> None:
        with self._lock:
            self.forms += 1

    def pressed(self, press: Pressed) -> None:
        with self._lock:
            self.presses.append(press)
            self.counts[f"form {press.answer}"] += 1

    def undo(self, *actions: int) -> None:
        """To be told before the button is pressed: its answer may be lost."""
        with self._lock:
            self.undo_pressed.update(actions)
            self.counts["undo"] += len(actions)

    def again(self, action: int) -> None:
        with self._lock:
            self.again_pressed.add(action)
            self.counts["again"] += 1

    def fault(self, text: str) -> None:
        with self._lock:
            self.faults.append(text)
            print(f"Unexpected: {text}", flush=True)
