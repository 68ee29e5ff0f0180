"""v2-listReturns, and what the seller does to a return."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.returning import LONG_AGO, Returner, fields_at_fault
from tests.sandbox_server import RunningSandbox

TRACKING = {"carrier": "DHL", "tracking_number": "123", "tracking_url": "https://parcels.example/123"}
READ_BACK = {"carrier_name": "DHL", "tracking_number": "123", "tracking_url": "https://parcels.example/123"}
STATUSES = ("REQUEST_INITIATED", "REQUEST_DECLINED", "OPENED", "RECEIVED", "CLOSED", "CHANNEL_SPECIFIC")


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Returner:
    return Returner(sandbox)


@pytest.fixture(scope="module")
def refused_caller(refusing: RunningSandbox) -> Returner:
    return Returner(refusing)


@pytest.fixture
def order(sandbox: RunningSandbox) -> dict[str, Any]:
    return sandbox.place_order(status="DELIVERED", lines=2, quantity=3)


def opened(sandbox: RunningSandbox, order: dict[str, Any], **fields: Any) -> str:
    found: str = sandbox.open_return(order["id"], **{"status": "OPENED", **fields})["id"]
    return found


def test_return_is_listed_as_it_was_opened(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    lines = [{"quantity": 2, "reason": "DAMAGED_ITEM"}, {"quantity": 3, "reason": "WRONG_ITEM"}]

    found = sandbox.open_return(order["id"], lines=lines)

    first, second = order["order_lines"]
    assert caller.returns() == [found]
    assert (found["status"], found["order_id"], found["origin"]) == (
        "REQUEST_INITIATED",
        order["id"],
        order["origin"],
    )
    assert found["return_lines"] == [
        {"order_line_id": first["id"], "product_id": first["product"]["id"], "quantity": 2, "reason": "DAMAGED_ITEM"},
        {"order_line_id": second["id"], "product_id": second["product"]["id"], "quantity": 3, "reason": "WRONG_ITEM"},
    ]


def test_returns_are_filtered_by_order_and_status(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    other = sandbox.place_order(status="DELIVERED")
    ids = {status: opened(sandbox, order, status=status) for status in STATUSES}
    of_other = opened(sandbox, other)

    def found(**params: Any) -> set[str]:
        return {row["id"] for row in caller.returns(**params)}

    assert found(order_ids=other["id"]) == {of_other}
    assert found(order_ids=[order["id"], other["id"]], statuses=["OPENED", "CLOSED"]) == {
        ids["OPENED"],
        ids["CLOSED"],
        of_other,
    }
    assert found() == {*ids.values(), of_other}


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "updated_from"),
        ({"order_ids": "o"}, "updated_from"),
        ({"updated_from": "yesterday"}, "updated_from"),
        ({"updated_from": LONG_AGO, "statuses": "CHANNEL_SPECIFIC"}, "statuses"),
        ({"updated_from": LONG_AGO, "statuses": ["OPENED"] * 101}, "statuses"),
        ({"updated_from": LONG_AGO, "order_ids": [f"o{number}" for number in range(101)]}, "order_ids"),
        ({"updated_from": LONG_AGO, "limit": 101}, "limit"),
        ({"updated_from": LONG_AGO, "limit": 0}, "limit"),
        ({"page_token": "made-up"}, "page_token"),
    ],
)
def test_faulty_question_is_refused_naming_the_parameter(caller: Returner, params: dict[str, Any], field: str) -> None:
    assert fields_at_fault(caller.list_returns(**params)) == [field]


def test_hundred_ids_are_taken(caller: Returner) -> None:
    assert caller.returns(order_ids=[f"o{number}" for number in range(100)]) == []


def test_walk_of_returns_ignores_what_stands_beside_the_token(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    ids = [opened(sandbox, order) for _ in range(3)]
    opened(sandbox, order, status="CLOSED")

    page = caller.list_returns(updated_from=LONG_AGO, statuses="OPENED", limit=2).json()
    rest = caller.list_returns(page_token=page["next_page_token"], statuses="CLOSED", limit=9, updated_from="x").json()

    assert [row["id"] for row in page["data"] + rest["data"]] == ids[::-1]
    assert "next_page_token" not in rest
    assert caller.list_returns(page_token=rest["previous_page_token"]).json()["data"] == page["data"]


def test_updated_from_includes_its_moment(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    opened(sandbox, order, updated_at="2026-01-01T00:00:00Z")
    second = opened(sandbox, order, updated_at="2026-01-01T00:00:00.5Z")

    assert [row["id"] for row in caller.returns(updated_from="2026-01-01T00:00:00.500Z")] == [second]


def test_return_without_updated_at_is_listed(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    opened(sandbox, order, updated_at=None)

    (found,) = caller.returns()
    assert "updated_at" not in found


MOVES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("accept", {"json": {"accepted": True}}, {"REQUEST_INITIATED": "OPENED"}),
    ("accept", {"json": {"accepted": False}}, {"REQUEST_INITIATED": "REQUEST_DECLINED"}),
    ("receive", {}, {"OPENED": "RECEIVED"}),
    ("close", {}, {"OPENED": "CLOSED", "RECEIVED": "CLOSED"}),
    ("trackings", {"json": {"rma_id": "R-1"}}, {"OPENED": "OPENED"}),
]


@pytest.mark.parametrize(("last", "options", "legal"), MOVES)
def test_return_moves_only_along_its_lifecycle(
    caller: Returner,
    order: dict[str, Any],
    last: str,
    options: dict[str, Any],
    legal: dict[str, str],
) -> None:
    ids = {status: opened(caller.sandbox, order, status=status) for status in STATUSES}

    ends = {status: caller.ends(caller.change(ids[status], last, **options)) for status in STATUSES}

    after = {status: caller.returned(ids[status])["status"] for status in STATUSES}
    assert ends == {status: None if status in legal else "RETURN_IN_WRONG_STATE" for status in STATUSES}
    assert after == {status: legal.get(status, status) for status in STATUSES}


@pytest.mark.parametrize("reason", ["RETURN_WINDOW_CLOSED", "NOT_ELIGIBLE_FOR_RETURN", "FINAL_SALES"])
def test_reason_of_a_refusal_is_read_back(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any], reason: str
) -> None:
    return_id = opened(sandbox, order, status="REQUEST_INITIATED")

    answer = caller.change(return_id, "accept", json={"accepted": False, "rejection_reason": reason})

    assert caller.ends(answer) is None
    assert caller.returned(return_id)["rejection_reason"] == reason


def test_reason_beside_an_acceptance_is_dropped(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    return_id = opened(sandbox, order, status="REQUEST_INITIATED")

    caller.change(return_id, "accept", json={"accepted": True, "rejection_reason": "FINAL_SALES"})

    assert "rejection_reason" not in caller.returned(return_id)


def test_strict_marketplace_wants_reasons_and_receptions(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    sandbox.configure(strict_returns=True)
    request, sent = opened(sandbox, order, status="REQUEST_INITIATED"), opened(sandbox, order)

    refused = caller.ends(caller.change(request, "accept", json={"accepted": False}))
    closed = caller.ends(caller.change(sent, "close"))

    assert (refused, closed) == ("INVALID_INPUT", "RETURN_IN_WRONG_STATE")
    assert caller.ends(caller.change(sent, "receive")) is None
    assert caller.ends(caller.change(sent, "close")) is None


def test_return_of_a_partners_order_is_not_the_sellers(sandbox: RunningSandbox, caller: Returner) -> None:
    order = sandbox.place_order(status="DELIVERED", fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert caller.ends(caller.change(opened(sandbox, order), "receive")) == "ORDER_FULFILLED_BY_PARTNER"


def test_return_whose_order_is_in_no_list_is_handled_all_the_same(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    return_id = opened(sandbox, order)
    sandbox.change_return(return_id, order_id="0001_GONE-A")

    assert caller.ends(caller.change(return_id, "receive")) is None
    assert (caller.returned(return_id)["status"], caller.ids(order_ids="0001_GONE-A")) == ("RECEIVED", [])


def test_change_moves_updated_at(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    before = caller.returned(opened(sandbox, order))

    caller.ends(caller.change(before["id"], "receive"))

    after = caller.returned(before["id"])
    assert after["updated_at"] == after["channel_updated_at"] > before["updated_at"]


def test_action_pends_until_the_marketplace_answers(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    sandbox.configure(settle_seconds=3600)
    return_id = opened(sandbox, order)

    answer = caller.change(return_id, "receive").json()

    assert answer["action_id"] == answer["tracking_id"]
    assert (caller.end(answer["action_id"]), caller.returned(return_id)["status"]) == (("PENDING", None), "OPENED")
    assert sandbox.settle() == 1
    assert (caller.end(answer["action_id"]), caller.returned(return_id)["status"]) == (("SUCCESS", None), "RECEIVED")


def test_second_reception_fails(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    sandbox.configure(show_seconds=3600)
    return_id = opened(sandbox, order)

    ends = [caller.ends(caller.change(return_id, "receive")) for _ in range(2)]

    assert ends == [None, "RETURN_IN_WRONG_STATE"]
    assert caller.returned(return_id)["status"] == "OPENED"


@pytest.mark.parametrize(
    ("last", "options"), [("accept", {"json": {"accepted": True}}), ("receive", {}), ("close", {}), ("trackings", {})]
)
def test_unknown_return_is_404(caller: Returner, last: str, options: dict[str, Any]) -> None:
    answer = caller.change("no/such%return", last, **(options or ({"json": {}} if last == "trackings" else {})))

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")
    assert answer.json()["errors"][0]["field"] == "return_id"


@pytest.mark.parametrize(
    ("last", "body", "fields"),
    [
        ("accept", {}, ["accepted"]),
        ("accept", {"accepted": "yes"}, ["accepted"]),
        ("accept", {"accepted": None, "rejection_reason": None}, ["accepted", "rejection_reason"]),
        ("accept", {"accepted": False, "rejection_reason": "OTHER"}, ["rejection_reason"]),
        ("accept", {"accepted": False, "rejection_reason": ["FINAL_SALES"]}, ["rejection_reason"]),
        ("accept", [], ["$"]),
        ("trackings", [], ["$"]),
        ("trackings", {"rma_id": 7, "label_url": None}, ["rma_id", "label_url"]),
        ("trackings", {"tracking": "DHL"}, ["tracking"]),
        ("trackings", {"tracking": None}, ["tracking"]),
        ("trackings", {"tracking": {"carrier": 1, "tracking_url": []}}, ["tracking.carrier", "tracking.tracking_url"]),
        ("receive", {}, ["$"]),
        ("close", {"reason": "x"}, ["$"]),
    ],
)
def test_faulty_body_is_refused_naming_the_field(
    refusing: RunningSandbox, refused_caller: Returner, last: str, body: Any, fields: list[str]
) -> None:
    return_id = opened(refusing, refusing.place_order(status="DELIVERED"))

    assert fields_at_fault(refused_caller.change(return_id, last, json=body)) == fields
    assert refusing.actions() == []


@pytest.mark.parametrize("last", ["receive", "close"])
@pytest.mark.parametrize("headers", [{}, {"Transfer-Encoding": "chunked"}, {"Content-Length": ""}])
def test_content_length_must_be_there(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any], last: str, headers: dict[str, str]
) -> None:
    address = urlsplit(f"{caller.url}/returns/{opened(sandbox, order)}/{last}")
    wire = HTTPConnection(address.netloc, timeout=30)
    wire.putrequest("PUT", address.path)
    for name, value in {**caller.headers, **headers}.items():
        wire.putheader(name, value)

    wire.endheaders(b"0\r\n\r\n" if "Transfer-Encoding" in headers else None)

    answer = wire.getresponse()
    assert (answer.status, b'"code":"LENGTH_REQUIRED"' in answer.read()) == (411, True)
    wire.close()
    assert sandbox.actions() == []


def test_tracking_is_written_as_carrier_and_read_as_carrier_name(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]
) -> None:
    return_id = opened(sandbox, order)

    body = {"rma_id": "R-1", "label_url": "https://labels.example/1.pdf", "tracking": TRACKING}
    assert caller.ends(caller.change(return_id, "trackings", json=body)) is None

    found = caller.returned(return_id)
    assert (found["rma_id"], found["label_url"]) == ("R-1", "https://labels.example/1.pdf")
    assert found["tracking"] == READ_BACK


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({}, {}),
        ({"rma_id": "R-2"}, {"rma_id": "R-2"}),
        ({"rma_id": ""}, {"rma_id": None}),
        ({"label_url": "https://labels.example/2.pdf"}, {"label_url": "https://labels.example/2.pdf"}),
        ({"tracking": {"tracking_number": "9"}}, {"tracking": {"tracking_number": "9"}}),
        ({"tracking": {}}, {"tracking": None}),
        ({"tracking": {"carrier": "", "tracking_number": "9"}}, {"tracking": {"tracking_number": "9"}}),
    ],
)
def test_what_an_update_does_not_name_stays(
    caller: Returner,
    order: dict[str, Any],
    body: dict[str, Any],
    changed: dict[str, Any],
) -> None:
    before = {"rma_id": "R-1", "label_url": "https://labels.example/1.pdf", "tracking": READ_BACK}
    return_id = opened(caller.sandbox, order, **before)

    assert caller.ends(caller.change(return_id, "trackings", json=body)) is None

    found = caller.returned(return_id)
    assert {name: found.get(name) for name in before} == {**before, **changed}


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("accept", "ACCEPT_RETURN"),
        ("receive", "ACKNOWLEDGE_RETURN_RECEPTION"),
        ("close", "CLOSE_RETURN"),
        ("trackings", "UPDATE_RETURN_TRACKING_INFORMATION"),
    ],
)
def test_every_verb_can_be_scripted_by_its_kind(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any], last: str, kind: str
) -> None:
    sandbox.script_action(kind=kind, code="TOO_MANY_REQUEST", order_id=order["id"])
    status = "REQUEST_INITIATED" if last == "accept" else "OPENED"
    return_id = opened(sandbox, order, status=status)
    bodies: dict[str, dict[str, Any]] = {"accept": {"json": {"accepted": True}}, "trackings": {"json": {}}}

    ends = [caller.ends(caller.change(return_id, last, **bodies.get(last, {}))) for _ in range(2)]

    assert ends == ["TOO_MANY_REQUEST", None]
    assert [action["kind"] for action in sandbox.actions()] == [kind, kind]


@pytest.mark.parametrize("last", ["accept", "receive", "close", "trackings"])
def test_read_right_alone_changes_nothing(
    sandbox: RunningSandbox, caller: Returner, order: dict[str, Any], last: str
) -> None:
    return_id = opened(sandbox, order)
    caller.headers = {"Authorization": "Bearer made-up"}

    assert caller.change(return_id, last, json={"accepted": True}).status_code == 401
    assert sandbox.actions() == []


@pytest.mark.parametrize(
    ("wish", "status", "words"),
    [
        ({"order_id": "none"}, 404, "no order 'none'"),
        ({"label": "papyrus"}, 400, "There is no label 'papyrus'"),
        ({"lines": []}, 400, "at least one"),
        ({"lines": [{"quantity": 4}]}, 400, "1 to 3 pieces"),
        ({"lines": [{"order_line_id": "x"}]}, 400, "no line 'x'"),
        ({"status": 7}, 400, "status is a text"),
        ({"updated_at": "today"}, 400, "date-time"),
    ],
)
def test_return_that_cannot_be_is_not_opened(
    caller: Returner, order: dict[str, Any], wish: dict[str, Any], status: int, words: str
) -> None:
    with pytest.raises(AssertionError, match=f"{status} .*{words}"):
        caller.sandbox.open_return(**{"order_id": order["id"], **wish})

    assert (caller.returns(), caller.sandbox.documents()) == ([], [])


def test_return_can_be_changed_by_hand(sandbox: RunningSandbox, caller: Returner, order: dict[str, Any]) -> None:
    return_id = opened(sandbox, order, rma_id="R-1")

    sandbox.change_return(return_id, status="CHANNEL_SPECIFIC", rma_id=None, compliance={"state": "PENDING"})

    found = caller.returned(return_id)
    assert (found["status"], "rma_id" in found, found["compliance"]) == (
        "CHANNEL_SPECIFIC",
        False,
        {"state": "PENDING"},
    )
    assert [row["id"] for row in sandbox.returns()] == [return_id]
    with pytest.raises(AssertionError, match=r"404 .*no return 'x'"):
        sandbox.change_return("x", status="OPENED")
