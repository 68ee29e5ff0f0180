"""For all tests of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backoffice.sandbox.world import World
from tests.sandbox.calling import Caller
from tests.sandbox.worlds import made
from tests.sandbox_server import RunningSandbox, serving


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture(scope="module")
def refusing() -> Iterator[RunningSandbox]:
    """One empty world for all tests of a module: for calls that are refused, and so leave it as it is."""
    with serving("empty") as running:
        yield running


@pytest.fixture(scope="module")
def refused_caller(refusing: RunningSandbox) -> Caller:
    return Caller(refusing)


@pytest.fixture(scope="session")
def demo() -> Iterator[World]:
    """The world `demo`, only to be looked at: all tests share it."""
    world = made("demo")
    yield world
    world.close()


@pytest.fixture
def demo_served() -> Iterator[RunningSandbox]:
    """The world `demo`, not alive."""
    with serving("demo") as running:
        yield running


@pytest.fixture
def trouble_served() -> Iterator[RunningSandbox]:
    """The world `trouble`."""
    with serving("trouble") as running:
        yield running
