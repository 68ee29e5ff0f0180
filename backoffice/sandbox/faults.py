"""Scripted trouble: which calls go wrong, and how."""

from __future__ import annotations

import threading
from typing import Literal

import msgspec

Kind = Literal["429", "500", "503", "401", "slow", "html", "broken-json", "cut", "expired-page-token"]


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`times` None: until it is cleared. `after`: so many calls of the operation pass first."""

    operation: str = "*"
    kind: Kind
    times: int | None = 1
    after: int = 0
    retry_after: int | None = None  # 429: seconds for the header; None sends no header
    seconds: float = 3.0  # slow
    status: int = 200  # html: the status that comes with the page
    after_commit: bool = False  # cut: the call takes effect, only its answer is lost

    def concerns(self, operation: str, *, with_page_token: bool) -> bool:
        if self.kind == "expired-page-token" and not with_page_token:
            return False
        return self.operation in ("*", operation)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scripted: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._scripted.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._scripted.clear()

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._scripted)

    def strike(self, operation: str, *, with_page_token: bool) -> Fault | None:
        """The fault that this call meets. Every fault that concerns the operation counts the call for its `after`."""
        struck: Fault | None = None
        with self._lock:
            for fault in self._scripted:
                if not fault.concerns(operation, with_page_token=with_page_token):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                elif struck is None:
                    struck = fault
            if struck is not None and struck.times is not None:
                struck.times -= 1
                if struck.times <= 0:
                    self._scripted.remove(struck)
        return struck
