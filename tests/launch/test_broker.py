"""Whether the broker answers, and whether a worker waits at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from backoffice.launch import broker
from tests.broker import Broker
from tests.waiting import until


@contextmanager
def blocking_read(url: str) -> Iterator[None]:
    """What a Celery worker does while it waits for tasks."""
    with redis.Redis.from_url(url) as waiting, redis.Redis.from_url(url) as other:
        thread = threading.Thread(target=waiting.brpop, args=(["queue"],))
        thread.start()
        until(lambda: any(client["cmd"] == "brpop" for client in other.client_list()))
        try:
            yield
        finally:
            other.lpush("queue", "end")
            thread.join()


def test_only_a_read_in_our_database_is_a_waiting_worker(own_broker: Broker) -> None:
    other_app = own_broker.url.replace("db=0", "db=1")

    with blocking_read(other_app):
        assert (broker.has_waiting_worker(own_broker.url), broker.has_waiting_worker(other_app)) == (False, True)
    assert not broker.has_waiting_worker(other_app)


def test_server_that_hides_its_clients_is_given_the_benefit_of_the_doubt(own_broker: Broker) -> None:
    with redis.Redis.from_url(own_broker.url) as client:
        client.execute_command("ACL", "SETUSER", "limited", "on", ">secret", "~*", "+@all", "-client|list")

    assert broker.has_waiting_worker(own_broker.url.replace("unix://", "unix://limited:secret@"))


@pytest.mark.parametrize("url", ["valkey.example:6379", "unix:///nowhere/v.sock", "redis://127.0.0.1:port/0"])
def test_address_at_which_nobody_can_be_is_no_answer(url: str) -> None:
    assert (broker.answers(url), broker.has_waiting_worker(url)) == (False, False)
