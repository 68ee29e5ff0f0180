"""What can be asked of Mirakl. Apps register their kinds in their `actions.py`; this package knows none of them."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext

from backoffice.connections.models import Connection
from backoffice.mirakl.operations import Outcome
from backoffice.mirakl.watching import Watcher
from backoffice.outbox.models import Action
from backoffice.users.models import User
from backoffice.users.scopes import limited

T = TypeVar("T", bound=Model)
Json = dict[str, Any]

# Codes of domain.md §2.5 that may be different at the next try.
RETRYABLE = frozenset({"UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST"})


@dataclass(frozen=True, slots=True)
class Objection:
    """Why something cannot be asked for, or not any more: a sentence for staff."""

    text: str


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """An action with what it is about, as it is now."""

    action: Action
    target: T


@dataclass(frozen=True, slots=True)
class Report:
    """What Mirakl says about an action of ours: its word, and (code, the channel's own text) of each error."""

    word: str
    errors: tuple[tuple[str, str], ...] = ()


class Kind(ABC, Generic[T]):
    """One thing that can be asked for. At most 40 lines in an app's `actions.py`.

    A target has `connection_id`; `request` and `version` are JSON objects in the kind's own words.
    """

    name: ClassVar[str]  # "orders.accept"
    label: ClassVar[str | Promise]  # "Accept or refuse lines"
    target_type: ClassVar[str]  # "orders.order"
    outcome: ClassVar[Outcome]
    undo: ClassVar[timedelta]  # how long it is held before it may leave
    harmless_twice: ClassVar[bool] = False  # sent again by itself after a lost answer: only what changes nothing more
    batch_of: ClassVar[int] = 1  # how many may travel in one call
    retryable: ClassVar[frozenset[str]] = RETRYABLE

    @abstractmethod
    def about(self, target: T) -> str:
        """The target in the words of staff: "MR-1001"."""

    @abstractmethod
    def url(self, target_id: int) -> str:
        """The page of the target."""

    def form(self, target_id: int) -> str:
        """Where the same can be asked for with other values; it takes ?follows=<action>. "" where there is no such."""
        return ""

    @abstractmethod
    def words(self, request: Json) -> str:
        """What is asked for: "Accept 2 lines, refuse 1"."""

    def many(self, number: int, request: Json) -> str:
        """The same of many targets at once: "Accept 300 orders"."""
        return gettext("%(what)s: %(number)d at once") % {"what": self.label, "number": number}

    def intent(self, request: Json) -> str:
        """What the target will be if it succeeds, in one word: "Accepted"."""
        return self.words(request)

    def place(self, target: T) -> str:
        """The channel that carries it out."""
        return ""

    def lane(self, target: T) -> str:
        """Actions of one lane leave one at a time, in their order. "" waits for nobody."""
        return f"{self.target_type}:{target.pk}"

    def exclusive(self, target: T, request: Json) -> str:
        """While one with this text is open there is no second. "" allows any number."""
        return f"{self.name}:{target.pk}"

    def deadline(self, target: T) -> datetime | None:
        """After this moment nothing is repeated by itself."""
        return None

    def needs_approval(self, target: T, request: Json, by: User | None) -> bool:
        """Whether a colleague must agree first."""
        return False

    @abstractmethod
    def targets(self) -> QuerySet[T]:
        """The targets with all that the methods here look at, in a fixed number of queries."""

    def visible_to(self, user: User) -> QuerySet[T]:
        """Targets that this person works for. A kind whose targets have channels tells them apart by these too."""
        return limited(self.targets(), user)

    @abstractmethod
    def version(self, target: T) -> Json:
        """What of the target matters for this: when it differs from what the person saw, nothing is sent."""

    def differences(self, seen: Json, now: Json) -> list[tuple[str, str, str]]:
        """What differs between two versions, for people: its name, what the person saw, what it is instead."""
        before, after = dict(_leaves(seen)), dict(_leaves(now))
        names = [*before, *(name for name in after if name not in before)]
        return [
            (name, before.get(name, "–"), after.get(name, "–")) for name in names if before.get(name) != after.get(name)
        ]

    @abstractmethod
    def check(self, target: T, request: Json, own: Action | None = None) -> Objection | None:
        """May this be asked now? Called by the form, and again just before sending.

        `own`: the action that asks, or the one whose place it takes: it does not stand in its own way.
        """

    def twice(self) -> str:
        """What happens if it is sent again and the first one arrived after all: a sentence for staff."""
        if self.harmless_twice:
            return gettext("If the first one arrived after all, sending it again changes nothing.")
        return gettext("If the first one arrived after all, it may be carried out twice.")

    @abstractmethod
    def send(self, connection: Connection, watcher: Watcher, items: Sequence[Item[T]]) -> str:
        """Makes the call, and none after it; Mirakl's action id, "" where there is none. Raises any MiraklError."""

    def status(self, connection: Connection, watcher: Watcher, action: Action) -> Report:
        """Asks Mirakl what became of a tracked action. Raises any MiraklError."""
        raise LookupError(f"Nothing tells what became of {self.name}.")

    def evidence(self, target: T, action: Action) -> bool:
        """Whether the target, as last read, shows that it happened. Only True says something."""
        return False

    def apply(self, action: Action) -> None:
        """What changes here when it is confirmed, in the same transaction: what no reading brings (a parcel)."""

    def failed(self, action: Action, code: str) -> None:
        """What is learnt when the channel did not do it, in the same transaction: what it wants the next time."""

    def complete_to(self, connection: Connection) -> datetime | None:
        """Up to when the targets of this connection have been read completely."""
        return None

    def read_again(self, connection: Connection, now: datetime) -> None:
        """Asks for a reading of the targets, soon."""


_kinds: dict[str, Kind[Any]] = {}


def register(kind: Kind[Any]) -> None:
    """Makes a kind known. A second one of the same name is a mistake in the code."""
    if kind.name in _kinds:
        raise ValueError(f"A kind named {kind.name!r} is registered already.")
    _kinds[kind.name] = kind


def get(name: str) -> Kind[Any]:
    """The kind of this name; KeyError when no app registered it."""
    return _kinds[name]


def known() -> list[Kind[Any]]:
    return list(_kinds.values())


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """The values of a version, each with the way to it; a list stands as one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name} · {key}" if name else str(key))
    elif isinstance(value, list):
        yield name, ", ".join(str(one) for one in value)
    else:
        yield name, "–" if value is None else str(value)


def fingerprint(version: Json) -> str:
    """A version in a few characters: what a form carries to tell later what the person saw."""
    return hashlib.sha256(msgspec.json.encode(version, order="sorted")).hexdigest()[:16]
