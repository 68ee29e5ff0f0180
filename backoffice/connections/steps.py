"""What one step of a check found, as it is stored and shown."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from backoffice.connections.enums import Layer, Outcome

LONGEST = 500  # characters of what was answered that are kept


@dataclass(frozen=True, slots=True)
class Found:
    """`said` and `values` name a sentence of `wording`; `text` is what was answered, in its own words."""

    outcome: Outcome
    said: str
    values: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def as_step(self, layer: Layer, milliseconds: int | None) -> dict[str, Any]:
        """One entry of `ConnectionCheck.steps`."""
        found = asdict(self) | {"text": self.text.replace("\0", "")[:LONGEST]}
        return {"layer": layer.value, "milliseconds": milliseconds, **found, "outcome": self.outcome.value}


def good(said: str, **values: object) -> Found:
    return _found(Outcome.OK, said, values)


def warned(said: str, **values: object) -> Found:
    return _found(Outcome.WARNING, said, values)


def failed(said: str, *, text: str = "", **values: object) -> Found:
    return _found(Outcome.FAILED, said, values, text)


def skipped(said: str, **values: object) -> Found:
    return _found(Outcome.SKIPPED, said, values)


def _found(outcome: Outcome, said: str, values: dict[str, object], text: str = "") -> Found:
    kept = {name: str(value).replace("\0", "")[:LONGEST] for name, value in values.items()}
    return Found(outcome, said, kept, text)
