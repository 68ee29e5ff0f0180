"""Scripted trouble: which calls go wrong, and how."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from backoffice.sandbox.switches import Switches

Kind = Literal[
    "429",
    "500",
    "503",
    "401",
    "403",
    "404",
    "410",
    "slow",
    "html",
    "wrong-type",
    "broken-json",
    "truncated",
    "empty",
    "cut",
    "expired-page-token",
]
STATUSES = ("401", "403", "404", "410", "429", "500", "503")  # the kinds that are refusals


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`times` None: until it is cleared. `after`: so many calls of the operation pass first. `share` leaves it to
    chance, the same for the same seed and the same number of calls before.

    A cut or a refusal comes `when`: "before" the call has an effect, or "after_commit" (as `after_commit` says too); a
    cut also "midway", with half of the answer's body on the wire. What spoils an answer comes after the effect: `html`
    puts a page in its place, `wrong-type` calls it plain text, `broken-json` and `truncated` keep half of it, the one
    as JSON, the other as what it was, `empty` nothing.
    """

    operation: str = "*"
    kind: Kind
    times: int | None = 1
    after: int = 0
    retry_after: int | None = None  # 429: seconds for the header; None sends no header
    seconds: float = 3.0  # slow
    status: int = 200  # html: the status that comes with the page
    after_commit: bool = False  # cut, refusals: the call takes effect, only its answer is lost
    when: Literal["before", "after_commit", "midway"] = "before"
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.after_commit and self.when == "before":
            self.when = "after_commit"
        self.after_commit = self.when != "before"
        if not 0 <= self.share <= 1:
            raise ValueError("share is a number from 0 to 1.")
        if self.when == "midway" and self.kind != "cut":
            raise ValueError("Only a cut comes midway.")

    def concerns(self, operation: str, *, with_page_token: bool) -> bool:
        if self.kind == "expired-page-token" and not with_page_token:
            return False
        return self.operation in ("*", operation)


@dataclass
class Scripted:
    """A fault, its number among those scripted since the last clearing, and how many calls were left to its chance."""

    fault: Fault
    number: int
    drawn: int = 0

    def hits(self, seed: int) -> bool:
        self.drawn += 1
        chance = Random(f"{seed} {self.number} {self.drawn}").random()  # noqa: S311 -- the same every time
        return chance < self.fault.share


class Faults:
    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._lock = threading.Lock()
        self._scripted: list[Scripted] = []
        self._numbers = count(1)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._scripted.append(Scripted(fault, next(self._numbers)))

    def clear(self) -> None:
        with self._lock:
            self._scripted.clear()
            self._numbers = count(1)

    def waiting(self) -> list[Fault]:
        with self._lock:
            return [scripted.fault for scripted in self._scripted]

    def strike(self, operation: str, *, with_page_token: bool) -> Fault | None:
        """The fault that this call meets. Every fault that concerns the operation counts the call for its `after`."""
        struck: Scripted | None = None
        with self._lock:
            for scripted in self._scripted:
                fault = scripted.fault
                if not fault.concerns(operation, with_page_token=with_page_token):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif struck is None and scripted.hits(self._switches.seed):
                    struck = scripted
            if struck is None:
                return None
            if struck.fault.times is not None:
                struck.fault.times -= 1
                if struck.fault.times <= 0:
                    self._scripted.remove(struck)
        return struck.fault
