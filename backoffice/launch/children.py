"""One process of the system: how it is started, how one knows that it works, and what it said last."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from backoffice.launch.lifeline import Watcher, tie_to_parent
from backoffice.launch.places import BASE_DIR

LAST_LINES = 15


class Child:
    """A process in a process group of its own, so that a Ctrl-C in the terminal reaches only the launcher."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        environment: Mapping[str, str],
        logs: Path,
        answers: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = name
        self.command = command
        self.answers = answers
        self.log = logs / f"{name}.log"
        self._environment = environment
        self._log_from = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, watcher: Watcher | None) -> None:
        with self.log.open("ab") as log:
            self._log_from = log.tell()
            self._process = subprocess.Popen(  # noqa: S603 -- our own command, no text from outside
                self.command,
                cwd=BASE_DIR,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=tie_to_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 -- we have one thread
            )
        if watcher:
            watcher.add(self._process.pid)

    @property
    def code(self) -> int | None:
        """The exit code once it has ended; minus the signal's number if a signal ended it."""
        return self._process.poll() if self._process else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self.code is None

    def ask_to_end(self) -> None:
        if self._process and self.running:
            self._process.terminate()

    def end(self, watcher: Watcher | None) -> None:
        """By force, and with everything it started itself: a worker of a dead web server still holds the port."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if watcher:
            watcher.drop(self._process.pid)
        self._process = None

    def how_it_ended(self) -> str:
        code = self.code or 0
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def last_words(self) -> str:
        """The last lines that it wrote since it was started, indented."""
        with self.log.open("rb") as log:
            log.seek(self._log_from)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-LAST_LINES:])
