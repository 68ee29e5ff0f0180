"""Every method of our client against the sandbox: success and each kind of failure, both sides judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl.connect.inputs.orders import Cancelation
from backoffice.mirakl.connect.operations import OPERATIONS
from backoffice.mirakl.errors import (
    Broken,
    Invalid,
    MiraklError,
    NotAuthorised,
    NotFound,
    PageTokenExpired,
    TooSoon,
)
from backoffice.mirakl.limits import Amount
from backoffice.mirakl.operations import Outcome
from backoffice.sandbox.market.words import CODES, CONVERSATION_CODES
from tests.contract.drives import DRIVES, FULLEST, PAST, Drive
from tests.contract.driving import MakeStage, allowed, connect, followed, judged
from tests.contract.judge import Judge
from tests.contract.missing import missing
from tests.contract.recording import Exchange

pytestmark = pytest.mark.contract

TRACKED = [drive for drive in FULLEST.values() if drive.follow]
WRITING = {one.id for one in OPERATIONS.values() if one.method != "GET"}
# Nothing that these are asked about can be unknown.
WITHOUT_404 = {one for one in FULLEST if one.lower().endswith(("listorders", "products", "conversations", "returns"))}
WITHOUT_404 |= {"v2-listOrderDocuments", "v2-reportOrderActions"}


@pytest.mark.parametrize("drive", DRIVES, ids=lambda drive: drive.name)
def test_call_conforms_and_its_effect_shows(staged: MakeStage, judge: Judge, drive: Drive) -> None:
    stage = staged(drive)

    with allowed(drive.operation):
        result = drive.call(stage.api, stage.ids)
    [asked] = [one for one in stage.exchanges if judge.operation_id(one) == drive.operation][:1]
    if drive.follow:
        before = followed(stage, drive, result)
        stage.sandbox.settle()
        after = followed(stage, drive, result)
        assert (before.status, after.status, after.errors) == ("PENDING", "SUCCESS", [])

    drive.shown(stage, result)
    assert set(judged(judge, stage.exchanges)) <= {200, 201, 202, 204}
    assert asked.status == judge.success(drive.operation)
    if drive.content == "everything":
        assert sorted(left_out(judge, drive, asked)) == []


def left_out(judge: Judge, drive: Drive, asked: Exchange) -> Iterator[str]:
    """Optional parts of the request that it does not have: proof that "everything" is everything."""
    query = judge.query(asked)
    for parameter in judge.operations[drive.operation].get("parameters", []):
        if parameter["in"] == "query" and parameter["name"] not in {*query, *drive.without}:
            yield parameter["name"]
    for schema, value in judge.documents(asked):
        yield from missing(judge, value, schema)


def test_every_operation_is_driven_and_those_with_options_with_everything(judge: Judge) -> None:
    driven = {(drive.operation, drive.content) for drive in DRIVES}
    optional = {one for one in OPERATIONS if has_options(judge, one)}

    assert {operation for operation, content in driven if content == "least"} == OPERATIONS.keys()
    assert optional <= {operation for operation, content in driven if content == "everything"}


def has_options(judge: Judge, operation_id: str) -> bool:
    operation = judge.operations[operation_id]
    queries = [one for one in operation.get("parameters", []) if one["in"] == "query"]
    return bool(queries) or ("requestBody" in operation and operation_id != "deleteProducts")


@pytest.mark.parametrize("drive", TRACKED, ids=lambda drive: drive.operation)
def test_action_that_fails_changes_nothing(staged: MakeStage, judge: Judge, drive: Drive) -> None:
    stage = staged(drive)
    code, failed = ("OTHER", "FAILED") if drive.follow == "order" else ("UNAVAILABLE", "ERROR")
    stage.sandbox.script_action(code=code, message="Ça ne va pas.")
    before = stage.everything()

    action_id = drive.call(stage.api, stage.ids)
    stage.sandbox.settle()
    ended = followed(stage, drive, action_id)

    assert (ended.status, [(one.code, one.message) for one in ended.errors]) == (failed, [(code, "Ça ne va pas.")])
    assert judged(judge, stage.exchanges) == [202, 200]
    assert stage.everything() == before


@pytest.mark.parametrize(("operation_id", "codes"), [("v2-closeReturn", CODES), ("createMessage", CONVERSATION_CODES)])
def test_every_code_of_the_contract_can_be_met(
    staged: MakeStage, judge: Judge, operation_id: str, codes: tuple[str, ...]
) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    met = []

    for code in codes:
        stage.sandbox.script_action(code=code)
        action_id = drive.call(stage.api, stage.ids)
        stage.sandbox.settle()
        met += [error.code for error in followed(stage, drive, action_id).errors]

    name = "ActionErrorResponse" if drive.follow == "order" else "ConversationActionErrorItem"
    assert met == list(codes)
    assert set(codes) == set(judge.contract["components"]["schemas"][name]["properties"]["code"]["enum"])
    assert set(judged(judge, stage.exchanges)) == {200, 202}


@pytest.mark.parametrize("operation_id", sorted(FULLEST.keys() - WITHOUT_404))
def test_what_is_not_known_is_404(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    before = stage.everything()

    with allowed(operation_id), pytest.raises(NotFound) as caught:
        drive.call(stage.api, stage.ids.unknown())

    assert (caught.value.status, caught.value.code) == (404, "DATA_NOT_FOUND")
    assert judged(judge, stage.exchanges) == [404]
    assert stage.everything() == before


SCRIPTED: list[tuple[str, type[MiraklError], dict[str, Any]]] = [
    ("401", NotAuthorised, {}),
    ("403", NotAuthorised, {}),
    ("429", TooSoon, {"retry_after": 99}),
    ("500", Broken, {}),
    ("503", Broken, {}),
]


@pytest.mark.parametrize("operation_id", sorted(FULLEST))
def test_refusal_is_understood_and_changes_nothing(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    before = stage.everything()

    for kind, expected, options in SCRIPTED:
        stage.sandbox.fault(operation_id, kind=kind, times=None, **options)
        with allowed(operation_id), pytest.raises(expected) as caught:
            drive.call(stage.api, stage.ids)
        assert caught.value.status == int(kind)  # type: ignore[attr-defined]  # -- all of these have one
        stage.sandbox.clear_faults()

    assert set(judged(judge, stage.exchanges)) == {401, 403, 429, 500, 503}
    assert stage.everything() == before


@pytest.mark.parametrize("operation_id", sorted(FULLEST))
def test_client_without_the_scope_is_403_and_revoked_token_is_renewed(
    staged: MakeStage, judge: Judge, operation_id: str
) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    channel = connect(stage.sandbox, client_id="demo-channel", client_secret="demo-channel-secret")

    with allowed(operation_id), pytest.raises(NotAuthorised) as caught:
        drive.call(channel, stage.ids)
    next(stage.api.list_products())  # from now on it has a token
    stage.exchanges.pop()
    stage.sandbox.revoke_tokens()
    with allowed(operation_id):
        drive.call(stage.api, stage.ids)

    assert caught.value.status == 403
    assert judged(judge, stage.exchanges)[:3] == [403, 401, judge.success(operation_id)]


def test_outcome_of_every_operation_is_as_driven() -> None:
    tracked = {one.id for one in OPERATIONS.values() if one.outcome is Outcome.TRACKED}

    assert {drive.operation for drive in TRACKED} == tracked


# The state of the record that forbids what was asked for: taken with 202, ended by the marketplace.
WRONG_STATES = [
    ("v2-acceptOrderLines", {"status": "SHIPPED"}, "ORDER_IN_WRONG_STATE"),
    ("v2-cancelOrderLines", {"status": "SHIPPED"}, "ORDER_IN_WRONG_STATE"),
    ("v2-refundOrderLines", {"status": "AWAITING_ACCEPTANCE"}, "ORDER_IN_WRONG_STATE"),
    ("v2-createShipment", {"status": "AWAITING_ACCEPTANCE"}, "ORDER_IN_WRONG_STATE"),
    ("v2-createShipment", {"status": "AWAITING_PAYMENT"}, "PAYMENT_REQUIRED"),
    ("v2-acceptReturn", {"return_status": "OPENED"}, "RETURN_IN_WRONG_STATE"),
    ("v2-acknowledgeReturnReception", {"return_status": "REQUEST_INITIATED"}, "RETURN_IN_WRONG_STATE"),
    ("v2-closeReturn", {"return_status": "REQUEST_DECLINED"}, "RETURN_IN_WRONG_STATE"),
    ("v2-updateReturnTrackingInformation", {"return_status": "CLOSED"}, "RETURN_IN_WRONG_STATE"),
]


@pytest.mark.parametrize(("operation_id", "state", "code"), WRONG_STATES)
def test_wrong_state_fails_the_action_and_not_the_call(
    staged: MakeStage, judge: Judge, operation_id: str, state: dict[str, Any], code: str
) -> None:
    drive = replace(FULLEST[operation_id], **state)
    stage = staged(drive)
    before = stage.everything()

    action_id = drive.call(stage.api, stage.ids)
    stage.sandbox.settle()
    ended = followed(stage, drive, action_id)

    assert (ended.status, [error.code for error in ended.errors]) == ("FAILED", [code])
    assert judged(judge, stage.exchanges) == [202, 200]
    assert stage.everything() == before


@pytest.mark.parametrize("operation_id", ["acceptOrderLines", "createShipment"])
def test_wrong_state_fails_the_call_where_the_call_is_the_outcome(
    staged: MakeStage, judge: Judge, operation_id: str
) -> None:
    drive = replace(FULLEST[operation_id], status="CLOSED")
    stage = staged(drive)
    before = stage.everything()

    with allowed(operation_id), pytest.raises(Invalid) as caught:
        drive.call(stage.api, stage.ids)

    assert (caught.value.status, caught.value.code) == (400, "ORDER_IN_WRONG_STATE")
    assert judged(judge, stage.exchanges) == [400]
    assert stage.everything() == before


def test_cancelation_of_more_than_there_is_names_the_field(staged: MakeStage, judge: Judge) -> None:
    drive = FULLEST["v2-cancelOrderLines"]
    stage = staged(drive)
    line = stage.ids.line
    price = Amount(amount=Decimal(0), currency=stage.ids.currency)

    with pytest.raises(Invalid) as caught:
        stage.api.cancel_order_lines(
            stage.ids.order,
            [Cancelation(order_line_id=line, quantity=4, price=price, shipping_price=price, reason="DEFECT")],
        )

    assert [fault.field for fault in caught.value.errors] == ["cancelations[0].quantity"]
    assert judged(judge, stage.exchanges) == [400]


@pytest.mark.parametrize(
    ("operation_id", "rows"),
    [("v2-listOrders", 2), ("listOrders", 2), ("v2-listReturns", 2), ("v2-listOrderDocuments", 2)],
)
def test_walk_whose_token_expires_has_to_start_again(
    staged: MakeStage, judge: Judge, operation_id: str, rows: int
) -> None:
    stage = staged(FULLEST[operation_id])
    for number in range(rows):
        other = stage.sandbox.place_order(id=f"other-{number}", status="AWAITING_SHIPMENT")
        stage.sandbox.open_return(other["id"])
        stage.sandbox.add_document(other["id"])
    stage.sandbox.fault(operation_id, kind="expired-page-token")
    walks = {
        "v2-listOrders": lambda: stage.api.list_orders(limit=1),
        "listOrders": lambda: stage.api.list_orders_v1(limit=1),
        "v2-listReturns": lambda: stage.api.list_returns(updated_from=PAST, limit=1),
        "v2-listOrderDocuments": lambda: stage.api.list_order_documents(limit=1),
    }

    with allowed(operation_id), pytest.raises(PageTokenExpired):
        list(walks[operation_id]())
    with allowed(operation_id):
        pages = list(walks[operation_id]())

    assert len(pages) == rows + 1
    assert judged(judge, stage.exchanges) == [200, 400, *[200] * len(pages)]
