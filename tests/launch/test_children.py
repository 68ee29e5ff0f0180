"""One process of the system, seen from the launcher."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from backoffice.launch.children import Child
from tests.launch.started import processes_in
from tests.waiting import until


@pytest.mark.skipif(sys.platform != "linux", reason="Looks for processes in /proc, which only Linux has.")
def test_forced_end_takes_along_what_the_child_started(tmp_path: Path) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    child = Child(
        "parent", [sys.executable, "-c", code], environment=os.environ | {"MARK": str(tmp_path)}, logs=tmp_path
    )
    child.start(None)
    until(lambda: len(processes_in(tmp_path)) == 2)

    child.end(None)

    until(lambda: not processes_in(tmp_path))
    assert not child.running


def test_last_words_are_the_last_lines_since_the_last_start(tmp_path: Path) -> None:
    log = tmp_path / "talker.log"
    log.write_text("from an earlier start\n")
    code = "import sys; [print(n) for n in range(20)]; sys.exit(3)"
    child = Child("talker", [sys.executable, "-c", code], environment=os.environ, logs=tmp_path)

    child.start(None)
    until(lambda: not child.running)

    assert child.how_it_ended() == "ended with exit code 3"
    assert child.last_words().split() == [str(number) for number in range(5, 20)]
    child.end(None)
