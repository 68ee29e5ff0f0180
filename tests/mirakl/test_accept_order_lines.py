"""The first write: what exactly leaves, what its answer means, and that it never leaves twice."""

from __future__ import annotations

import re
from typing import Any

import pytest
import redis

from backoffice.mirakl import Connect
from backoffice.mirakl.errors import (
    Broken,
    CouldNotConnect,
    Invalid,
    MiraklError,
    NotAuthorised,
    NotFound,
    OutcomeUnknown,
    Redirected,
)
from tests.mirakl.calling import first_page
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import ClosesWhenUsedAgain, Scripted
from tests.mirakl.watched import Watched
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox


def answer(body: str, status: str = "202 Accepted", *headers: str) -> str:
    return "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", body])


TAKEN = answer('{"action_id":"a-1","tracking_id":"a-1"}')


def accept(client_of: MakeClient, server: Scripted, **settings: Any) -> str:
    return client_of(base_url=server.url, **settings).accept_order_lines("O-1", {"L-1": True})


def test_request_is_these_bytes(client_of: MakeClient, broker: redis.Redis) -> None:
    with Scripted(TAKEN) as server:
        client_of(base_url=server.url).accept_order_lines("0002_a/b?c é", {"é-1": True, "é-2": False})

    (name,) = broker.keys("mirakl:token:*")
    token = broker.get(name)
    assert isinstance(token, bytes)
    body = '{"order_lines":[{"id":"é-1","accepted":true},{"id":"é-2","accepted":false}]}'.encode()
    head = [
        b"PUT /v2/orders/0002_a%2Fb%3Fc%20%C3%A9/accept HTTP/1.1",
        b"Host: " + server.url.removeprefix("http://").encode(),
        b"User-Agent: backoffice/0.1 (seller back office)",
        b"Accept-Encoding: gzip, deflate",
        b"Accept: application/json",
        b"Connection: keep-alive",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
        b"Authorization: Bearer " + token,
    ]
    assert server.requests == [b"\r\n".join([*head, b"", body])]


@pytest.mark.parametrize(
    "body",
    [
        '{"action_id":"a-1","tracking_id":"older"}',
        '{"action_id":"","tracking_id":"a-1"}',
        '{"action_id":null,"tracking_id":"a-1"}',
        '{"tracking_id":"a-1"}',
        '{"new":{},"action_id":"a-1"}',
    ],
)
def test_action_id_is_read_under_either_name(client_of: MakeClient, body: str) -> None:
    with Scripted(answer(body)) as server:
        assert accept(client_of, server) == "a-1"


@pytest.mark.parametrize(
    ("order_id", "decisions", "fault"),
    [
        ("", {"L": True}, "order_id: '' cannot be a part of an address."),
        ("..", {"L": True}, "order_id: '..' cannot be a part of an address."),
        ("O", {}, "order_lines: a list of 1 or more items is expected."),
        ("O", {"L": True, "": False}, "order_lines[1].id: a text of 1 or more characters is expected."),
        ("O", {"L": "false"}, "order_lines[0].accepted: true or false is expected."),
        ("O", {"L": None}, "order_lines[0].accepted: true or false is expected."),
    ],
)
def test_what_connect_would_refuse_is_not_sent(
    client_of: MakeClient, order_id: str, decisions: Any, fault: str
) -> None:
    with Scripted(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        client_of(base_url=server.url).accept_order_lines(order_id, decisions)

    assert server.connections == 0


LOST = {
    "reset before the request is read whole": None,
    "closed after the request is read": "",
    "cut in the status line": "HTTP/1.1 2",
    "cut in the headers": "HTTP/1.1 202 Accepted\r\nContent-Le",
    "cut before the body": "HTTP/1.1 202 Accepted\r\nContent-Length: 19\r\n\r\n",
    "cut in the body": 'HTTP/1.1 202 Accepted\r\nContent-Length: 19\r\n\r\n{"action_id":',
    "cut in a chunk": 'HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{"action_id":',
    "not HTTP": "SSH-2.0-OpenSSH\r\n\r\n",
    "not what it says to be": answer("plain", "202 Accepted", "Content-Encoding: gzip"),
    "empty": answer(""),
    "no content": "HTTP/1.1 204 No Content\r\n\r\n",
    "a web page": answer("<html>", "200 OK"),
    "broken JSON": answer('{"action_id":'),
    "two lengths": answer('{"action_id":"a-1"}', "202 Accepted", "Content-Length: 5"),
    "without an id": answer("{}"),
    "with an empty id": answer('{"action_id":"","tracking_id":null}'),
    "with an id that is none": answer('{"action_id":["a-1"]}'),
}


@pytest.mark.parametrize("text", LOST.values(), ids=LOST.keys())
def test_answer_that_is_lost_or_unreadable_leaves_the_outcome_unknown(
    client_of: MakeClient, naps: list[float], text: str | None
) -> None:
    watcher = Watched()
    with Scripted(text) as server, pytest.raises(OutcomeUnknown) as caught:
        accept(client_of, server, watcher=watcher)

    assert (server.connections, naps) == (1, [])
    assert watcher.told == ["departing v2-acceptOrderLines", "v2-acceptOrderLines OutcomeUnknown"]
    assert watcher.exchanges[0].text == str(caught.value)
    assert str(caught.value).startswith(f"{OutcomeUnknown.__doc__} ")


@pytest.mark.parametrize("text", ["", 'HTTP/1.1 202 Accepted\r\nContent-Length: 19\r\n\r\n{"action_id":'])
def test_silence_leaves_the_outcome_unknown(client_of: MakeClient, text: str) -> None:
    with Scripted(text, stays_open=True) as server, pytest.raises(OutcomeUnknown, match=r"It was silent for 0\.1 s\."):
        accept(client_of, server, timeout=(2.0, 0.1))

    assert server.connections == 1


ENVELOPE = '{"code":"DATA_NOT_FOUND","message":"No."}'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (answer(ENVELOPE, "400 Bad Request"), Invalid),
        (answer("<html>", "400 Bad Request"), Invalid),
        (answer(ENVELOPE, "403 Forbidden"), NotAuthorised),
        (answer(ENVELOPE, "404 Not Found"), NotFound),
        (answer(ENVELOPE, "415 Unsupported Media Type"), Invalid),
        (answer("", "301 Moved Permanently", "Location: /elsewhere"), Redirected),
        (answer("", "307 Temporary Redirect", "Location: /elsewhere"), Redirected),
        (answer(ENVELOPE, "500 Oops", "Retry-After: 0"), Broken),
        (answer(ENVELOPE, "503 Busy", "Retry-After: 0"), Broken),
    ],
)
def test_answer_of_another_status_is_told_as_it_is_and_nothing_is_sent_again(
    client_of: MakeClient, naps: list[float], text: str, error: type[MiraklError]
) -> None:
    with Scripted(text) as server, pytest.raises(error) as caught:
        accept(client_of, server)

    assert type(caught.value) is error
    assert (server.connections, len(server.requests), naps) == (1, 1, [])


