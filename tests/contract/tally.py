"""Counts what was judged, and tells it at the end of the run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Attack:
    """Of one operation."""

    cases: int = 0
    failures: int = 0


@dataclass
class Tally:
    """For each operation: requests, answers and error answers that were found to conform."""

    requests: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    attacks: dict[str, Attack] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    seed: int = 0
    began: float = field(default_factory=time.monotonic)
    _counting: bool = True

    def request(self, operation_id: str) -> None:
        self.requests[operation_id] += self._counting

    def answer(self, operation_id: str) -> None:
        self.answers[operation_id] += self._counting

    def error(self, operation_id: str) -> None:
        self.errors[operation_id] += self._counting

    def attack(self, operation_id: str) -> Attack:
        return self.attacks.setdefault(operation_id, Attack()) if self._counting else Attack()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """While a damaged message is shown to the judge."""
        before, self._counting = self._counting, False
        try:
            yield
        finally:
            self._counting = before

    def unjudged(self) -> list[str]:
        """Cells of the table with nothing in them."""
        columns = {"requests": self.requests, "answers": self.answers, "error answers": self.errors}
        found = [f"{one}: no {name}" for one in self.operations for name, counts in columns.items() if not counts[one]]
        return found + [f"{one}: not attacked" for one in self.operations if not self.attack(one).cases]

    def table(self) -> Iterable[str]:
        """The report, line by line."""
        width = max(map(len, self.operations))
        columns = (self.requests, self.answers, self.errors)
        yield f"{'operation':{width}}  {'requests':>9} {'answers':>9} {'errors':>9} {'attacks':>9} {'failures':>9}"
        for one in self.operations:
            attack = self.attack(one)
            cells = [*(counts[one] for counts in columns), attack.cases, attack.failures]
            yield f"{one:{width}}  " + " ".join(f"{cell:>9,}" for cell in cells)
        attacks = [self.attack(one) for one in self.operations]
        sums = [*(sum(counts.values()) for counts in columns), *_sums(attacks)]
        yield f"{len(self.operations):>{width}}  " + " ".join(f"{cell:>9,}" for cell in sums)
        yield f"Attack: seed {self.seed}. All of it took {time.monotonic() - self.began:.0f} seconds."


def _sums(attacks: list[Attack]) -> tuple[int, int]:
    return sum(one.cases for one in attacks), sum(one.failures for one in attacks)


TALLY = Tally()
