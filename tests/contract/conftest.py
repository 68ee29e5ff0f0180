"""The official contract, and a sandbox whose exchanges are recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from backoffice.mirakl import Connect
from backoffice.sandbox.server import Server
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import load
from tests.contract.driving import MakeStage, connect, stage_for
from tests.contract.judge import Judge
from tests.contract.recording import Exchange, Recorder
from tests.contract.tally import TALLY
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

# `make contract`: all of it and nothing else, so that a cell of the table with nothing in it is a failure.
WHOLE = "contract"
WHY = "MIRAKL_SPECS does not name the folder of the official contracts, which are not part of this project."


@pytest.fixture(scope="session")
def judge() -> Judge:
    folder = os.environ.get("MIRAKL_SPECS")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail(WHY)
        pytest.skip(WHY)
    text = (Path(folder) / "mirakl-connect-openapi.yaml").read_text(encoding="utf-8")
    official = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe loaders
    judge = Judge(official)
    TALLY.operations = sorted(judge.operations)
    return judge


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


@pytest.fixture
def api(sandbox: RunningSandbox) -> Connect:
    return connect(sandbox)


@pytest.fixture
def staged(sandbox: RunningSandbox, exchanges: list[Exchange]) -> MakeStage:
    """Makes the stage for a drive."""
    return lambda drive: stage_for(drive, sandbox, exchanges)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and _is_whole(session.config) and TALLY.unjudged():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not TALLY.operations:
        return
    terminalreporter.section("judged by the official contract of Connect")
    for line in TALLY.table():
        terminalreporter.write_line(line)
    if _is_whole(config):
        for line in TALLY.unjudged():
            terminalreporter.write_line(f"FAILED: {line}", red=True)


def _is_whole(config: pytest.Config) -> bool:
    chosen = config.getoption("keyword") or config.args_source is not pytest.Config.ArgsSource.TESTPATHS
    return config.getoption("markexpr") == WHOLE and not chosen
