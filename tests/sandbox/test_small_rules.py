"""Rules that need no server: dates, routes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.dates import parse, written
from backoffice.sandbox.operations import OPERATIONS, Routes
from backoffice.sandbox.tokens import CHANNEL_SCOPES, SELLER_SCOPES


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T08:30:00Z", datetime(2026, 1, 31, 8, 30, tzinfo=UTC)),
        ("2026-01-31T08:30:00.5Z", datetime(2026, 1, 31, 8, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-01-31T08:30:00.123456789Z", datetime(2026, 1, 31, 8, 30, 0, 123_456, tzinfo=UTC)),
        ("2026-01-31T00:30:00+02:00", datetime(2026, 1, 30, 22, 30, tzinfo=UTC)),
        ("2026-01-31T00:30:00-02:30", datetime(2026, 1, 31, 3, 0, tzinfo=UTC)),
        ("2026-12-31T23:59:60Z", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_date_is_read_in_every_documented_form(text: str, moment: datetime) -> None:
    assert parse(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T08:30:00",
        "2026-01-31T08:30:00 01:00",
        "2026-01-31T08:30Z",
        "2026-02-30T08:30:00Z",
        "2026-01-31T08:30:61Z",
        "2026-01-31T08:30:00+24:00",
        "2026-01-31T08:30:00Z\n",
        "٢٠٢٦-01-31T08:30:00Z",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_date_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|range|month|second|day"):
        parse(text)


def test_date_is_written_without_needless_milliseconds() -> None:
    moment = datetime(2026, 1, 31, 8, 30, tzinfo=UTC)

    texts = [written(moment + timedelta(microseconds=extra)) for extra in (0, 999, 1000, 120_000)]

    assert texts == [
        "2026-01-31T08:30:00Z",
        "2026-01-31T08:30:00Z",
        "2026-01-31T08:30:00.001Z",
        "2026-01-31T08:30:00.120Z",
    ]


def nothing(call: Call) -> Response:
    raise NotImplementedError


ROUTES = Routes(
    Operation(f"{method} {path}", method, path, "scope", None, nothing)
    for method, path in (
        ("GET", "/v2/orders/{order_id}/documents"),
        ("GET", "/v2/orders/actions/{action_id}"),
        ("GET", "/v2/orders/{order_id}/{thing}"),
        ("POST", "/v2/orders/actions/{action_id}"),
    )
)


@pytest.mark.parametrize(
    ("path", "operation", "values"),
    [
        ("/v2/orders/actions/7", "GET /v2/orders/actions/{action_id}", {"action_id": "7"}),
        ("/v2/orders/7/documents", "GET /v2/orders/{order_id}/documents", {"order_id": "7"}),
        ("/v2/orders/actions/documents", "GET /v2/orders/actions/{action_id}", {"action_id": "documents"}),
        ("/v2/orders/a%2Fb/x", "GET /v2/orders/{order_id}/{thing}", {"order_id": "a/b", "thing": "x"}),
    ],
)
def test_literal_segments_win_over_parameters(path: str, operation: str, values: dict[str, str]) -> None:
    found, found_values = ROUTES.find("GET", path)

    assert (found.id, found_values) == (operation, values)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v2/orders//x", 404), ("GET", "/v2/orders", 404), ("PUT", "/v2/orders/actions/7", 405)],
)
def test_path_that_fits_nothing_is_refused(method: str, path: str, status: int) -> None:
    with pytest.raises(RefusedError) as refusal:
        ROUTES.find(method, path)

    assert refusal.value.status == status
    assert refusal.value.headers.get("Allow") == ("GET, POST" if status == 405 else None)


def test_every_operation_has_a_scope_that_somebody_holds() -> None:
    assert {operation.scope for operation in OPERATIONS} <= SELLER_SCOPES | CHANNEL_SCOPES
