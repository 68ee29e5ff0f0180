"""The sandbox as a process: what it says, what it remembers, how it ends."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from backoffice.sandbox.worlds.loading import check_name
from tests.sandbox.calling import Caller
from tests.sandbox_server import SandboxProcess
from tests.waiting import until

Start = Callable[..., SandboxProcess]


@pytest.mark.parametrize("end", [SandboxProcess.stop, SandboxProcess.kill])
def test_restart_forgets_nothing(sandbox_process: Start, end: Callable[[SandboxProcess], int]) -> None:
    first = sandbox_process("--world", "empty", "--limits", "off")
    first.place_orders(3)
    caller = Caller(first)
    before = caller.page(limit=2)
    now = first.advance(7200)
    caller = Caller(first)
    end(first)

    second = sandbox_process("--world", "empty", "--limits", "off")
    caller.url = f"{second.connect_url}/v2/orders"

    assert caller.page(limit=2)["data"] == before["data"]
    assert len(caller.ids(page_token=before["next_page_token"])) == 1
    assert second.now() > now


def test_demo_world_is_alive_and_not_made_twice(sandbox_process: Start) -> None:
    first = sandbox_process()
    count = sum(first.state()["orders"].values())
    first.advance(60)  # the next order is due whether or not that of the start is counted already
    until(lambda: sum(first.state()["orders"].values()) > count)
    assert first.stop() == 0

    second = sandbox_process()

    assert second.state()["switches"]["limits"] is True
    assert 340 < sum(second.state()["orders"].values()) < count + 4


def test_switches_come_from_the_command_line(sandbox_process: Start) -> None:
    process = sandbox_process("--world", "scale:250", "--speed", "60", "--limits", "off")

    state = process.state()

    assert sum(state["orders"].values()) == 250
    assert (state["switches"]["speed"], state["switches"]["limits"], state["switches"]["alive"]) == (60, False, False)
    assert [len(page) for page in Caller(process).walk(limit=100)] == [100, 100, 50]


def refused(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backoffice.sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = refused("--port", port, "--world", "empty", "--state", str(tmp_path / "s.sqlite3"))

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == f"Port {port} cannot be used: Address already in use. Choose another.\n"


def test_other_world_in_the_state_file_is_a_sentence(sandbox_process: Start, tmp_path: Path) -> None:
    sandbox_process("--world", "empty").stop()
    state = str(tmp_path / "process.sqlite3")

    result = refused("--port", "0", "--world", "demo", "--state", state)

    assert result.returncode == 1
    assert result.stderr == (
        f"The state file holds the world 'empty', not 'demo'. Choose another --state, or delete {state}.\n"
    )


def test_unknown_world_is_a_sentence(tmp_path: Path) -> None:
    result = refused("--port", "0", "--world", "atlantis", "--state", str(tmp_path / "s.sqlite3"))

    sentence = "There is no world 'atlantis': empty, demo, trouble, or scale:N with a number of orders.\n"
    assert (result.returncode, result.stderr) == (1, sentence)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("world", ["scale", "scale:", "scale:-1", "scale:many"])
def test_scale_has_a_number_of_orders(world: str) -> None:
    with pytest.raises(ValueError, match="scale:N with a number of orders"):
        check_name(world)


@pytest.mark.skipif(sys.platform != "linux", reason="Looks for the process in /proc, which only Linux has.")
def test_sandbox_ends_when_its_parent_is_gone(tmp_path: Path) -> None:
    """A shell starts it, tells its pid, and is gone when its standard input is closed."""
    command = f'"{sys.executable}" -m backoffice.sandbox --port 0 --world empty --state "{tmp_path}/s" --parent-pid $$'
    said = tmp_path / "said"
    said.touch()
    script = f'{command} > "{said}" 2>&1 & echo $!; read _'
    with subprocess.Popen(["/bin/sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdout
        pid = int(shell.stdout.readline())
        until(lambda: "Sandbox with world empty" in said.read_text(), seconds=30)
        assert _runs(pid)

    until(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    """An orphan that has ended stays as a zombie where nobody reaps it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
