"""Whatever ends the system: no process of it stays, nothing is forgotten, and the next start is quick."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.launch.started import LAUNCH, System, processes_in
from tests.waiting import until

pytestmark = [
    pytest.mark.xdist_group("launch-endings"),
    pytest.mark.skipif(sys.platform != "linux", reason="Looks for processes in /proc, which only Linux has."),
]
# As make does it: something that started the launcher and waits for it.
UNDER_A_SHELL = ("sh", "-c", '"$@"; true', "sh", *LAUNCH)


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One state folder for all starts: every start but the first finds what the one before it left."""
    return tmp_path_factory.mktemp("endings") / "var"


@pytest.mark.parametrize(
    ("command", "number"),
    [(LAUNCH, signal.SIGTERM), (LAUNCH, signal.SIGINT), (LAUNCH, signal.SIGKILL), (UNDER_A_SHELL, signal.SIGKILL)],
    ids=["asked-to-end", "ctrl-c", "killed", "parent-killed"],
)
def test_no_process_is_left_and_the_next_start_finds_everything(
    var: Path, command: tuple[str, ...], number: signal.Signals
) -> None:
    system = System(var, command=command)
    seconds = system.wait_until_ready()
    keys = (var / "keys.env").read_text()
    assert len(processes_in(var)) >= 6

    system.process.send_signal(number)
    code = system.process.wait(30)

    until(lambda: not processes_in(var), seconds=10)
    assert code == (-number if number == signal.SIGKILL else 0)
    assert (var / "keys.env").read_text() == keys
    assert seconds < 30  # three or four on two idle cores, and under 10 is promised; here other tests run beside it
