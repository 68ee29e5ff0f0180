"""Scripted ends of actions: which actions the marketplace treats in its own way, and how."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from backoffice.sandbox.answers import to_json
from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from backoffice.sandbox.worlds.channels import channel_of

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Aim
    from backoffice.sandbox.store import Store

Outcome = Literal["success", "slow", "forget", "pending-for-ever", "unknown-word"]
KindName = Literal[
    "ACCEPT",
    "CREATE_SHIPMENT",
    "CANCEL",
    "REFUND",
    "UPLOAD_DOCUMENT",
    "ACCEPT_RETURN",
    "UPDATE_RETURN_TRACKING_INFORMATION",
    "ACKNOWLEDGE_RETURN_RECEPTION",
    "CLOSE_RETURN",
    "CREATE_CONVERSATION",
    "CREATE_MESSAGE",
]
PASSING = ("UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST")  # codes after which another attempt may be taken
FOR_EVER = ("pending-for-ever", "unknown-word")


class Script(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Strikes actions of this order, of this channel, of this kind, or any; `mixed`: only those that decide both ways.

    `times` None: until it is cleared. `share` leaves it to chance, the same for the same seed, order and attempt.
    An action ends with `code` (FAILED) or well. `slow` does so after `seconds`, `forget` while its id is not known any
    more, `unknown-word` shows `word` meanwhile, for ever without `seconds`. `to`: the status of accepted lines.
    """

    order_id: str | None = None
    channel_id: str | None = None
    kind: KindName | None = None
    mixed: bool = False
    times: int | None = 1
    share: float = 1.0
    code: str | None = None
    message: str | None = None
    outcome: Outcome | None = None
    seconds: float | None = None  # of the marketplace's: divided by speed
    word: str = "QUEUED_AT_CHANNEL"
    to: Literal["AWAITING_PAYMENT", "AWAITING_SHIPMENT"] | None = None

    def check(self, store: Store) -> None:
        """Raises ValueError for what makes no sense, LookupError for an order that is not there."""
        if self.code is None and self.outcome is None and self.to is None:
            raise ValueError("Say how the action ends: a code, an outcome, or to.")
        if self.code is not None and (self.outcome in ("success", "pending-for-ever") or self.to is not None):
            raise ValueError("An action either fails with a code or does not.")
        if self.code is not None and self.code not in CODES and not self.message:
            raise ValueError(f"{self.code[:40]!r} is no code of Mirakl: {', '.join(CODES)}. Another needs a message.")
        self._check_numbers()
        if self.channel_id is not None:
            channel_of(self.channel_id)
        if self.order_id is not None and store.order(self.order_id) is None:
            raise LookupError(f"There is no order {self.order_id!r}.")

    def _check_numbers(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times is 1 or more, or null for a script without an end.")
        if not 0 <= self.share <= 1:
            raise ValueError("share is a number from 0 to 1.")
        if self.seconds is not None and not 0 <= self.seconds < 10**9:
            raise ValueError("seconds is a number of 0 or more and below 1,000,000,000.")
        if self.seconds is None and self.outcome == "slow":
            raise ValueError("slow needs seconds.")


def failing(code: str, kind: KindName | None = None) -> Script:
    """For ever; what only passes by is over at the second attempt."""
    return Script(kind=kind, code=code, times=1 if code in PASSING else None)


class Scripts:
    """They live in the state file: which action was struck and which are left is known after a kill too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, script: Script) -> None:
        self._store.change("INSERT INTO scripts (order_id, body) VALUES (?, ?)", (script.order_id, to_json(script)))

    def clear(self) -> None:
        self._store.change("DELETE FROM scripts")

    def waiting(self) -> list[Script]:
        return [msgspec.json.decode(body, type=Script) for (body,) in self._store.rows("SELECT body FROM scripts")]

    def strike(self, aim: Aim, kind: str, body: dict[str, Any], *, seed: int) -> Script | None:
        """The script that a new action meets; it is used up. One for its order goes before one for its channel, that
        before one for any; then one for its kind before one for any, and of two alike the older one. To be called
        within the transaction that stores the action.
        """
        candidates: list[tuple[int, Script]] = [
            (number, msgspec.json.decode(text, type=Script))
            for number, text in self._store.rows(
                "SELECT number, body FROM scripts WHERE order_id = ? UNION ALL"
                " SELECT number, body FROM scripts WHERE order_id IS NULL",
                (aim.order_id,),
            )
        ]
        candidates.sort(key=_how_general)
        attempt = self._store.rows("SELECT count(*) FROM actions WHERE order_id = ?", (aim.order_id,))[0][0]
        for number, script in candidates:
            chance = Random(f"{seed} {number} {aim.order_id} {attempt}").random()  # noqa: S311 -- the same every time
            if _fits(script, aim, kind, body) and chance < script.share:
                self._use_up(number, script)
                return script
        return None

    def _use_up(self, number: int, script: Script) -> None:
        if script.times is None:
            return
        script.times -= 1
        if script.times:
            self._store.change("UPDATE scripts SET body = ? WHERE number = ?", (to_json(script), number))
        else:
            self._store.change("DELETE FROM scripts WHERE number = ?", (number,))


def _how_general(found: tuple[int, Script]) -> tuple[bool, bool, bool, int]:
    number, script = found
    return script.order_id is None, script.channel_id is None, script.kind is None, number


def _fits(script: Script, aim: Aim, kind: str, body: dict[str, Any]) -> bool:
    if script.channel_id not in (None, aim.channel_id) or script.kind not in (None, kind):
        return False
    if aim.family == "conversation" and script.code in CODES and script.code not in CONVERSATION_CODES:
        return False  # no conversation ends with such a word
    decisions = {line.get("accepted") for line in body.get("order_lines", [])}
    return not script.mixed or decisions == {True, False}
