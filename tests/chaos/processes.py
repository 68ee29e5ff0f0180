"""The processes of one run: started by us, killed and frozen from outside, and gone when we are."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.broker import LAUNCH
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]


class Process:
    """One process with all that it starts itself, in a group of its own. `answers` says when it works.

    To be started from the main thread: the kernel takes it along when the thread that started it ends.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        environment: Mapping[str, str],
        logs: Path,
        answers: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name, self.command, self.answers = name, command, answers
        self.kills = 0
        self.frozen = False
        self._environment, self._log = dict(environment), logs / f"{name}.log"
        self._log_from = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Does not wait; does nothing where it runs."""
        if self.runs:
            return
        self.end()  # a group whose leader died by itself
        with self._log.open("ab") as log:
            self._log_from = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-c", LAUNCH, *self.command],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_it_answers(self, seconds: float = 60) -> None:
        until(lambda: self.answers() or self._ended(), seconds=seconds)
        assert self.runs, f"{self.name} ended: see {self._log}"

    def _ended(self) -> bool:
        return not self.runs

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def works(self) -> bool:
        return self.runs and not self.frozen and self.answers()

    def has_said(self, words: bytes) -> bool:
        """Since it was started the last time."""
        with self._log.open("rb") as log:
            log.seek(self._log_from)
            return words in log.read()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> bool:
        """SIGKILL to the whole group, at this instant. False where nothing was left to kill."""
        if not self.runs:
            return False
        self.end()
        self.kills += 1
        return True

    def kill_a_child(self, which: int) -> bool:
        """SIGKILL to one process of the pool, as the kernel does when memory runs out."""
        children = _children(self.pid) if self.runs else []
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(children[which % len(children)], signal.SIGKILL)
        return True

    def freeze(self) -> bool:
        if not self.runs or self.frozen:
            return False
        os.killpg(self.pid, signal.SIGSTOP)
        self.frozen = True
        return True

    def thaw(self) -> None:
        if self.frozen and self.runs:
            os.killpg(self.pid, signal.SIGCONT)
        self.frozen = False

    def end(self) -> None:
        """By force, and without counting it."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        self._process, self.frozen = None, False


def _children(pid: int) -> list[int]:
    """The direct ones, oldest first."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
