"""Elsewhere than on Linux a watcher ends what the launcher left."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from backoffice.launch.lifeline import Watcher


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    started = [subprocess.Popen(command, start_new_session=True) for _ in range(2)]
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_watcher_ends_the_groups_that_are_left_when_its_pipe_closes(sleepers: list[subprocess.Popen[bytes]]) -> None:
    left, dropped = sleepers
    watcher = Watcher()
    watcher.add(left.pid)
    watcher.add(dropped.pid)
    watcher.drop(dropped.pid)

    watcher.close()

    assert left.wait(10) == -signal.SIGKILL
    assert dropped.poll() is None
