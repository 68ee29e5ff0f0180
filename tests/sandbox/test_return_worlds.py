"""Returns and documents of the worlds `demo` and `trouble`, and customers who send things back."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

import pytest

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import micros, parse
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.papers import filing
from backoffice.sandbox.worlds.returning import moves as returning_moves
from backoffice.sandbox.worlds.returning import opening
from tests.sandbox.returning import Returner
from tests.sandbox.worlds import made
from tests.sandbox_server import RunningSandbox

Rows = list[dict[str, Any]]
OPTIONAL = ("rma_id", "tracking", "label_url", "method", "address")
DAY = 86400.0


@pytest.fixture(scope="module")
def orders(demo: World) -> dict[str, dict[str, Any]]:
    return {order_id: from_json(body) for order_id, body in demo.store.rows("SELECT id, body FROM orders")}


@pytest.fixture(scope="module")
def returns(demo: World) -> Rows:
    return opening.listed(demo)


@pytest.fixture(scope="module")
def documents(demo: World) -> Rows:
    return filing.listed(demo.store)


def test_demo_has_returns_in_every_state(returns: Rows) -> None:
    statuses = Counter(row["status"] for row in returns)

    assert statuses.keys() == set(returning_moves.STATUSES)
    assert min(statuses.values()) >= 2
    assert len({row["id"] for row in returns}) == len(returns) >= 30


def test_demo_returns_come_with_and_without_what_is_optional(returns: Rows) -> None:
    for name in OPTIONAL:
        assert {name in row for row in returns} == {True, False}
    assert {"rejection_reason" in row for row in returns if row["status"] == "REQUEST_DECLINED"} >= {True}
    assert all("rejection_reason" not in row for row in returns if row["status"] != "REQUEST_DECLINED")


def test_demo_has_one_return_whose_order_is_in_no_list(returns: Rows, orders: dict[str, Any]) -> None:
    assert len([row for row in returns if row["order_id"] not in orders]) == 1


def test_demo_returns_fit_their_orders(returns: Rows, orders: dict[str, Any]) -> None:
    """Nothing comes back that was not delivered, and no more than was bought."""
    for row in returns:
        order = orders.get(row["order_id"])
        if order is None:
            continue
        lines = {line["id"]: line for line in order["order_lines"]}
        assert row["origin"] == order["origin"]
        assert order["status"] in ("DELIVERED", "CLOSED")
        assert order["fulfillment"]["type"] == "FULFILLED_BY_SELLER"
        for line in row["return_lines"]:
            assert 1 <= line["quantity"] <= lines[line["order_line_id"]]["quantity"]
            assert line["product_id"] == lines[line["order_line_id"]]["product"]["id"]
            assert line["reason"] in returning_moves.LINE_REASONS


def test_demo_closed_returns_were_refunded(returns: Rows, orders: dict[str, Any]) -> None:
    for row in returns:
        if row["status"] == "CLOSED":
            lines = orders[row["order_id"]]["order_lines"]
            refunds = [one for line in lines for one in line["adjustments"] if one["reason"] == "RETURN"]
            assert refunds


def test_demo_dates_of_returns_make_sense(demo: World, returns: Rows, orders: dict[str, Any]) -> None:
    now = demo.clock.now()
    for row in returns:
        moves_at = returning_moves.moves_at(row)
        assert parse(row["created_at"]) <= parse(row["updated_at"]) <= now
        assert moves_at is None or moves_at > micros(now)
        if row["order_id"] in orders:
            assert parse(row["created_at"]) > parse(orders[row["order_id"]]["created_at"])


def test_demo_has_labels_of_every_kind(demo: World, returns: Rows) -> None:
    rows = demo.store.rows("SELECT content FROM documents WHERE type = 'RETURN_LABEL'")
    contents = [content for (content,) in rows]

    pages = Counter(content.count(b"/Type /Page ") for content in contents if b"%%EOF" in content)
    only_url = [row for row in returns if "label_url" in row]
    assert (pages[1] >= 2, pages[2]) == (True, 1)
    assert Counter(filing.media_type(content, "") for content in contents)["image/png"] == 1
    assert Counter(filing.media_type(content, "") for content in contents)["image/jpeg"] == 1
    assert len([content for content in contents if content.startswith(b"%PDF") and b"%%EOF" not in content]) == 1
    assert len(only_url) == 1
    assert not demo.store.rows(
        "SELECT 1 FROM documents WHERE order_id = ? AND type = 'RETURN_LABEL'", (only_url[0]["order_id"],)
    )


def test_demo_has_documents_of_all_types(documents: Rows, orders: dict[str, Any]) -> None:
    assert {row["type"] for row in documents} == set(filing.TYPES)
    assert {row["file_format"] for row in documents} == {"application/pdf", "image/png", "image/jpeg", "text/csv"}
    assert len({row.get("channel_type") for row in documents}) == 3
    assert len({row["id"] for row in documents}) == len(documents) >= 60
    assert {row["order_id"] for row in documents} <= orders.keys()


def test_demo_has_an_order_with_two_documents_of_one_name(documents: Rows) -> None:
    named = sorted((row["order_id"], row["name"], row["sha256"]) for row in documents)

    twice = [[sha for *_, sha in rows] for _, rows in groupby(named, key=lambda row: row[:2])]
    assert [len(set(digests)) for digests in twice if len(digests) > 1] == [2]


def test_demo_papers_are_the_same_every_time(returns: Rows, documents: Rows) -> None:
    again = made("demo")
    later = opening.listed(again), filing.listed(again.store)
    again.close()

    assert [row["id"] for row in later[0]] == [row["id"] for row in returns]
    assert [(row["id"], row["name"]) for row in later[1]] == [(row["id"], row["name"]) for row in documents]


def test_trouble_decides_no_return_the_same_way(trouble_served: RunningSandbox) -> None:
    caller = Returner(trouble_served)
    requests = [row["id"] for row in trouble_served.returns() if row["status"] == "REQUEST_INITIATED"]

    ends = [
        [caller.ends(caller.change(return_id, "accept", json={"accepted": True})) for _ in range(2)]
        for return_id in requests
    ]

    assert ends == [
        *[[code] * 2 for code in ("RETURN_IN_WRONG_STATE", "INVALID_INPUT", "DATA_NOT_FOUND", "ACTION_NOT_SUPPORTED")],
        *[[code] * 2 for code in ("SYNCHRONIZATION_DEACTIVATED", "OTHER")],
        *[[code, None] for code in ("UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST")],
    ]


def test_trouble_receives_returns_in_every_way(trouble_served: RunningSandbox) -> None:
    caller = Returner(trouble_served)
    sent = [row["id"] for row in trouble_served.returns() if row["status"] == "OPENED"]

    answers = [caller.action(caller.change(return_id, "receive").json()["action_id"]).json() for return_id in sent]

    ends = [
        answer["errors"][0]["code"] if "errors" in answer else answer["status"] for answer in answers if "id" in answer
    ]
    assert ends == [
        *["SUCCESS"] * 3,
        "RETURN_IN_WRONG_STATE",
        *["SUCCESS"] * 3,
        "ORDER_FULFILLED_BY_PARTNER",
        "SUCCESS",
    ]
    assert ["id" in answer for answer in answers].index(False) == 4  # its id is forgotten


def test_trouble_has_odd_labels_and_an_unknown_order(trouble_served: RunningSandbox) -> None:
    caller = Returner(trouble_served)
    rows = trouble_served.returns()

    unknown = [row for row in rows if not caller.ids(order_ids=row["order_id"])]
    links = [row["label_url"] for row in rows if "label_url" in row]
    assert (len(unknown), len(links)) == (1, 2)
    assert [row["type"] for row in trouble_served.documents()] == ["RETURN_LABEL"]


def grown(sandbox: RunningSandbox, order_id: str, **fields: Any) -> dict[str, Any]:
    """A return in a world that is alive from now on."""
    found = sandbox.open_return(order_id, **fields)
    sandbox.configure(alive=True)
    return found


@pytest.mark.parametrize(
    ("status", "days", "becomes"),
    [("REQUEST_INITIATED", 4, "OPENED"), ("OPENED", 12, "RECEIVED"), ("RECEIVED", 20, "CLOSED")],
)
def test_return_moves_on_by_itself_when_its_time_has_come(
    sandbox: RunningSandbox, status: str, days: int, becomes: str
) -> None:
    order_id = sandbox.place_order(status="DELIVERED")["id"]
    return_id = grown(sandbox, order_id, status=status)["id"]

    seen = []
    for seconds in (days * DAY - 60, 120):
        sandbox.advance(seconds)
        seen += [row["status"] for row in sandbox.returns() if row["id"] == return_id]

    assert seen == [status, becomes]


def test_decided_return_moves_on_from_its_last_change(sandbox: RunningSandbox) -> None:
    order_id = sandbox.place_order(status="DELIVERED")["id"]
    return_id = grown(sandbox, order_id, status="REQUEST_INITIATED")["id"]
    sandbox.advance(3 * DAY)
    caller = Returner(sandbox)

    caller.ends(caller.change(return_id, "accept", json={"accepted": True}))
    sandbox.advance(11.9 * DAY)

    assert [row["status"] for row in sandbox.returns() if row["id"] == return_id] == ["OPENED"]
    sandbox.advance(0.2 * DAY)
    assert [row["status"] for row in sandbox.returns() if row["id"] == return_id] == ["RECEIVED"]


def test_customers_send_back_delivered_orders_one_after_another(sandbox: RunningSandbox) -> None:
    ours = [sandbox.place_order(status="DELIVERED")["id"] for _ in range(2)]
    sandbox.place_order(status="SHIPPED")
    sandbox.place_order(status="DELIVERED", fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})
    sandbox.configure(alive=True)

    counts = []
    for _ in range(5):
        sandbox.advance(1201)
        counts.append(len(sandbox.returns()))

    assert counts == [0, 1, 2, 2, 2]
    assert sorted(row["order_id"] for row in sandbox.returns()) == sorted(ours)
    assert {row["status"] for row in sandbox.returns()} <= {"REQUEST_INITIATED", "OPENED"}


def test_only_lines_that_were_sent_come_back_by_themselves(sandbox: RunningSandbox) -> None:
    gone = [
        {"status": "CLOSED", "status_reason": "CANCELED", "quantity": 0},
        {"status": "CLOSED", "status_reason": "REFUSED"},
    ]
    order = sandbox.place_order(status="DELIVERED", order_lines=[*gone, {"quantity": 1}])
    sandbox.configure(alive=True)

    for _ in range(2):
        sandbox.advance(1201)

    (found,) = sandbox.returns()
    assert [line["order_line_id"] for line in found["return_lines"]] == [order["order_lines"][2]["id"]]


def test_raw_order_stops_no_life(sandbox: RunningSandbox) -> None:
    text = '{"id": "odd", "updated_at": "2026-01-01T00:00:00Z", "status": "DELIVERED", "order_lines": [{"id": 1}],'
    sandbox.put_raw_order(text + '"fulfillment": {"type": "FULFILLED_BY_SELLER"}}')
    sandbox.configure(alive=True)

    for _ in range(3):
        sandbox.advance(1201)

    assert sandbox.returns() == []
