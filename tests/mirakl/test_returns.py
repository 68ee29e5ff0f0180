"""Returns: what exactly leaves, and what does not."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from backoffice.mirakl.connect.inputs.returns import Tracking, TrackingInformation
from backoffice.mirakl.errors import Invalid, MiraklError, NotFound, OutcomeUnknown
from tests.mirakl.serving import Serving, asked, headers, http, sent

SINCE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
TAKEN = http('{"action_id":"a-1","tracking_id":"a-1"}', status="202 Accepted")
LABEL = TrackingInformation(
    rma_id="RMA é", label_url="https://l.test/1?a=b", tracking=Tracking(carrier="C", tracking_number="1 2")
)


def test_filters_are_sent_as_mirakl_wants_them() -> None:
    with Serving(http('{"data":[]}')) as server:
        list(
            server.client.list_returns(
                updated_from=datetime(2026, 2, 3, 1, 30, tzinfo=timezone(timedelta(hours=2))),
                order_ids=["A&B=1", "C+D é/%"],
                statuses=["OPENED", "CLOSED"],
                limit=7,
            )
        )

    assert asked(server.requests[0]) == (
        "/v2/orders/returns",
        [
            ("limit", "7"),
            ("updated_from", "2026-02-02T23:30:00Z"),
            ("order_ids", "A&B=1"),
            ("order_ids", "C+D é/%"),
            ("statuses", "OPENED"),
            ("statuses", "CLOSED"),
        ],
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"limit": 0}, "limit: a whole number of 1 to 100 is expected."),
        ({"limit": 101}, "limit: a whole number of 1 to 100 is expected."),
        ({"statuses": ["CHANNEL_SPECIFIC"]}, "statuses[0]: one of "),
        ({"statuses": ["OPENED"] * 101}, "statuses: a list of at most 100 items is expected."),
        ({"order_ids": ["O"] * 101}, "order_ids: a list of at most 100 items is expected."),
        ({"order_ids": ["O", ""]}, "order_ids[1]: a text of 1 or more characters is expected."),
        ({"order_ids": "O-1"}, "order_ids: a list of at most 100 items is expected."),
        ({"updated_from": None}, "updated_from: a date-time with a time zone is expected."),
        ({"updated_from": SINCE.replace(tzinfo=None)}, "updated_from: a date-time with a time zone is expected."),
    ],
)
def test_question_that_connect_would_refuse_is_not_asked(arguments: dict[str, Any], fault: str) -> None:
    with Serving(http('{"data":[]}')) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.list_returns(**{"updated_from": SINCE, **arguments})

    assert server.connections == 0


@pytest.mark.parametrize(("method", "verb"), [("acknowledge_return_reception", "receive"), ("close_return", "close")])
def test_write_without_a_body_says_that_its_length_is_zero(method: str, verb: str) -> None:
    with Serving(TAKEN) as server:
        assert getattr(server.client, method)("0002_a/b é") == "a-1"

    (request,) = server.requests
    head = request.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert head[0] == f"PUT /v2/orders/returns/0002_a%2Fb%20%C3%A9/{verb} HTTP/1.1".encode()
    assert [line for line in head if line.lower().startswith(b"content-") or b"encoding: chunked" in line] == [
        b"Content-Length: 0"
    ]


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ((True,), {"accepted": True}),
        ((False,), {"accepted": False}),
        ((False, "FINAL_SALES"), {"accepted": False, "rejection_reason": "FINAL_SALES"}),
    ],
)
def test_decision_is_sent(arguments: tuple[Any, ...], body: dict[str, Any]) -> None:
    with Serving(TAKEN) as server:
        assert server.client.accept_return("R+1", *arguments) == "a-1"

    (request,) = server.requests
    assert request.startswith(b"PUT /v2/orders/returns/R%2B1/accept HTTP/1.1\r\n")
    assert (headers(request)["content-type"], json.loads(sent(request))) == ("application/json", body)


@pytest.mark.parametrize(
    ("information", "body"),
    [
        (TrackingInformation(), "{}"),
        (TrackingInformation(tracking=Tracking()), '{"tracking":{}}'),
        (
            LABEL,
            '{"rma_id":"RMA é","label_url":"https://l.test/1?a=b","tracking":{"carrier":"C","tracking_number":"1 2"}}',
        ),
        (
            TrackingInformation(tracking=Tracking(tracking_url="https://t.test")),
            '{"tracking":{"tracking_url":"https://t.test"}}',
        ),
    ],
)
def test_tracking_is_sent_without_what_is_empty(information: TrackingInformation, body: str) -> None:
    with Serving(TAKEN) as server:
        assert server.client.update_return_tracking_information("R-1", information) == "a-1"

    (request,) = server.requests
    assert request.startswith(b"PUT /v2/orders/returns/R-1/trackings HTTP/1.1\r\n")
    assert sent(request).decode() == body


@pytest.mark.parametrize(
    ("method", "arguments", "fault"),
    [
        ("accept_return", ("R", "false"), "accepted: true or false is expected."),
        ("accept_return", ("R", None), "accepted: true or false is expected."),
        ("accept_return", ("R", False, "OTHER"), "rejection_reason: one of "),
        ("accept_return", ("", True), "return_id: '' cannot be a part of an address."),
        ("close_return", ("..",), "return_id: '..' cannot be a part of an address."),
        (
            "update_return_tracking_information",
            ("R", TrackingInformation(rma_id=5)),  # type: ignore[arg-type]  # -- the mistake that is tested
            "rma_id: a text is expected.",
        ),
    ],
)
def test_write_that_connect_would_refuse_is_not_sent(method: str, arguments: tuple[Any, ...], fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        getattr(server.client, method)(*arguments)

    assert server.connections == 0


WRITES: list[tuple[str, tuple[Any, ...]]] = [
    ("accept_return", ("R", True)),
    ("acknowledge_return_reception", ("R",)),
    ("close_return", ("R",)),
    ("update_return_tracking_information", ("R", LABEL)),
]
ENDS: list[tuple[bytes, type[MiraklError]]] = [
    (b"", OutcomeUnknown),
    (http("{}", status="202 Accepted"), OutcomeUnknown),
    (http("{}", status="400 Bad Request"), Invalid),
    (http("{}", status="404 Not Found"), NotFound),
]


@pytest.mark.parametrize(("method", "arguments"), WRITES, ids=[name for name, _ in WRITES])
@pytest.mark.parametrize(("answer", "error"), ENDS, ids=["lost", "without an id", "400", "404"])
def test_write_is_sent_once_whatever_becomes_of_it(
    method: str,
    arguments: tuple[Any, ...],
    answer: bytes,
    error: type[MiraklError],
) -> None:
    with Serving(answer) as server, pytest.raises(error) as caught:
        getattr(server.client, method)(*arguments)

    assert type(caught.value) is error
    assert (len(server.requests), server.naps) == (1, [])
