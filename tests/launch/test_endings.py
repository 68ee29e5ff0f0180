"""Whatever ends the system: no process of it stays, nothing is forgotten, and the next start is quick."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.launch.started import LAUNCH, System, processes_in
from tests.waiting import until

pytestmark = [
    pytest.mark.xdist_group("launch-endings"),
    pytest.mark.skipif(sys.platform != "linux", reason="Looks for processes in /proc, which only Linux has."),
]
# As make does it: something that started the launcher and waits for it.
UNDER_A_SHELL = ("sh", "-c", '"$@"; true', "sh", *LAUNCH)


@dataclass
class Kept:
    """One state folder for all starts, and what was put there: every start but the first finds what others left."""

    var: Path
    names: set[str] = field(default_factory=set)

    def add(self, system: System) -> None:
        """An order in the sandbox, and a row of its name in our own database."""
        url = f"http://127.0.0.1:{system.sandbox_port}/_control/place"
        name = requests.post(url, json={}, timeout=10).json()["id"]
        with closing(sqlite3.connect(self.var / "db.sqlite3", timeout=10)) as database, database:
            database.execute("INSERT INTO django_session VALUES (?, '', '2999-01-01')", (name,))
        self.names.add(name)

    def missing(self) -> set[str]:
        orders = self._read("sandbox.sqlite3", "SELECT id FROM orders")
        return self.names - (orders & self._read("db.sqlite3", "SELECT session_key FROM django_session"))

    def _read(self, file: str, sql: str) -> set[str]:
        with closing(sqlite3.connect(self.var / file, timeout=10)) as database:
            return {row[0] for row in database.execute(sql)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("endings") / "var")


# Each starts the whole system twice: the other ways to end belong to `make chaos`.
ENDINGS = {
    "ctrl-c": (LAUNCH, signal.SIGINT),
    "killed": (LAUNCH, signal.SIGKILL),
    **(
        {"asked-to-end": (LAUNCH, signal.SIGTERM), "parent-killed": (UNDER_A_SHELL, signal.SIGKILL)}
        if os.environ.get("THOROUGH")
        else {}
    ),
}


@pytest.mark.parametrize(("command", "number"), ENDINGS.values(), ids=ENDINGS)
def test_no_process_is_left_and_the_next_start_finds_everything(
    kept: Kept, command: tuple[str, ...], number: signal.Signals
) -> None:
    var = kept.var
    system = System(var, command=command)
    seconds = system.wait_until_ready()
    keys = (var / "keys.env").read_text()
    assert kept.missing() == set()
    assert len(processes_in(var)) >= 6
    kept.add(system)

    system.process.send_signal(number)
    code = system.process.wait(30)

    until(lambda: not processes_in(var), seconds=10)
    assert code == (-number if number == signal.SIGKILL else 0)
    assert ((var / "keys.env").read_text(), kept.missing()) == (keys, set())
    assert seconds < 30  # three or four on two idle cores, and under 10 is promised; here other tests run beside it
