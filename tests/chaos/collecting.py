"""Gathers the evidence of a run: our rows by SQL, the sandbox's lists and orders over its own interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.chaos.database import Database, Row, decoded
from tests.chaos.evidence import Evidence, Ours, Taken, Write
from tests.chaos.ledger import Ledger
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

ACTIONS = """
SELECT one.*, orders_order.remote_id AS order_id, outbox_batch.token AS batch_token,
    (SELECT count(*) FROM outbox_attempt WHERE action_id = one.id AND operation = 'v2-acceptOrderLines') AS departures
FROM outbox_action AS one
JOIN orders_order ON orders_order.id = one.target_id
LEFT JOIN outbox_batch ON outbox_batch.id = one.batch_id
WHERE one.kind = 'orders.accept' ORDER BY one.id
"""
ENDLESS = ("pending-for-ever", "unknown-word")


def collect(database: Database, sandbox: RunningSandbox, ledger: Ledger) -> Evidence:
    sandbox.configure(limits=False)  # what follows is no client of Mirakl
    return Evidence(
        ours=[_ours(row) for row in database.rows(ACTIONS)],
        taken=[taken(one) for one in sandbox.actions()],
        writes=[
            Write(one["number"], one["path"]["order_id"], one["status"], one["action_id"]) for one in sandbox.writes()
        ],
        lines={order["id"]: _lines(order) for order in _orders(sandbox)},
        presses=ledger.presses,
        undo_pressed=ledger.undo_pressed,
        again_pressed=ledger.again_pressed,
        skipped={
            row["token"]: len(decoded(row["skipped"]))
            for row in database.rows("SELECT token, skipped FROM outbox_batch")
        },
    )


def _ours(row: Row) -> Ours:
    return Ours(
        pk=row["id"],
        state=row["state"],
        order_id=row["order_id"],
        decided=decoded(row["request"])["lines"],
        token=row["token"] or "",
        batch=row["batch_token"] or "",
        follows=row["follows_id"],
        automatic=bool(row["automatic"]),
        departed=row["departed_at"] is not None,
        departures=row["departures"],
        remote_id=row["remote_id"],
        remote_status=row["remote_status"],
        cause=row["cause"],
        code=row["code"],
        seen=row["seen_at"] is not None,
        differs=row["differs_at"] is not None,
    )


def taken(action: dict[str, Any]) -> Taken:
    script = action["script"] or {}
    return Taken(
        id=action["id"],
        order_id=action["order_id"],
        decided={line["id"]: line["accepted"] for line in action["body"]["order_lines"]},
        status=action["status"],
        code=action["errors"][0]["code"] if action["errors"] else "",
        endless=script.get("outcome") in ENDLESS and script.get("seconds") is None,
    )


def _orders(sandbox: RunningSandbox) -> Iterator[dict[str, Any]]:
    caller = Caller(sandbox)
    page = caller.page(limit=100)
    yield from page["data"]
    while "next_page_token" in page:
        page = caller.page(page_token=page["next_page_token"])
        yield from page["data"]


def _lines(order: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {line["id"]: (line["status"], line.get("status_reason", "")) for line in order["order_lines"]}
