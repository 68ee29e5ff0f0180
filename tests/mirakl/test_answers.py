from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from backoffice.mirakl.answers import Answer, refusal
from backoffice.mirakl.errors import (
    Broken,
    Fault,
    Invalid,
    NotAuthorised,
    NotFound,
    PageTokenExpired,
    Redirected,
    Refused,
    TooSoon,
)


def refused(status: int, body: Any = "", *, in_walk: bool = False, **headers: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return refusal(
        Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode()),
        in_walk=in_walk,
    )


def said(error: Refused) -> tuple[str, str, tuple[Fault, ...]]:
    return error.code, error.message, error.errors


def test_words_of_a_refusal_hold_nothing_that_postgresql_cannot_store() -> None:
    assert said(refused(400, {"code": "A\0", "message": "b\0c"})) == ("A", "b c", ())


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_success_is_no_refusal(status: int) -> None:
    assert refused(status) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Redirected),
        (304, Redirected),
        (400, Invalid),
        (401, NotAuthorised),
        (403, NotAuthorised),
        (404, NotFound),
        (405, Invalid),
        (410, NotFound),
        (429, TooSoon),
        (500, Broken),
        (599, Broken),
    ],
)
def test_status_decides_the_kind(status: int, kind: type) -> None:
    assert type(refused(status)) is kind


def test_400_on_a_page_token_is_an_expired_one() -> None:
    assert [type(refused(status, in_walk=True)) for status in (400, 404)] == [PageTokenExpired, NotFound]


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (
            {"code": "INVALID_INPUT", "message": "No.", "errors": [{"field": "a.b", "message": "Too\n long.", "x": 1}]},
            ("INVALID_INPUT", "No.", (Fault("a.b", "", "Too long."),)),
        ),
        ({"status": 400, "message": "No."}, ("", "No.", ())),
        ({"errors": [{"code": "TYPE", "field": "f", "message": "No."}]}, ("", "", (Fault("f", "TYPE", "No."),))),
        ({"error": "invalid_client", "error_description": "No."}, ("invalid_client", "No.", ())),
        ({"code": 7, "message": None, "errors": {"a": 1}}, ("", "", ())),
        ({"errors": ["No.", None]}, ("", "", ())),
        (["No."], ("", "", ())),
        ("<html>", ("", "", ())),
        ("", ("", "", ())),
    ],
)
def test_every_shape_of_envelope_is_understood(body: Any, parts: tuple[Any, ...]) -> None:
    assert said(refused(400, body)) == parts


def test_message_holds_status_code_words_and_faults() -> None:
    body = {"code": "INVALID_INPUT", "message": "No.", "errors": [{"field": "a", "code": "X"}, {"message": "Why"}]}

    assert str(refused(400, body)) == f"{Invalid.__doc__} (400 INVALID_INPUT: No.; a: X; Why)"


def test_words_of_mirakl_are_cut_to_what_a_person_reads() -> None:
    assert len(refused(400, {"message": "x" * 9999}).message) == 300


def test_request_id_is_kept() -> None:
    assert [refused(500, X_Request_Id="r-1").request_id, refused(302, X_Correlation_Id="c").request_id] == ["r-1", "c"]


def test_headers_that_are_told_are_short_and_command_no_terminal() -> None:
    named = refused(500, X_Request_Id="r\x1b[2J\x9b1\r" + "x" * 999)
    led = refused(302, Location="https://a\x1bcb\x07." + "x" * 999)

    assert named.request_id == "r[2J1" + "x" * 92
    assert str(led).endswith("(302 to acb." + "x" * 94 + ")")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7.5 ", 7.5),
        ("0", 0),
        ("-3", 0),
        ("999999999", 86_400),
        ("soon", 60),
        ("", 60),
        ("nan", 60),
        ("inf", 60),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
    ],
)
def test_retry_after_is_read_in_any_form(header: str, seconds: float) -> None:
    assert refused(429, Retry_After=header).retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    then = datetime.now(UTC) + timedelta(seconds=100)

    assert 98 < refused(429, Retry_After=format_datetime(then, usegmt=True)).retry_after <= 100


def test_redirect_tells_the_host_and_nothing_else() -> None:
    errors = [refused(302, Location=target) for target in ("https://user:pw@sso.test/x?token=1", "/login", "http://[")]

    assert [str(error) for error in errors] == [
        f"{Redirected.__doc__} {end}" for end in ("(302 to sso.test)", "(302)", "(302)")
    ]