def test_host_that_takes_no_connection_got_nothing(client_of: MakeClient, naps: list[float]) -> None:
    watcher = Watched()
    api = client_of(base_url=f"http://127.0.0.1:{closed_port()}", watcher=watcher)

    with pytest.raises(CouldNotConnect):
        api.accept_order_lines("O-1", {"L-1": True})

    assert (watcher.told[1:], naps) == (["v2-acceptOrderLines CouldNotConnect"], [])


def test_write_never_takes_a_connection_that_the_server_may_be_closing(client_of: MakeClient) -> None:
    with ClosesWhenUsedAgain(answer('{"data":[],"action_id":"a-1"}', "200 OK")) as server:
        api = client_of(base_url=server.url)

        first_page(api)
        ids = [api.accept_order_lines("O-1", {"L-1": True}) for _ in range(2)]

    assert (ids, server.connections, len(server.requests)) == (["a-1"] * 2, 3, 3)


def test_read_still_uses_an_open_connection(client_of: MakeClient, naps: list[float]) -> None:
    with ClosesWhenUsedAgain(answer('{"data":[]}', "200 OK")) as server:
        api = client_of(base_url=server.url)

        first_page(api)
        first_page(api)

    assert (server.connections, naps) == (2, [0.25])  # the open one was tried, and closed under it


@pytest.mark.parametrize(
    ("trouble", "taken"),
    [
        ({"kind": "cut", "when": "before"}, 0),
        ({"kind": "cut", "when": "after_commit"}, 1),
        ({"kind": "cut", "when": "midway"}, 1),
        ({"kind": "html"}, 1),
        ({"kind": "broken-json"}, 1),
    ],
)
def test_unknown_outcome_may_be_either_and_the_write_arrived_once(
    sandbox: RunningSandbox, api: Connect, trouble: dict[str, Any], taken: int
) -> None:
    order = sandbox.place_order()
    sandbox.fault("v2-acceptOrderLines", **trouble)

    with pytest.raises(OutcomeUnknown):
        api.accept_order_lines(order["id"], {order["order_lines"][0]["id"]: True})

    assert (len(sandbox.writes()), len(sandbox.actions())) == (1, taken)


def test_token_that_was_revoked_is_renewed_and_the_write_takes_effect_once(
    sandbox: RunningSandbox, api: Connect
) -> None:
    order = sandbox.place_order()
    first_page(api)
    sandbox.revoke_tokens()

    action_id = api.accept_order_lines(order["id"], {order["order_lines"][0]["id"]: True})

    assert [write["status"] for write in sandbox.writes()] == [401, 202]
    assert [action["id"] for action in sandbox.actions()] == [action_id]
