"""Every trouble that a call can meet, made by the sandbox, and the error that it becomes."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.operations import LIST_ORDERS
from backoffice.mirakl.errors import (
    Broken,
    CouldNotConnect,
    Fault,
    Invalid,
    NoAnswer,
    NotAuthorised,
    NotFound,
    OutcomeUnknown,
    Redirected,
    Refused,
    TooSoon,
    Unreadable,
)
from backoffice.mirakl.operations import Operation, Outcome
from backoffice.mirakl.pages import read_page
from tests.mirakl.calling import first_page, ids
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox

# A write, as far as the client can tell; the sandbox answers it as it answers the list of orders.
WRITE = Operation(
    id="a-write",
    family="connect",
    method="GET",
    path="/v2/orders",
    pace=None,
    repeatable=False,
    outcome=Outcome.TRACKED,
)


def write(api: Connect) -> bytes:
    return api._transport.call(WRITE, bytes)


def calls(sandbox: RunningSandbox) -> list[int]:
    """The statuses of all calls of v2-listOrders; 0 where none was given."""
    return [entry["status"] or 0 for entry in sandbox.journal() if entry["operation"] == LIST_ORDERS.id]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"kind": "500"}, (Broken, "(500 UNEXPECTED: This trouble was scripted.)")),
        ({"kind": "503"}, (Broken, "(503 UNEXPECTED: This trouble was scripted.)")),
        (
            {"kind": "html"},
            (Unreadable, "It is a web page: the address is wrong, or a proxy stands between us and Mirakl."),
        ),
        ({"kind": "html", "status": 502}, (Broken, "(502)")),
        ({"kind": "broken-json"}, (Unreadable, "Its JSON is broken.")),
        ({"kind": "cut"}, (NoAnswer, "The connection broke.")),
    ],
)
def test_trouble_that_stays_is_told_after_two_repetitions(
    sandbox: RunningSandbox, api: Connect, naps: list[float], fault: dict[str, Any], told: tuple[type, str]
) -> None:
    error, reason = told
    sandbox.fault("v2-listOrders", times=None, **fault)

    with pytest.raises(error) as caught:
        first_page(api)

    assert (type(caught.value), str(caught.value)) == (error, f"{error.__doc__} {reason}")
    assert (len(calls(sandbox)), naps) == (3, [0.25, 1.0])


@pytest.mark.parametrize("kind", ["500", "503", "html", "broken-json", "cut"])
def test_trouble_that_passes_is_not_even_noticed(
    sandbox: RunningSandbox, api: Connect, naps: list[float], kind: str
) -> None:
    placed = sandbox.place_order()
    sandbox.fault("v2-listOrders", kind=kind, times=2)

    assert ids(first_page(api)) == [placed["id"]]
    assert naps == [0.25, 1.0]


def test_slow_answer_is_no_answer(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    api = client_of(timeout=(2.0, 0.1))
    sandbox.fault("v2-listOrders", kind="slow", seconds=20, times=None)

    with pytest.raises(NoAnswer) as caught:
        first_page(api)

    assert (type(caught.value), str(caught.value)) == (NoAnswer, "Mirakl did not answer. It was silent for 0.1 s.")


def test_silence_in_the_middle_of_an_answer_is_no_answer(client_of: MakeClient) -> None:
    with Scripted("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", stays_open=True) as server:
        api = client_of(base_url=server.url, timeout=(2.0, 0.1))

        with pytest.raises(NoAnswer, match=r"It was silent for 0\.1 s\."):
            first_page(api)


def test_answer_that_ends_too_early_is_no_answer(client_of: MakeClient) -> None:
    with Scripted("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{") as server:
        api = client_of(base_url=server.url)

        with pytest.raises(NoAnswer, match="The connection broke"):
            first_page(api)


def test_unreachable_host_could_not_connect(client_of: MakeClient, naps: list[float]) -> None:
    api = client_of(base_url=f"http://127.0.0.1:{closed_port()}")

    with pytest.raises(CouldNotConnect, match="The connection was refused, or no way leads to the host"):
        first_page(api)

    assert naps == [0.25, 1.0]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://nowhere.invalid/api", "The name of the host is not known."),
        ("not a url", "The address is not a URL."),
        ("http://", "The address is not a URL."),
        ("ftp://127.0.0.1/api", "The address is not a URL."),
    ],
)
def test_address_that_leads_nowhere_could_not_connect(client_of: MakeClient, url: str, reason: str) -> None:
    with pytest.raises(CouldNotConnect) as caught:
        first_page(client_of(base_url=url))

    assert str(caught.value) == f"Mirakl could not be reached; nothing was sent. {reason}"


def test_server_that_speaks_no_tls_got_nothing(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    api = client_of(base_url=sandbox.connect_url.replace("http:", "https:"))

    with pytest.raises(CouldNotConnect, match="No encrypted connection could be made"):
        first_page(api)


def test_server_that_breaks_the_handshake_off_got_nothing(client_of: MakeClient) -> None:
    with Scripted(None) as server, pytest.raises(CouldNotConnect, match="No encrypted connection could be made"):
        write(client_of(base_url=server.url.replace("http:", "https:")))


def test_server_that_is_silent_in_the_handshake_got_nothing(client_of: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        api = client_of(base_url=f"https://127.0.0.1:{listening.getsockname()[1]}", timeout=(0.2, 10.0))

        with pytest.raises(CouldNotConnect, match="No encrypted connection could be made"):
            write(api)


def test_wrong_path_is_not_found(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    api = client_of(base_url=f"{sandbox.url}/elsewhere")

    with pytest.raises(NotFound) as caught:
        first_page(api)

    assert caught.value.status == 404


def test_page_that_is_not_there_is_not_found(client_of: MakeClient) -> None:
    answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>"

    with Scripted(answer) as server, pytest.raises(NotFound, match=r"nothing under this address\. \(404\)$"):
        first_page(client_of(base_url=server.url))


def test_redirect_is_the_wrong_address_and_no_credential_follows_it(
    sandbox: RunningSandbox, client_of: MakeClient, naps: list[float]
) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {sandbox.connect_url}/v2/orders?secret=x\r\nContent-Length: 0\r\n\r\n"
    with Scripted(head) as server, pytest.raises(Redirected) as caught:
        first_page(client_of(base_url=server.url))

    assert str(caught.value) == f"{Redirected.__doc__} (302 to 127.0.0.1)"
    assert (calls(sandbox), naps) == ([], [])


def test_endless_answer_is_unreadable(client_of: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.mirakl.wire.LARGEST", 10)
    answer = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + "x" * 11

    with Scripted(answer) as server, pytest.raises(Unreadable, match="It is larger than"):
        first_page(client_of(base_url=server.url))


def test_too_many_calls_wait_as_long_as_mirakl_says(sandbox: RunningSandbox, api: Connect, naps: list[float]) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=2, times=2)

    first_page(api)

    assert (naps, calls(sandbox)) == ([2.0, 2.0], [429, 429, 200])


@pytest.mark.parametrize(("header", "seconds"), [({"retry_after": 3}, 3.0), ({}, 60.0)])
def test_too_many_calls_with_a_long_wait_are_told(
    sandbox: RunningSandbox, api: Connect, naps: list[float], header: dict[str, int], seconds: float
) -> None:
    sandbox.fault("v2-listOrders", kind="429", **header)

    with pytest.raises(TooSoon) as caught:
        first_page(api)

    assert (caught.value.retry_after, caught.value.status, naps) == (seconds, 429, [])


def test_too_many_calls_again_and_again_are_told(sandbox: RunningSandbox, api: Connect, naps: list[float]) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=1, times=None)

    with pytest.raises(TooSoon):
        first_page(api)

    assert naps == [1.0, 1.0]


def test_refusal_says_everything_that_mirakl_said(sandbox: RunningSandbox, api: Connect) -> None:
    with pytest.raises(Invalid) as caught:
        api._transport.call(LIST_ORDERS, bytes, query=[("limit", "1000")])

    refused: Refused = caught.value
    assert (refused.status, refused.code, [fault.field for fault in refused.errors]) == (
        400,
        "INVALID_INPUT",
        ["limit"],
    )
    assert isinstance(refused.errors[0], Fault)
    assert refused.message in str(refused)


def test_right_that_is_missing_is_not_authorised(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    api = client_of(client_id="demo-channel", secret="demo-channel-secret")

    with pytest.raises(NotAuthorised) as caught:
        first_page(api)

    assert caught.value.status == 403
    assert calls(sandbox) == [403]  # another token would have the same rights


@pytest.mark.parametrize("kind", ["cut", "html", "broken-json"])
def test_write_whose_answer_is_lost_is_never_sent_again(sandbox: RunningSandbox, api: Connect, kind: str) -> None:
    sandbox.fault("v2-listOrders", kind=kind, after_commit=True)

    with pytest.raises(OutcomeUnknown):
        api._transport.call(WRITE, read_page)

    assert len(calls(sandbox)) == 1


def test_write_that_is_answered_500_is_not_sent_again(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.fault("v2-listOrders", kind="500")

    with pytest.raises(Broken):
        write(api)

    assert calls(sandbox) == [500]


def test_write_that_was_redirected_was_not_carried_out(client_of: MakeClient) -> None:
    with Scripted("HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n") as server, pytest.raises(Redirected):
        write(client_of(base_url=server.url))


def test_write_that_never_left_says_so(client_of: MakeClient, naps: list[float]) -> None:
    with pytest.raises(CouldNotConnect):
        write(client_of(base_url=f"http://127.0.0.1:{closed_port()}"))

    assert naps == []


def test_write_that_was_refused_at_the_door_is_sent_again(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=1)

    write(api)

    assert calls(sandbox) == [429, 200]
