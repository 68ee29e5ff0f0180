"""The returns of the world `trouble`: each goes wrong in its own way, the oldest first.

The first nine fail to be decided, each with another code; then come returns that fail in other verbs, ids that are
forgotten and actions that never end; labels that cannot be read or fetched; a partner's order; an order in no list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from msgspec import structs

from backoffice.sandbox.dates import written
from backoffice.sandbox.market.scripts import PASSING, Script, failing
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.building import Wish as OrderWish
from backoffice.sandbox.worlds.building import build_order
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.moves import Json
from backoffice.sandbox.worlds.placing import stored
from backoffice.sandbox.worlds.returning import labels, opening
from backoffice.sandbox.worlds.returning.building import Wish, build_return
from backoffice.sandbox.worlds.twists import by_partner

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

FIRST_ORDER = 501  # their numbers are apart from those of the orders to accept
STEP = timedelta(minutes=25)
DECISIONS = (
    "RETURN_IN_WRONG_STATE",
    "INVALID_INPUT",
    "DATA_NOT_FOUND",
    "ACTION_NOT_SUPPORTED",
    "SYNCHRONIZATION_DEACTIVATED",
    "OTHER",
    *PASSING,
)


@dataclass(frozen=True)
class Case:
    status: str
    script: Script | None = None
    label: str = ""
    oddity: str = ""


CASES = (
    *(Case("REQUEST_INITIATED", failing(code, "ACCEPT_RETURN")) for code in DECISIONS),
    Case("OPENED", Script(kind="UPDATE_RETURN_TRACKING_INFORMATION", code="INVALID_INPUT", times=None)),
    Case("OPENED", Script(kind="UPLOAD_DOCUMENT", code="ACTION_NOT_SUPPORTED", times=None)),
    Case("OPENED", Script(kind="UPLOAD_DOCUMENT", code="UNAVAILABLE")),
    Case("OPENED", Script(kind="ACKNOWLEDGE_RETURN_RECEPTION", code="RETURN_IN_WRONG_STATE", times=None)),
    Case("OPENED", Script(kind="ACKNOWLEDGE_RETURN_RECEPTION", outcome="forget", times=None)),
    Case("RECEIVED", Script(kind="CLOSE_RETURN", code="OTHER", message="Bitte zuerst erstatten.", times=None)),
    Case("RECEIVED", Script(kind="CLOSE_RETURN", outcome="pending-for-ever", times=None)),
    Case("OPENED", label="broken-pdf"),
    Case("OPENED", label="url"),
    Case("OPENED", oddity="dead link"),
    Case("OPENED", oddity="by partner"),
    Case("OPENED", oddity="unknown order"),
    Case("CHANNEL_SPECIFIC"),
)


def fill(world: World) -> None:
    now = world.clock.now().replace(microsecond=0)
    for position, case in enumerate(CASES):
        rng = Random(f"trouble return {position}")  # noqa: S311 -- the same every time
        at = now - STEP * (len(CASES) - position)
        order = _order(rng, position, case, at)
        if case.oddity != "unknown order":
            world.store.put_orders([stored(order)])
        if case.script:
            world.scripts.add(structs.replace(case.script, order_id=order["id"]))
        found = build_return(rng, position + 1, order, Wish(case.status, at, at))
        if case.label:
            opening.put_label(world.store, found, case.label, at)
        if case.oddity == "dead link":
            found["label_url"] = labels.link("nobody")
        opening.put(world.store, found)


def _order(rng: Random, position: int, case: Case, at: datetime) -> Json:
    """Delivered a day before something of it was sent back."""
    delivered = at - timedelta(days=1)
    wish = OrderWish(CHANNELS[position % len(CHANNELS)], delivered - timedelta(days=4), "DELIVERED", lines=2)
    order = {**build_order(rng, FIRST_ORDER + position, wish), "updated_at": written(delivered)}
    if case.oddity == "by partner":
        by_partner(order, rng, at)
        moves.permit(order)
    return order
