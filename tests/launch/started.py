"""The whole system as real processes, on ports and in a folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from backoffice.launch.places import BASE_DIR
from tests.ports import closed_ports
from tests.waiting import until

# The system under test is the embedded one, also where the other tests run on PostgreSQL and Redis.
NOT_INHERITED = ("SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
LAUNCH = (sys.executable, "-m", "backoffice.launch")


def environment(var: Path, **more: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return {**inherited, "VAR_DIR": str(var), **more}


def launch(var: Path, *verbs: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A launch that is expected to end by itself: its exit code and what it said on standard error."""
    return subprocess.run(
        [*LAUNCH, *verbs],
        cwd=BASE_DIR,
        env=environment(var, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class System:
    """A launcher that runs, started by `command`; `process` is that command."""

    def __init__(self, var: Path, *, command: tuple[str, ...] = LAUNCH) -> None:
        self.var = var
        self.port, self.sandbox_port = closed_ports(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self._output = var.parent / f"{var.name}.out"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                env=environment(var, PORT=str(self.port), SANDBOX_PORT=str(self.sandbox_port)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._output.read_text()

    def wait_until_ready(self) -> float:
        """Seconds that the start took, in the launcher's own words."""
        until(lambda: "Ready after" in self.said or self.process.poll() is not None, seconds=60)
        ready = re.search(r"Ready after (\d+) s", self.said)
        assert ready, self.said
        return float(ready[1])

    def pid_of(self, name: str) -> int:
        """The process of this command line that the launcher itself started."""
        return min(pid for pid in processes_in(self.var) if name in _read(pid, "cmdline"))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        until(lambda: not processes_in(self.var), seconds=10)


def processes_in(var: Path) -> set[int]:
    """Every process that was started for this folder, or works in it."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return {pid for pid in pids if str(var) in _read(pid, "environ") + _read(pid, "cmdline") + _folder(pid)}


def _read(pid: int, what: str) -> str:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _folder(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""
