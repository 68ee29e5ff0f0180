from __future__ import annotations

import threading
from typing import Any

import pytest
import redis
import requests

from backoffice.mirakl import ClientCredentials, Connect, RedisTokens, ShopKey
from backoffice.mirakl.auth import Token, _read_token
from backoffice.mirakl.errors import (
    Broken,
    BrokerDown,
    CouldNotConnect,
    Invalid,
    NotAuthorised,
    NotFound,
    Redirected,
    TooSoon,
    Unreadable,
)
from tests.mirakl.calling import first_page, pages_of_ids
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox


def asked(sandbox: RunningSandbox) -> list[str]:
    """The operations of all calls, in their order."""
    return [entry["operation"] for entry in sandbox.journal()]


def signed(auth: ClientCredentials | ShopKey) -> requests.PreparedRequest:
    return requests.Request("GET", "https://api.test/", auth=auth).prepare()


def test_token_is_asked_for_once_and_shared(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    first_page(client_of())
    first_page(client_of())

    assert asked(sandbox) == ["token", "v2-listOrders", "v2-listOrders"]


def test_token_is_asked_for_by_one_of_many_threads(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    threads = [threading.Thread(target=first_page, args=(client_of(),)) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(asked(sandbox)) == ["token", *["v2-listOrders"] * 8]


def test_token_differs_by_url_client_and_audience(broker: redis.Redis) -> None:
    def key(url: str = "https://a.test", client: str = "c", audience: str = "", proof: str = "s") -> str:
        return ClientCredentials(url, client, proof, audience=audience, tokens=RedisTokens(broker)).key

    assert len({key(), key(url="https://b.test"), key(client="d"), key(audience="x")}) == 4
    assert key() == key(proof="another")


@pytest.mark.parametrize(
    ("expires_in", "useful"), [(3599, 3299.0), (600, 300.0), (400, 200.0), (5, 2.5), (0, 0.1), (-7, 0.1)]
)
def test_token_is_given_up_five_minutes_early_or_at_half_its_life(expires_in: int, useful: float) -> None:
    assert Token("t", expires_in).useful_for == useful


def test_token_is_kept_no_longer_than_it_is_useful(sandbox: RunningSandbox, api: Connect, broker: redis.Redis) -> None:
    sandbox.configure(token_seconds=1000)

    first_page(api)

    (name,) = broker.keys("mirakl:token:*")
    assert 690_000 < broker.pttl(name) <= 700_000


def test_token_that_expires_in_the_middle_of_a_walk_is_renewed(sandbox: RunningSandbox, api: Connect) -> None:
    placed = sandbox.place_orders(5)
    pages = api.list_orders(limit=2)
    next(pages)

    sandbox.revoke_tokens()

    assert sum(len(page.data) for page in pages) == len(placed) - 2
    assert asked(sandbox) == ["token", "v2-listOrders", "v2-listOrders", "token", *["v2-listOrders"] * 2]


def test_401_that_stays_is_told_after_one_new_token(sandbox: RunningSandbox, api: Connect, naps: list[float]) -> None:
    sandbox.fault("v2-listOrders", kind="401", times=None)

    with pytest.raises(NotAuthorised) as caught:
        first_page(api)

    assert caught.value.status == 401
    assert (asked(sandbox), naps) == (["token", "v2-listOrders"] * 2, [])


def test_token_that_another_worker_renewed_is_not_dropped(broker: redis.Redis) -> None:
    tokens = RedisTokens(broker)
    tokens.get("key", lambda: Token("new"))

    tokens.drop("key", "old")
    kept = tokens.get("key", lambda: Token("newer"))
    tokens.drop("key", "new")

    assert [kept, tokens.get("key", lambda: Token("newer"))] == ["new", "newer"]


def test_lock_of_a_fetch_that_failed_is_free(broker: redis.Redis) -> None:
    tokens = RedisTokens(broker)

    def fail() -> Token:
        raise CouldNotConnect

    with pytest.raises(CouldNotConnect):
        tokens.get("key", fail)

    assert (tokens.get("key", lambda: Token("t")), broker.keys("*lock*")) == ("t", [])


def test_lock_of_a_worker_that_died_is_not_waited_for_long(
    broker: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backoffice.mirakl.auth.WAITING", 0.05)
    broker.set("mirakl:token:key:lock", "of the dead", ex=60)

    assert RedisTokens(broker).get("key", lambda: Token("t")) == "t"
    assert broker.get("mirakl:token:key:lock") == b"of the dead"


def test_lock_that_ran_out_during_a_slow_fetch_does_no_harm(broker: redis.Redis) -> None:
    def slow() -> Token:
        broker.delete(*broker.keys("*lock*"))
        return Token("t")

    assert RedisTokens(broker).get("key", slow) == "t"


@pytest.mark.parametrize(
    ("who", "status", "reason"),
    [
        (
            {"secret": "wrong"},
            401,
            "The token endpoint does not know this client id with this secret.",
        ),
        (
            {"audience": "another-company"},
            403,
            "The token endpoint does not admit this client: perhaps the seller company id is missing or wrong.",
        ),
        (
            {"client_id": ""},
            400,
            "The token endpoint gives no token.",
        ),
    ],
)
def test_token_that_is_refused_says_why(
    sandbox: RunningSandbox, client_of: MakeClient, who: dict[str, str], status: int, reason: str
) -> None:
    sandbox.configure(strict_audience="audience" in who)

    with pytest.raises(NotAuthorised) as caught:
        first_page(client_of(**who))

    error = caught.value
    theirs = f"({status} {error.code} {error.message})"
    assert (error.status, str(error)) == (status, f"{NotAuthorised.__doc__} {reason} {theirs}")
    assert asked(sandbox) == ["token"]


def test_audience_is_sent_where_it_is_set(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    sandbox.configure(strict_audience=True)

    assert pages_of_ids(client_of(audience="demo-company")) == [[]]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "500"}, Broken),
        ({"kind": "html"}, Unreadable),
        ({"kind": "html", "status": 404}, NotFound),
        ({"kind": "html", "status": 405}, Invalid),
        ({"kind": "broken-json"}, Unreadable),
        ({"kind": "429", "retry_after": 30}, TooSoon),
    ],
)
def test_trouble_of_the_token_endpoint_is_told_as_it_is(
    sandbox: RunningSandbox, api: Connect, fault: dict[str, Any], error: type
) -> None:
    sandbox.fault("token", times=None, **fault)

    with pytest.raises(error) as caught:
        first_page(api)

    assert type(caught.value) is error
    assert set(asked(sandbox)) == {"token"}


def test_trouble_of_the_token_endpoint_that_passes_is_not_noticed(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.fault("token", kind="cut", times=2)

    assert pages_of_ids(api) == [[]]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/oauth/token", "http://[", "auth.test/token"])
def test_token_endpoint_that_is_not_there_could_not_connect(client_of: MakeClient, url: str) -> None:
    with pytest.raises(CouldNotConnect):
        first_page(client_of(token_url=url.format(port=closed_port())))


def test_token_endpoint_that_redirects_never_sees_where_the_secret_would_go(client_of: MakeClient) -> None:
    answer = "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n"
    with Scripted("") as thief, Scripted(answer.format(thief.url)) as server, pytest.raises(Redirected):
        first_page(client_of(token_url=server.url))

    assert (len(server.requests), thief.requests) == (1, [])


@pytest.mark.parametrize("body", [b'{"token_type":"Bearer"}', b'{"access_token":""}', b'{"access_token":"a\\nb"}'])
def test_token_that_cannot_stand_in_a_header_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable, match="access_token: "):
        _read_token(body)


def test_token_answer_may_write_numbers_as_text_and_leave_the_life_out() -> None:
    assert [
        _read_token(b'{"access_token":"t","expires_in":"3599","resource_owner":1}'),
        _read_token(b'{"access_token":"t"}'),
    ] == [Token("t", 3599), Token("t", 600)]


def test_broker_that_is_down_is_not_the_fault_of_mirakl(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    with redis.Redis.from_url("unix:///nowhere/v.sock", retry=None) as nobody:
        api = client_of(tokens=RedisTokens(nobody))

        with pytest.raises(BrokerDown) as caught:
            first_page(api)

    assert str(caught.value) == f"{BrokerDown.__doc__} (ConnectionError)"
    assert sandbox.journal() == []


def test_shop_key_stands_in_the_header_without_a_word_before_it() -> None:
    assert signed(ShopKey(" demo-key-1\n")).headers["Authorization"] == "demo-key-1"


def test_shop_key_cannot_be_renewed_and_401_is_final(sandbox: RunningSandbox) -> None:
    with pytest.raises(NotAuthorised):
        first_page(Connect(sandbox.connect_url, auth=ShopKey("demo-key-1")))

    assert asked(sandbox) == ["v2-listOrders"]


@pytest.mark.parametrize("key", ["", "two words", "ключ", "a\nb"])
def test_shop_key_that_cannot_stand_in_a_header_is_a_value_error(key: str) -> None:
    with pytest.raises(ValueError, match=r"^A shop key is made of visible ASCII characters\.$"):
        ShopKey(key)
