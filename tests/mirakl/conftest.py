"""A client of the test's own sandbox. It never really sleeps: what it would have slept is in `naps`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis

from backoffice.mirakl import ClientCredentials, Connect, RedisPacer, RedisTokens, Watcher
from tests.sandbox_server import RunningSandbox

MakeClient = Callable[..., Connect]


@pytest.fixture
def broker(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def client_of(sandbox: RunningSandbox, broker: redis.Redis, naps: list[float]) -> MakeClient:
    """Makes clients; every argument of `Connect` and `ClientCredentials` can be another."""

    def make(
        *,
        base_url: str = sandbox.connect_url,
        paced: bool = False,
        speed: float = 1.0,
        watcher: Watcher | None = None,
        **who: Any,
    ) -> Connect:
        defaults = {"token_url": sandbox.token_url, "client_id": "demo-client", "secret": "demo-secret"}
        timing: dict[str, Any] = {"timeout": who.pop("timeout", (2.0, 10.0)), "sleep": naps.append}
        auth = ClientCredentials(**{"tokens": RedisTokens(broker), **timing, **defaults, **who})
        pacer = RedisPacer(broker) if paced else None
        return Connect(base_url, auth=auth, pacer=pacer, watcher=watcher, name="Demo", speed=speed, **timing)

    return make


@pytest.fixture
def api(client_of: MakeClient) -> Connect:
    """An unpaced client with the right credentials."""
    return client_of()
