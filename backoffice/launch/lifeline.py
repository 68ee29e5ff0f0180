"""No child outlives the launcher, also when the launcher is killed with SIGKILL and can do nothing any more.

On Linux the kernel sees to it (`prctl`). Elsewhere a small process of our own does: it reads from a pipe whose other
end only the launcher holds, and when that pipe closes it kills the process groups that it was told about. It is
started by its path, on the standard library alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def tie_to_parent() -> Callable[[], None]:
    """What a Linux child runs between fork and exec. All is looked up before: after a fork little is safe to call."""
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return tie


class Watcher:
    """The process that outlives the launcher by a moment."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own file, no text from outside
            [sys.executable, "-I", str(Path(__file__).resolve())],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def add(self, group: int) -> None:
        self._tell(f"+{group}")

    def drop(self, group: int) -> None:
        self._tell(f"-{group}")

    def close(self) -> None:
        """Kills every group that was not dropped."""
        with contextlib.suppress(BrokenPipeError):
            self.process.communicate()

    def _tell(self, line: str) -> None:
        stream = self.process.stdin
        if stream:
            with contextlib.suppress(BrokenPipeError):
                stream.write(line + "\n")
                stream.flush()


def kill_groups_at_the_end(lines: Iterable[str]) -> None:
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        (groups.add if line.startswith("+") else groups.discard)(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    kill_groups_at_the_end(sys.stdin)
