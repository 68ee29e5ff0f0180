"""The token endpoint (domain.md §3.1; §8, questions 60 and 61)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.calling import FORM, Caller, ask_token, bearer
from tests.sandbox_server import RunningSandbox


def test_token_is_given_to_the_right_client(sandbox: RunningSandbox) -> None:
    answer = ask_token(sandbox)

    body = answer.json()
    assert answer.status_code == 200
    assert body.pop("access_token")
    assert body == {
        "token_type": "Bearer",
        "expires_in": 3599,
        "target_app": "mirakl-connect",
        "resource_owner": "demo-company",
    }
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_secret": "démo"}, 401, "invalid_client"),
        ({"client_secret": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_token_is_refused_in_the_shape_of_oauth(
    sandbox: RunningSandbox, fields: dict[str, str], status: int, error: str
) -> None:
    answer = ask_token(sandbox, **fields)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json().keys() == {"error", "error_description"}


MULTIPART = {name: (None, value) for name, value in FORM.items()}


@pytest.mark.parametrize(
    "how", [{"params": FORM}, {"json": FORM}, {"files": MULTIPART}, {"auth": ("demo-client", "demo-secret")}, {}]
)
def test_token_parameters_count_only_in_a_form_body(sandbox: RunningSandbox, how: dict[str, Any]) -> None:
    answer = requests.post(sandbox.token_url, timeout=30, **how)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_token_endpoint_takes_only_post(sandbox: RunningSandbox) -> None:
    answer = requests.get(sandbox.token_url, timeout=30)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_audience_is_free_unless_strict(sandbox: RunningSandbox) -> None:
    free = [ask_token(sandbox).status_code, ask_token(sandbox, audience="anything").status_code]

    sandbox.configure(strict_audience=True)
    strict = [ask_token(sandbox, **fields).status_code for fields in ({}, {"audience": "x"})]
    right = ask_token(sandbox, audience="demo-company").status_code

    assert (free, strict, right) == ([200, 200], [403, 403], 200)


def test_token_lives_as_long_as_it_says(sandbox: RunningSandbox) -> None:
    sandbox.configure(token_seconds=5)
    assert ask_token(sandbox).json()["expires_in"] == 5
    caller = Caller(sandbox)
    assert caller.answer().status_code == 200

    sandbox.advance(5)

    expired = caller.answer()
    assert (expired.status_code, expired.json()["code"]) == (401, "UNAUTHORIZED")
    assert "expired" in expired.json()["message"]


def test_revoked_tokens_are_refused_and_new_ones_work(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.revoke_tokens()

    assert caller.answer().status_code == 401
    assert Caller(sandbox).answer().status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer made-up", "Basic ZGVtbzpkZW1v", "demo-key-1"])
def test_call_without_a_good_token_is_401(sandbox: RunningSandbox, header: str) -> None:
    headers = {"Authorization": header} if header else {}

    answer = requests.get(f"{sandbox.connect_url}/v2/orders", headers=headers, timeout=30)

    assert (answer.status_code, answer.json().keys()) == (401, {"code", "message"})
    assert (answer.json()["code"], answer.headers["WWW-Authenticate"]) == ("UNAUTHORIZED", "Bearer")


def test_call_without_the_scope_is_403(sandbox: RunningSandbox) -> None:
    headers = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")

    answer = requests.get(f"{sandbox.connect_url}/v2/orders", headers=headers, timeout=30)

    assert answer.status_code == 403
    assert answer.json() == {"code": "FORBIDDEN", "message": "The client lacks the scope connect:order:read."}
