"""The broker of one run, and how it fails: killed and started again, or, where it is not ours to kill, cut off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import urlsplit, urlunsplit

import redis

from backoffice.launch import broker as launched
from tests.chaos.processes import Process

# Of a server that others use as well; the tests take 15 and 14.
DATABASE = 13


class Broker(Protocol):
    name: str
    url: str

    @property
    def process(self) -> Process | None:
        """None where it is not ours to kill."""

    def forget(self) -> None:
        """Loses every message."""

    def drop_connections(self) -> int:
        """Ends the connections of all clients; how many there were."""


class OwnValkey:
    """As `make run` starts it."""

    name = "Valkey of our own"

    def __init__(self, folder: Path, environment: Mapping[str, str], logs: Path) -> None:
        socket = folder / "valkey.sock"
        self.url = f"unix://{socket}?db=0"
        data = folder / "valkey"
        data.mkdir()
        command = launched.server_command(socket, data)
        self.process = Process(
            "broker", command, environment=environment, logs=logs, answers=lambda: launched.answers(self.url)
        )

    def forget(self) -> None:
        _forget(self.url)

    def drop_connections(self) -> int:
        return _drop_connections(self.url)


class GivenRedis:
    """One database of the server that REDIS_URL names."""

    name = "Redis"
    process = None

    def __init__(self, url: str) -> None:
        self.url = urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))
        self.forget()

    def forget(self) -> None:
        _forget(self.url)

    def drop_connections(self) -> int:
        return _drop_connections(self.url)


def _forget(url: str) -> None:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        client.flushdb()


def _drop_connections(url: str) -> int:
    with redis.Redis.from_url(url, socket_timeout=5) as client:
        database, own = str(client.get_connection_kwargs().get("db", 0)), str(client.client_id())
        clients = cast("list[dict[str, Any]]", client.client_list())
        others = [one["id"] for one in clients if one["db"] == database and one["id"] != own]
        for number in others:
            client.client_kill_filter(_id=number, skipme=True)
    return len(others)
