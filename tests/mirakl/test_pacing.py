from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import redis

from backoffice.mirakl import Connect, RedisPacer
from backoffice.mirakl.errors import BrokerDown, NotYet, TooSoon
from tests.broker import Broker
from tests.mirakl.calling import first_page, pages_of_ids
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.test_accept_order_lines import TAKEN, answer
from tests.sandbox_server import RunningSandbox

ENDLESS = 1e6  # patience: every call gets its turn, however late


def turns(waits: list[float], interval: float) -> list[int]:
    """Which turn each wait belongs to: the time that passed between the questions is far less than an interval."""
    return sorted(round(wait / interval) for wait in waits)


def test_first_call_does_not_wait_and_the_next_waits_its_interval(broker: redis.Redis) -> None:
    pacer = RedisPacer(broker)

    waits = [pacer.reserve("key", 1000, patience=ENDLESS) for _ in range(3)]

    assert waits[0] == 0
    assert turns(waits, 1000) == [0, 1, 2]


def test_call_that_will_not_wait_takes_no_turn(broker: redis.Redis) -> None:
    pacer = RedisPacer(broker)
    pacer.reserve("key", 1000, patience=2)

    refused = [pacer.reserve("key", 1000, patience=2) for _ in range(3)]

    assert all(990 < wait <= 1000 for wait in refused)


def test_keys_do_not_wait_for_each_other(broker: redis.Redis) -> None:
    pacer = RedisPacer(broker)

    assert [pacer.reserve(key, 1000, patience=2) for key in ("a", "b")] == [0, 0]


def test_hold_keeps_everybody_waiting_and_is_never_shortened(broker: redis.Redis) -> None:
    pacer = RedisPacer(broker)
    pacer.hold("key", 500)
    pacer.hold("key", 100)

    assert 499 < pacer.reserve("key", 0, patience=2) <= 500


def test_pace_is_forgotten_when_it_is_over(broker: redis.Redis) -> None:
    RedisPacer(broker).reserve("key", 60, patience=2)

    assert 59_000 < broker.pttl("mirakl:pace:key") <= 60_001


def test_threads_share_one_pace(broker: redis.Redis, redis_url: str) -> None:
    waits: list[float] = []

    def ask() -> None:
        with redis.Redis.from_url(redis_url) as client:
            pacer = RedisPacer(client)
            waits.extend(pacer.reserve("key", 1000, patience=ENDLESS) for _ in range(5))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert turns(waits, 1000) == list(range(20))


ASK = """
import sys, redis
from backoffice.mirakl import RedisPacer
pacer = RedisPacer(redis.Redis.from_url(sys.argv[1]))
print(*(pacer.reserve("key", 1000, patience=1e6) for _ in range(5)))
"""


def test_processes_share_one_pace(redis_url: str) -> None:
    command = [sys.executable, "-c", ASK, redis_url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    answers = " ".join(process.communicate(timeout=60)[0] for process in processes)

    assert turns([float(wait) for wait in answers.split()], 1000) == list(range(10))


def test_two_clients_of_one_credential_share_one_pace(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    first_page(client_of(paced=True))
    before = datetime.now(UTC)

    with pytest.raises(NotYet) as caught:
        first_page(client_of(paced=True))

    assert timedelta(seconds=58) < caught.value.until - before <= timedelta(seconds=61)
    assert str(caught.value) == f"{NotYet.__doc__} Next call at {caught.value.until:%H:%M:%S} UTC."
    assert len(sandbox.journal()) == 2  # the token and one call


def test_two_credentials_have_a_pace_each(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    first_page(client_of(paced=True))

    assert pages_of_ids(client_of(paced=True, audience="demo-company")) == [[]]


def test_pages_of_a_walk_are_not_paced(sandbox: RunningSandbox, client_of: MakeClient, naps: list[float]) -> None:
    sandbox.configure(limits="on")
    sandbox.place_orders(5)

    assert len(pages_of_ids(client_of(paced=True), limit=2)) == 3
    assert naps == []


def test_short_wait_is_slept(sandbox: RunningSandbox, client_of: MakeClient, naps: list[float]) -> None:
    api = client_of(paced=True, speed=40)  # a turn every 1.5 s

    first_page(api)
    first_page(api)

    assert len(naps) == 1
    assert 0.5 < naps[0] <= 1.5


def test_long_retry_after_holds_everybody_with_this_credential(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=500)
    with pytest.raises(TooSoon):
        first_page(client_of(paced=True))
    before = datetime.now(UTC)

    with pytest.raises(NotYet) as caught:
        first_page(client_of(paced=True))

    assert timedelta(seconds=495) < caught.value.until - before <= timedelta(seconds=501)


def test_hold_of_a_call_on_need_is_waited_for_and_reserves_nothing(broker: redis.Redis) -> None:
    pacer = RedisPacer(broker)

    before = [pacer.held("key") for _ in range(2)]
    pacer.hold("key", 500)

    assert before == [0, 0]
    assert all(499 < pacer.held("key") <= 500.1 for _ in range(2))
    assert pacer.held("another") == 0


def test_retry_after_holds_also_what_is_called_on_need(client_of: MakeClient, naps: list[float]) -> None:
    def accept(server: Scripted, **who: str) -> str:
        return client_of(base_url=server.url, paced=True, **who).accept_order_lines("O", {"L": True})

    with Scripted(answer("", "429 Slow", "Retry-After: 500")) as slow, pytest.raises(TooSoon):
        accept(slow)

    with Scripted(TAKEN) as server:
        before = datetime.now(UTC)
        with pytest.raises(NotYet) as caught:
            accept(server)
        assert accept(server, audience="demo-company") == "a-1"

    assert timedelta(seconds=495) < caught.value.until - before <= timedelta(seconds=501)
    assert (len(slow.requests), len(server.requests), naps) == (1, 1, [])


def test_short_hold_is_slept(client_of: MakeClient, broker: redis.Redis, naps: list[float]) -> None:
    with Scripted(TAKEN) as server:
        api = client_of(base_url=server.url, paced=True)
        api.accept_order_lines("O", {"L": True})
        api.accept_order_lines("O", {"L": True})
        assert api._transport._auth
        RedisPacer(broker).hold(f"{api._transport._auth.key}:v2-acceptOrderLines", 1.5)

        api.accept_order_lines("O", {"L": True})

    assert len(naps) == 1
    assert 1 < naps[0] <= 1.6


def test_broker_that_dies_is_our_own_trouble_and_its_return_is_noticed(own_broker: Broker) -> None:
    with redis.Redis.from_url(own_broker.url, retry=None) as client:
        pacer = RedisPacer(client)
        pacer.reserve("key", 1000, patience=2)

        own_broker.kill()
        with pytest.raises(BrokerDown):
            pacer.reserve("key", 1000, patience=2)
        with pytest.raises(BrokerDown):
            pacer.hold("key", 1)
        with pytest.raises(BrokerDown):
            pacer.held("key")
        own_broker.start()

        assert pacer.reserve("another", 1000, patience=2) == 0


def test_client_without_a_pacer_never_waits(sandbox: RunningSandbox, api: Connect, naps: list[float]) -> None:
    first_page(api)
    first_page(api)

    assert naps == []
