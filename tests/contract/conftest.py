"""The official contract, and a sandbox whose exchanges are recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from backoffice.mirakl import ClientCredentials, Connect
from backoffice.mirakl.auth import Token
from backoffice.sandbox.server import Server
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import load
from tests.contract.judge import Judge
from tests.contract.recording import Exchange, Recorder
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

WHY = "MIRAKL_SPECS does not name the folder of the official contracts, which are not part of this project."


@pytest.fixture(scope="session")
def judge() -> Judge:
    folder = os.environ.get("MIRAKL_SPECS")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail(WHY)
        pytest.skip(WHY)
    text = (Path(folder) / "mirakl-connect-openapi.yaml").read_text(encoding="utf-8")
    return Judge(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 -- both are safe loaders


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Empty, or the one that a test names by `@pytest.mark.parametrize("world", ["demo"], indirect=True)`."""
    world = World(tmp_path / "contract.sqlite3", switches=Switches(limits=False))
    load(world, getattr(request, "param", "empty"))
    return world


@pytest.fixture
def exchanges() -> list[Exchange]:
    """What the test's sandbox was asked and answered; fills while the test runs."""
    return []


@pytest.fixture
def sandbox(judge: Judge, world: World, exchanges: list[Exchange]) -> Iterator[RunningSandbox]:
    """In place of the usual one: recorded. Without the contracts nothing starts."""
    server = Server(world, around=lambda app: Recorder(app, exchanges))
    server.start()
    yield RunningSandbox(server.url)
    server.close()


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Caller:
    return Caller(sandbox)


class OwnTokens:
    """A store of tokens for one process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str, fetch: Callable[[], Token]) -> str:
        if key not in self._kept:
            self._kept[key] = fetch().access_token
        return self._kept[key]

    def drop(self, key: str, token: str) -> None:
        del self._kept[key]


@pytest.fixture
def api(sandbox: RunningSandbox) -> Connect:
    """Our client, unpaced."""
    auth = ClientCredentials(sandbox.token_url, sandbox.client_id, sandbox.client_secret, tokens=OwnTokens())
    return Connect(sandbox.connect_url, auth=auth)
