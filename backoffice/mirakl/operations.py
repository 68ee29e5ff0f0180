"""An endpoint as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """How one learns what became of a call."""

    NOW = "now"  # the answer is the outcome
    TRACKED = "tracked"  # the answer holds an action id, whose status is asked for
    READ_BACK = "read-back"  # only reading the object again shows it


@dataclass(frozen=True, slots=True)
class Pace:
    """The published maximum call frequency. `per` names a path parameter: each value of it has a clock of its own."""

    calls: int
    seconds: float
    per: str = ""

    @property
    def interval(self) -> float:
        """Seconds between two calls."""
        return self.seconds / self.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of an API family. `path` is relative to the family's base URL; {name} stands for one segment.

    `pace` is None where Mirakl says "on need". `repeatable` calls change nothing at Mirakl, or nothing more when made
    twice: only these are sent again after an answer that did not come.
    """

    id: str
    family: str
    method: str
    path: str
    pace: Pace | None
    repeatable: bool
    outcome: Outcome
    deprecated: bool = False

    @property
    def name(self) -> str:
        """Of the client's method: `v2-listOrders` is `list_orders`; a deprecated one ends in `_v1`."""
        snake = re.sub(r"(?=[A-Z])", "_", self.id.removeprefix("v2-")).lower()
        return f"{snake}_v1" if self.deprecated else snake
