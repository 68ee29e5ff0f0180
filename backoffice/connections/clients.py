"""Builds the API clients. Nothing else in the project makes one."""

from __future__ import annotations

from functools import lru_cache

import redis
from django.conf import settings

from backoffice.connections.enums import Family
from backoffice.connections.fields import opened
from backoffice.connections.models import Connection
from backoffice.mirakl import Bearer, ClientCredentials, Connect, RedisPacer, RedisTokens, Watcher
from backoffice.mirakl.transport import TIMEOUT

# The API families that there is a client for. Connections of the others can be entered; nothing is read from them.
SPOKEN = frozenset({Family.CONNECT})


@lru_cache
def shared_memory() -> redis.Redis:
    """What all workers share besides the database: tokens, pacing, locks. Lost content costs a little time only."""
    # A dead server must be an error within seconds, not a worker that hangs.
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)


def credentials(connection: Connection, *, timeout: tuple[float, float] = TIMEOUT) -> ClientCredentials:
    """Who we are at Mirakl Connect through this connection. Raises UnreadableSecretError."""
    return ClientCredentials(
        connection.token_url,
        connection.client_id,
        opened(connection.secret),
        audience=connection.audience,
        tokens=RedisTokens(shared_memory()),
        timeout=timeout,
    )


def connect(
    connection: Connection, *, watcher: Watcher | None = None, timeout: tuple[float, float] = TIMEOUT
) -> Connect:
    """The Mirakl Connect client of this connection: its credentials, paced and with tokens shared by all workers.

    `watcher` is told of every attempt of its calls; `timeout` is in seconds: to connect, and without a byte. Raises
    UnreadableSecretError.
    """
    return Connect(
        connection.base_url,
        auth=credentials(connection, timeout=timeout),
        pacer=RedisPacer(shared_memory()),
        timeout=timeout,
        watcher=watcher,
        name=connection.name,
        speed=connection.speed,
    )


def connect_with_token(base_url: str, token: str) -> Connect:
    """A Mirakl Connect client of no connection, for one call from a terminal: nothing is shared, so nothing is paced.

    Raises ValueError for a token that cannot be one.
    """
    return Connect(base_url, auth=Bearer(token), name="(token)")
