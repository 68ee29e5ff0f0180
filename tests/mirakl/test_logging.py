"""What must never be told: secrets, tokens, customers. Canaries are placed and then looked for everywhere."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator

import pytest
import redis

from backoffice.mirakl import ClientCredentials, Connect, RedisTokens, ShopKey
from backoffice.mirakl.auth import Token
from backoffice.mirakl.connect.types import Order, read
from backoffice.mirakl.errors import MiraklError, NoAnswer, NotAuthorised, Unreadable
from tests.mirakl.calling import first_page
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.watched import Watched
from tests.sandbox_server import RunningSandbox

SECRET = "canary-secret-5f3a"
CUSTOMER = "Canaria Vogelsang"
TOKEN = "canary-token-77c1"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "urllib3"):
        yield caplog


def told(records: list[logging.LogRecord], *others: object) -> str:
    """Everything that a handler could write, and other things' str and repr."""
    everything = [record.__dict__ for record in records]
    return "\n".join([*map(repr, everything), *map(str, others), *map(repr, others)])


def canaries(text: str) -> list[str]:
    return [canary for canary in (SECRET, CUSTOMER, "Vogelsang", TOKEN) if canary in text]


def test_call_is_one_line_with_everything_that_helps(api: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "backoffice.mirakl"):
        first_page(api)

    token, call = caplog.records
    names = ("connection", "operation", "status", "outcome", "attempt")
    assert [getattr(token, name) for name in names] == ["127.0.0.1", "token", 200, "ok", 1]
    assert [getattr(call, name) for name in names] == ["Demo", "v2-listOrders", 200, "ok", 1]
    assert call.getMessage() == f"v2-listOrders 200 ok in {call.__dict__['duration_ms']} ms"


def test_every_attempt_is_a_line(sandbox: RunningSandbox, api: Connect, caplog: pytest.LogCaptureFixture) -> None:
    first_page(api)
    caplog.clear()
    sandbox.fault("v2-listOrders", kind="500")
    sandbox.fault("v2-listOrders", kind="cut")

    with caplog.at_level(logging.INFO, "backoffice.mirakl"):
        first_page(api)

    assert [
        (record.levelname, record.__dict__["attempt"], record.__dict__["status"], record.__dict__["outcome"])
        for record in caplog.records
    ] == [("WARNING", 1, 500, "Broken"), ("WARNING", 2, 0, "NoAnswer"), ("INFO", 3, 200, "ok")]


def test_request_id_of_mirakl_is_logged(client_of: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = 'HTTP/1.1 200 OK\r\nx-request-id: r-9\r\nContent-Length: 11\r\n\r\n{"data":[]}'
    with caplog.at_level(logging.INFO, "backoffice.mirakl"), Scripted(answer) as server:
        first_page(client_of(base_url=server.url))

    assert caplog.records[-1].__dict__["request_id"] == "r-9"


def test_walk_tells_no_customer_and_no_token(
    sandbox: RunningSandbox, api: Connect, broker: redis.Redis, logged: pytest.LogCaptureFixture
) -> None:
    address = {"first_name": "Canaria", "last_name": "Vogelsang", "street": "1", "city": CUSTOMER}
    for _ in range(2):
        sandbox.place_order(shipping_info={"address": address})
    sandbox.fault("v2-listOrders", kind="broken-json")
    sandbox.fault("v2-listOrders", kind="cut")

    pages = list(api.list_orders(limit=1))

    (name,) = broker.keys("mirakl:token:*")
    token = broker.get(name)
    assert isinstance(token, bytes)
    assert CUSTOMER.encode() in bytes(pages[0].data[0])
    assert {record.name for record in logged.records} >= {"backoffice.mirakl", "urllib3.connectionpool"}
    assert canaries(told(logged.records, api)) == []
    assert token.decode() not in told(logged.records)
    assert "demo-secret" not in told(logged.records)


@pytest.mark.parametrize("echo", ["error_description", "message", "error", "code"])
def test_secret_that_a_server_repeats_is_not_told(
    client_of: MakeClient, logged: pytest.LogCaptureFixture, echo: str
) -> None:
    body = f'{{"{echo}":"secret {SECRET} is wrong"}}'
    answer = Scripted(f"HTTP/1.1 401 No\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with answer as server, pytest.raises(NotAuthorised) as caught:
        first_page(client_of(token_url=server.url, secret=SECRET))

    error = caught.value
    assert f"client_secret={SECRET}".encode() in server.requests[0]
    assert canaries(told(logged.records, error, vars(error), *traceback.format_exception(error))) == []


def test_form_that_a_server_repeats_as_it_was_sent_tells_no_secret(client_of: MakeClient) -> None:
    body = '{"message":"not good: client_secret=a%2Bb%3D%C3%A9"}'
    answer = Scripted(f"HTTP/1.1 400 No\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with answer as server, pytest.raises(NotAuthorised, match="client_secret=…") as caught:
        first_page(client_of(token_url=server.url, secret="a+b=é"))

    assert b"client_secret=a%2Bb%3D%C3%A9" in server.requests[0]
    assert "%2B" not in str(caught.value)


def test_token_that_a_server_repeats_is_not_told(
    client_of: MakeClient, broker: redis.Redis, logged: pytest.LogCaptureFixture
) -> None:
    body = f'{{"code":"NO","message":"bad Bearer {TOKEN}","errors":[{{"message":"{TOKEN}"}}]}}'

    class Fixed(RedisTokens):
        def get(self, key: str, fetch: object) -> str:
            return TOKEN

    watcher = Watched()
    answer = Scripted(f"HTTP/1.1 400 No\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with answer as server, pytest.raises(MiraklError) as caught:
        first_page(client_of(base_url=server.url, tokens=Fixed(broker), watcher=watcher))

    assert TOKEN.encode() in server.requests[0]
    assert watcher.exchanges[0].received == body.replace(TOKEN, "…").encode()  # an attempt may keep it
    assert canaries(told(logged.records, caught.value, vars(caught.value))) == []
    assert "bad Bearer …" in str(caught.value)


def test_query_is_not_told_by_an_error(client_of: MakeClient, logged: pytest.LogCaptureFixture) -> None:
    with Scripted("") as server, pytest.raises(NoAnswer) as caught:
        first_page(client_of(base_url=server.url), order_ids=[CUSTOMER])

    shown = traceback.format_exception(caught.value)
    ours = [record for record in logged.records if record.name == "backoffice.mirakl"]
    assert "Vogelsang" not in told(ours, caught.value, *shown)


def test_record_that_cannot_be_read_is_not_told() -> None:
    raw = f'{{"id":"1","updated_at":"2026-02-03T04:05:06Z","shipping_info":{{"email":["{CUSTOMER}"]}}}}'

    with pytest.raises(Unreadable) as caught:
        read(raw.encode(), Order)

    assert canaries("".join(traceback.format_exception(caught.value))) == []


def test_objects_that_hold_secrets_do_not_show_them(broker: redis.Redis) -> None:
    auth = ClientCredentials("https://auth.test/token", "me", SECRET, tokens=RedisTokens(broker))
    holders = [auth, ShopKey(SECRET), Token(SECRET), Connect("https://api.test", auth=auth)]

    assert canaries(told([], *holders, auth.key, ShopKey(SECRET).key)) == []
