"""What is left when everything has come to rest: our rows, the sandbox's, and what the clients pressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Decisions = dict[str, bool]  # line id → accepted or refused


@dataclass(frozen=True, slots=True)
class Ours:
    """One action of ours, as its row says. `departures`: calls that were written down before they could leave."""

    pk: int
    state: str
    order_id: str  # Mirakl's
    decided: Decisions
    token: str = ""  # of the form, or of the batch's form
    batch: str = ""
    follows: int | None = None
    automatic: bool = False
    departed: bool = True
    departures: int = 1
    remote_id: str = ""
    remote_status: str = ""
    cause: str = ""
    code: str = ""
    seen: bool = True  # a reading showed it
    differs: bool = False  # two readings did not

    def __str__(self) -> str:
        said = " ".join(filter(None, (self.cause, self.code, self.remote_status, self.remote_id)))
        left = f"{self.departures} departures" if self.departed else f"nothing left, {self.departures} attempts"
        return f"#{self.pk} {self.state} {self.order_id} {self.decided} {said} ({left}, follows {self.follows})"


@dataclass(frozen=True, slots=True)
class Taken:
    """One action that the sandbox took. `endless`: scripted so that no end will ever come."""

    id: str
    order_id: str
    decided: Decisions
    status: str
    code: str = ""
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Write:
    """One writing call that arrived at the sandbox; taken if it names an action."""

    number: int
    order_id: str
    status: int | None
    action_id: str | None


class Answer(StrEnum):
    TAKEN = "taken"  # a redirect: it was put into the queue
    OBJECTED = "objected"  # the form came back with a sentence
    LOST = "lost"  # no answer: the server may have taken it or not


@dataclass(frozen=True, slots=True)
class Pressed:
    """One form, as it was sent for the last time. A form that was sent twice, or again, is one of these.

    `orders` holds all that was asked for; the decisions of an order are empty where the form does not say them.
    """

    token: str
    orders: dict[str, Decisions]
    answer: Answer
    who: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    ours: list[Ours]
    taken: list[Taken]
    writes: list[Write]
    lines: dict[str, dict[str, tuple[str, str]]]  # order id → line id → status and reason, as the sandbox has them
    presses: list[Pressed]
    undo_pressed: set[int] = field(default_factory=set)  # actions that somebody tried to take back
    again_pressed: set[int] = field(default_factory=set)  # actions that somebody asked for again
    skipped: dict[str, int] = field(default_factory=dict)  # token of a batch → how many it left out
