"""The four calls that Mirakl has replaced: each works, and each warns at the line that makes it."""

from __future__ import annotations

import linecache
import re
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.inputs.orders import ShipmentV1, ShippedItem
from backoffice.mirakl.connect.types import ActionError, ActionStatus, Order, Shipment, read
from backoffice.mirakl.connect.types import ShippedItem as Shipped
from backoffice.mirakl.errors import Broken, Invalid, MiraklError, NotFound, NotYet, OutcomeUnknown
from tests.mirakl.calling import client_at
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.test_accept_order_lines import answer
from tests.mirakl.watched import Watched

NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n"
PARCEL = """{"id":"S-1","channel_shipment_id":"C-1","created_at":"2026-02-03T04:05:06Z","new":1,
"updated_at":"2026-02-03T04:05:07Z","items":[{"id":"SKU","order_line_id":"L-1","quantity":2}],
"carrier":"DHL","tracking_number":"T-1","tracking_url":"https://track.test/T-1"}"""
CREATED = answer(PARCEL, "201 Created")

Call = Callable[[Connect], object]


def parcel(**fields: Any) -> ShipmentV1:
    return ShipmentV1(**{"items": [ShippedItem(order_line_id="L-1", quantity=2)], **fields})


@pytest.fixture
def quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


CALLS: dict[str, tuple[Call, str]] = {
    "list_orders_v1": (lambda api: api.list_orders_v1(), "listOrders is deprecated at Mirakl: use list_orders."),
    "accept_order_lines_v1": (
        lambda api: api.accept_order_lines_v1("O-1", {"L-1": True}),
        "acceptOrderLines is deprecated at Mirakl: use accept_order_lines.",
    ),
    "create_shipment_v1": (
        lambda api: api.create_shipment_v1("O-1", parcel()),
        "createShipment is deprecated at Mirakl: use create_shipment.",
    ),
    "get_order_tracking_v1": (
        lambda api: api.get_order_tracking_v1("t-1"),
        "v2-getOrderTracking is deprecated at Mirakl: use get_action_status.",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_each_warns_at_the_line_that_calls_it(name: str) -> None:
    call, sentence = CALLS[name]

    # An answer that each can read: only the warning is looked at.
    with Scripted(answer(PARCEL.replace('"new"', '"status":"PENDING","new"'))) as server, pytest.warns() as caught:
        call(client_at(server.url))

    (warning,) = caught
    assert (str(warning.message), warning.category) == (sentence, DeprecationWarning)
    assert f"api.{name}(" in linecache.getline(warning.filename, warning.lineno)


@pytest.mark.usefixtures("quietly")
def test_acceptance_is_these_bytes_and_done_with_204() -> None:
    watcher = Watched()
    with Scripted(NO_CONTENT) as server:
        client_at(server.url, watcher=watcher).accept_order_lines_v1("O/1", {"é": True, "L-2": False})

    (request,) = server.requests
    assert request.startswith(b"PUT /orders/O%2F1/accept HTTP/1.1\r\n")
    assert request.partition(b"\r\n\r\n")[2].decode() == (
        '{"order_lines":[{"id":"é","accepted":true},{"id":"L-2","accepted":false}]}'
    )
    assert watcher.told == ["departing acceptOrderLines", "acceptOrderLines ok"]


@pytest.mark.usefixtures("quietly")
def test_shipment_is_these_bytes_and_its_parcel_is_read_whole() -> None:
    whole = parcel(
        carrier="DHL", tracking_number="T-1", tracking_url="https://track.test/T-1", return_tracking_number="R-1"
    )

    with Scripted(CREATED) as server:
        api = client_at(server.url)
        found = api.create_shipment_v1("O-1", whole)
        api.create_shipment_v1("O-1", parcel(carrier=""))

    assert [request.partition(b"\r\n\r\n")[2] for request in server.requests] == [
        (
            b'{"items":[{"order_line_id":"L-1","quantity":2}],"carrier":"DHL","tracking_number":"T-1",'
            b'"tracking_url":"https://track.test/T-1","return_tracking_number":"R-1"}'
        ),
        b'{"items":[{"order_line_id":"L-1","quantity":2}]}',
    ]
    assert server.requests[0].startswith(b"POST /orders/O-1/shipments HTTP/1.1\r\n")
    assert found == Shipment(
        id="S-1",
        channel_shipment_id="C-1",
        created_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        updated_at=datetime(2026, 2, 3, 4, 5, 7, tzinfo=UTC),
        items=[Shipped("SKU", "L-1", 2)],
        carrier="DHL",
        tracking_number="T-1",
        tracking_url="https://track.test/T-1",
    )


@pytest.mark.usefixtures("quietly")
def test_parcel_may_lack_all_but_its_id() -> None:
    with Scripted(answer('{"id":7,"items":null,"carrier":null}', "201 Created")) as server:
        found = client_at(server.url).create_shipment_v1("O-1", parcel())

    assert found == Shipment(id="7")


@pytest.mark.usefixtures("quietly")
def test_tracking_is_read_as_an_action() -> None:
    body = '{"id":"t/1","status":"FAILED","errors":[{"code":"ANYTHING","message":"Why."}]}'
    with Scripted(answer(body, "200 OK")) as server:
        found = client_at(server.url).get_order_tracking_v1("t/1")

    assert server.requests[0].startswith(b"GET /v2/orders/tracking/t%2F1 HTTP/1.1\r\n")
    assert found == ActionStatus("FAILED", "t/1", errors=[ActionError("ANYTHING", "Why.")])


@pytest.mark.usefixtures("quietly")
def test_every_tracking_has_a_pace_of_its_own(client_of: MakeClient) -> None:
    with Scripted(answer('{"status":"PENDING"}', "200 OK")) as server:
        api = client_of(base_url=server.url, paced=True)
        api.get_order_tracking_v1("t-1")
        api.get_order_tracking_v1("t-2")

        with pytest.raises(NotYet):
            api.get_order_tracking_v1("t-1")


@pytest.mark.usefixtures("quietly")
def test_walk_asks_the_older_address_and_follows_tokens() -> None:
    body = '{"data":[{"id":"O-1","updated_at":"2026-02-03T04:05:06Z"}]}'
    with Scripted(answer(body, "200 OK")) as server:
        (page,) = client_at(server.url).list_orders_v1(order_ids=["A&B"], statuses=["CLOSED"], limit=5)

    assert read(page.data[0], Order).id == "O-1"
    assert server.requests[0].startswith(b"GET /orders?limit=5&order_ids=A%26B&statuses=CLOSED HTTP/1.1\r\n")


# Of an answer that says only "done" its status is all: what has a body of its own is none of Mirakl's.
NO_SUCCESS = {
    "closed": "",
    "reset": None,
    "cut in the status": "HTTP/1.1 20",
    "a web page": answer("\n <!doctype html>", "200 OK"),
}
NO_PARCEL = {
    **NO_SUCCESS,
    "no content": NO_CONTENT,
    "empty": answer("", "201 Created"),
    "broken": answer(PARCEL[:-9], "201 Created"),
    "cut": CREATED[:-9],
    "without an id": answer("{}", "201 Created"),
    "an action": answer('{"action_id":"a-1"}', "202 Accepted"),
    "an id that is none": answer('{"id":{}}', "201 Created"),
}


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize(
    ("call", "text"),
    [(CALLS["accept_order_lines_v1"][0], text) for text in NO_SUCCESS.values()]
    + [(CALLS["create_shipment_v1"][0], text) for text in NO_PARCEL.values()],
    ids=[f"accept {name}" for name in NO_SUCCESS] + [f"ship {name}" for name in NO_PARCEL],
)
def test_success_that_is_lost_or_unreadable_leaves_the_outcome_unknown(call: Call, text: str | None) -> None:
    naps: list[float] = []
    with Scripted(text) as server, pytest.raises(OutcomeUnknown):
        call(client_at(server.url, sleep=naps.append))

    assert (server.connections, naps) == (1, [])


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize(
    ("status", "error"), [("400 Bad Request", Invalid), ("404 Not Found", NotFound), ("500 Oops", Broken)]
)
@pytest.mark.parametrize("name", ["accept_order_lines_v1", "create_shipment_v1"])
def test_refusal_is_told_as_it_is_and_nothing_is_sent_again(name: str, status: str, error: type[MiraklError]) -> None:
    naps: list[float] = []
    text = answer('{"code":"ORDER_IN_WRONG_STATE","message":"No."}', status)
    with Scripted(text) as server, pytest.raises(error, match="ORDER_IN_WRONG_STATE"):
        CALLS[name][0](client_at(server.url, sleep=naps.append))

    assert (server.connections, naps) == (1, [])


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda api: api.accept_order_lines_v1("O", {}), "order_lines: a list of 1 or more items is expected."),
        (lambda api: api.accept_order_lines_v1("..", {"L": True}), "order_id: '..' cannot be a part of an address."),
        (lambda api: api.create_shipment_v1("O", parcel(items=[])), "items: a list of 1 or more items is expected."),
        (lambda api: api.get_order_tracking_v1(""), "tracking_id: '' cannot be a part of an address."),
    ],
)
def test_what_connect_would_refuse_is_not_sent(call: Call, fault: str) -> None:
    with Scripted(NO_CONTENT) as server, pytest.raises(ValueError, match=re.escape(fault)):
        call(client_at(server.url))

    assert server.connections == 0
