"""What a watcher is told, and when: it keeps the record by which a write is never sent twice."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
import redis

from backoffice.mirakl import ClientCredentials, Connect, Exchange, RedisPacer, RedisTokens
from backoffice.mirakl.errors import Broken, BrokerDown, CouldNotConnect, NotAuthorised, NotYet, TooSoon
from tests.broker import Broker
from tests.mirakl.calling import first_page, pages_of_ids
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.test_accept_order_lines import TAKEN, answer
from tests.mirakl.watched import Watched
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox

REFUSED = answer('{"code":"DATA_NOT_FOUND","message":"No such order."}', "404 Not Found", "X-Request-Id: r-7")


def operations(sandbox: RunningSandbox) -> list[str]:
    return [entry["operation"] for entry in sandbox.journal()]


def test_departure_is_told_after_the_token_came_and_before_a_connection_is_opened(
    sandbox: RunningSandbox, client_of: MakeClient
) -> None:
    seen: list[tuple[list[str], int]] = []
    with Scripted(TAKEN) as server:
        watcher = Watched(lambda: seen.append((operations(sandbox), server.connections)))
        client_of(base_url=server.url, watcher=watcher).accept_order_lines("O", {"L": True})

    assert seen == [(["token"], 0)]
    assert (server.connections, watcher.told) == (1, ["departing v2-acceptOrderLines", "v2-acceptOrderLines ok"])


@pytest.mark.parametrize(
    "error", [RuntimeError("lost"), BrokerDown("x"), CouldNotConnect("x"), NotAuthorised(status=401)]
)
def test_error_of_the_watcher_keeps_the_call_here_and_reaches_the_caller_as_it_is(
    client_of: MakeClient, naps: list[float], error: Exception
) -> None:
    def fail() -> None:
        raise error

    watcher = Watched(fail)
    with Scripted(TAKEN) as server, pytest.raises(type(error)) as caught:
        client_of(base_url=server.url, watcher=watcher).accept_order_lines("O", {"L": True})

    assert caught.value is error
    assert (server.connections, naps, watcher.told) == (0, [], ["departing v2-acceptOrderLines"])


def test_error_of_the_watcher_is_not_tried_again_for_a_read_either(client_of: MakeClient, naps: list[float]) -> None:
    error = CouldNotConnect("of the watcher")

    def fail() -> None:
        raise error

    watcher = Watched(fail)
    with pytest.raises(CouldNotConnect) as caught:
        first_page(client_of(watcher=watcher))

    assert (caught.value is error, naps, len(watcher.told)) == (True, [], 1)


def test_every_attempt_is_told(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    sandbox.fault("v2-listOrders", kind="401")
    sandbox.fault("v2-listOrders", kind="500")
    sandbox.fault("v2-listOrders", kind="cut")
    watcher = Watched()

    # A new token, and then two repetitions: the 401 is the first of three attempts.
    with pytest.raises(Exception, match="did not answer"):
        first_page(client_of(watcher=watcher))

    departing = "departing v2-listOrders"
    outcomes = [f"v2-listOrders {name}" for name in ("NotAuthorised", "Broken", "NoAnswer")]
    assert watcher.told == [departing, outcomes[0], departing, outcomes[1], departing, outcomes[2]]
    assert operations(sandbox) == ["token", "v2-listOrders", "token", "v2-listOrders", "v2-listOrders"]


def test_call_that_never_departs_is_not_told(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    watcher = Watched()
    sandbox.fault("token", kind="500", times=None)

    with pytest.raises(Broken):
        client_of(watcher=watcher).accept_order_lines("O", {"L": True})
    sandbox.clear_faults()
    pages_of_ids(client_of(paced=True))
    with pytest.raises(NotYet):
        first_page(client_of(paced=True, watcher=watcher))
    with pytest.raises(ValueError, match="order_lines"):
        client_of(watcher=watcher).accept_order_lines("O", {})

    assert watcher.told == []


def test_exchange_of_a_success_holds_everything(client_of: MakeClient) -> None:
    watcher = Watched()
    before = datetime.now(UTC)
    with Scripted(TAKEN.replace("\r\n\r\n", "\r\nX-Request-Id: r-1\r\n\r\n", 1)) as server:
        client_of(base_url=server.url, watcher=watcher).accept_order_lines("O", {"L": True})

    (exchange,) = watcher.exchanges
    assert before <= exchange.at <= datetime.now(UTC)
    assert exchange.at.tzinfo is UTC
    assert 0 <= exchange.milliseconds < 10_000
    assert exchange == Exchange(
        operation_id="v2-acceptOrderLines",
        at=exchange.at,
        status=202,
        outcome="ok",
        milliseconds=exchange.milliseconds,
        code="",
        text="",
        request_id="r-1",
        sent=b'{"order_lines":[{"id":"L","accepted":true}]}',
        received=b'{"action_id":"a-1","tracking_id":"a-1"}',
    )


def test_exchange_of_a_refusal_holds_what_mirakl_said(client_of: MakeClient) -> None:
    watcher = Watched()
    with Scripted(REFUSED) as server, pytest.raises(Exception, match="No such order"):
        client_of(base_url=server.url, watcher=watcher).accept_order_lines("O", {"L": True})

    (exchange,) = watcher.exchanges
    assert (exchange.status, exchange.outcome, exchange.code, exchange.request_id) == (
        404,
        "NotFound",
        "DATA_NOT_FOUND",
        "r-7",
    )
    assert exchange.text == "Mirakl knows nothing under this address. (404 DATA_NOT_FOUND: No such order.)"
    assert exchange.received == b'{"code":"DATA_NOT_FOUND","message":"No such order."}'


def test_exchange_without_an_answer_has_none(client_of: MakeClient) -> None:
    watcher = Watched()

    with pytest.raises(CouldNotConnect):
        client_of(base_url=f"http://127.0.0.1:{closed_port()}", watcher=watcher).accept_order_lines("O", {"L": True})

    (exchange,) = watcher.exchanges
    assert (exchange.status, exchange.received, exchange.request_id, exchange.code) == (0, b"", "", "")
    assert exchange.text == str(CouldNotConnect("The connection was refused, or no way leads to the host."))


def test_exchange_of_a_call_that_was_interrupted_is_no_success(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: object, **settings: object) -> None:
        raise SystemExit("secret of nobody's business")

    watcher = Watched(lambda: monkeypatch.setattr("requests.Session.send", interrupted))
    with pytest.raises(SystemExit):
        client_of(watcher=watcher).accept_order_lines("O", {"L": True})

    (exchange,) = watcher.exchanges
    assert (exchange.outcome, exchange.text, exchange.status) == ("SystemExit", "", 0)


def test_bodies_are_shown_and_logged_nowhere(client_of: MakeClient, caplog: pytest.LogCaptureFixture) -> None:
    watcher = Watched()
    with caplog.at_level(logging.DEBUG), Scripted(answer('{"action_id":"a-1","x":"Vogelsang"}')) as server:
        client_of(base_url=server.url, watcher=watcher).accept_order_lines("O", {"Canaria": True})

    (exchange,) = watcher.exchanges
    assert (b"Canaria" in exchange.sent, b"Vogelsang" in exchange.received) == (True, True)
    shown = "\n".join([repr(exchange), *(repr(record.__dict__) for record in caplog.records)])
    assert [word for word in ("Canaria", "Vogelsang") if word in shown] == []


def test_refusal_for_haste_is_told_also_when_our_broker_dies_meanwhile(
    sandbox: RunningSandbox, own_broker: Broker
) -> None:
    with (
        redis.Redis.from_url(own_broker.url, retry=None) as client,
        Scripted(answer("", "429 Slow", "Retry-After: 9")) as server,
    ):
        auth = ClientCredentials(sandbox.token_url, "demo-client", "demo-secret", tokens=RedisTokens(client))
        api = Connect(server.url, auth=auth, pacer=RedisPacer(client), watcher=Watched(own_broker.kill))

        with pytest.raises(TooSoon):
            api.accept_order_lines("O", {"L": True})
        with pytest.raises(BrokerDown):
            api.accept_order_lines("O", {"L": True})

    assert server.connections == 1
