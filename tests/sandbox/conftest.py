"""For all tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backoffice.sandbox.server import Server
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import load
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """One empty world for all tests of a module: for calls that are refused, and so leave it as it is."""
    world = World(tmp_path_factory.mktemp("refusing") / "sandbox.sqlite3", switches=Switches(limits=False))
    load(world, "empty")
    server = Server(world)
    server.start()
    yield RunningSandbox(server.url)
    server.close()
