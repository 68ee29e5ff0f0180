"""How returns change: their statuses, and what the marketplace does by itself (domain.md §2.4)."""

from __future__ import annotations

from datetime import timedelta

from backoffice.sandbox.dates import micros, parse
from backoffice.sandbox.worlds.moves import Json

STATUSES = ("REQUEST_INITIATED", "REQUEST_DECLINED", "OPENED", "RECEIVED", "CLOSED", "CHANNEL_SPECIFIC")
LINE_REASONS = ("WRONG_ITEM", "MISSING_ITEM", "DEFECTIVE_ITEM", "DAMAGED_ITEM", "UNWANTED_ITEM", "OTHER")
REJECTIONS = ("RETURN_WINDOW_CLOSED", "NOT_ELIGIBLE_FOR_RETURN", "FINAL_SALES")  # OTHER is read, never written

# By status: how long after its last change the channel moves a return on by itself, and where to.
MOVES = {
    "REQUEST_INITIATED": (timedelta(days=4), "OPENED"),  # nobody answered
    "OPENED": (timedelta(days=12), "RECEIVED"),  # the carrier says that it was delivered
    "RECEIVED": (timedelta(days=20), "CLOSED"),
}


def moves_at(found: Json) -> int | None:
    """When a living world moves the return on, in microseconds; None: never by itself."""
    move = MOVES.get(str(found.get("status")))
    since = found.get("updated_at")
    return micros(parse(since) + move[0]) if move and isinstance(since, str) else None


def move_on(found: Json) -> None:
    """Do to the return, in place, what its marketplace does when the time has come."""
    found["status"] = MOVES[found["status"]][1]


def decide(found: Json, *, accepted: bool, rejection_reason: str = "") -> None:
    found["status"] = "OPENED" if accepted else "REQUEST_DECLINED"
    if rejection_reason and not accepted:
        found["rejection_reason"] = rejection_reason


def track(found: Json, asked: Json) -> None:
    """What is not named stays; an empty text takes its field away.

    `tracking` is replaced as a whole, or a new number would stand beside the old carrier. The carrier is written as
    `carrier` and read as `carrier_name`.
    """
    for name in ("rma_id", "label_url"):
        if name in asked:
            found[name] = asked[name]
    if "tracking" in asked:
        tracking = dict(asked["tracking"])
        tracking["carrier_name"] = tracking.pop("carrier", "")
        found["tracking"] = {name: text for name, text in tracking.items() if text}
    for name in ("rma_id", "label_url", "tracking"):
        if not found.get(name):
            found.pop(name, None)
