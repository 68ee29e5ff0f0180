"""Fixtures: a sandbox over loopback, in a thread or as a process of its own."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest
import requests

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class RunningSandbox:
    """A sandbox that answers at `url`, with its control interface as methods. Every method is one HTTP call."""

    client_id = "demo-client"
    client_secret = "demo-secret"

    def __init__(self, url: str) -> None:
        self.url = url
        self.connect_url = f"{url}/connect"
        self.token_url = f"{url}/auth/oauth/token"

    def place_order(self, **fields: Any) -> dict[str, Any]:
        """Place a whole believable order that differs in these fields; also `channel_id`, `lines` (how many)."""
        order: dict[str, Any] = self._do("place", **fields)
        return order

    def place_orders(self, count: int, **fields: Any) -> list[str]:
        """Place many; their ids."""
        ids: list[str] = self._do("place-many", count=count, **fields)
        return ids

    def update_order(self, order_id: str, **fields: Any) -> dict[str, Any]:
        order: dict[str, Any] = self._do("update", order_id=order_id, **fields)
        return order

    def put_raw_order(self, json_text: str, **where: str) -> None:
        """Serve this text verbatim; `order_id` and `updated_at` where the text has none to read."""
        self._do("put-raw", text=json_text, **where)

    def advance(self, seconds: float) -> datetime:
        return datetime.fromisoformat(self._do("advance", seconds=seconds)["now"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self.state()["now"])

    def fault(self, operation: str = "*", *, kind: str, **options: Any) -> None:
        """Options: `times` (None: no end), `after`; by kind `retry_after`, `seconds`, `after_commit`, `status`."""
        self._do("fault", operation=operation, kind=kind, **options)

    def clear_faults(self) -> None:
        self._do("clear-faults")

    def revoke_tokens(self) -> None:
        self._do("revoke-tokens")

    def configure(self, **switches: Any) -> None:
        self._do("configure", **switches)

    def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._see("journal")
        return entries

    def clear_journal(self) -> None:
        self._do("clear-journal")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._see("state")
        return state

    def _do(self, verb: str, **arguments: Any) -> Any:
        answer = requests.post(f"{self.url}/_control/{verb}", data=_encoder.encode(arguments), timeout=30)
        return self._read(answer)

    def _see(self, view: str) -> Any:
        return self._read(requests.get(f"{self.url}/_control/{view}", timeout=30))

    def _read(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return _decoder.decode(answer.content)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[RunningSandbox]:
    """A fresh, empty world in this process: limits off, speed 1, nothing moves by itself."""
    # This plugin is imported before coverage begins to measure: what it imports at the top would count as never run.
    from backoffice.sandbox.server import Server  # noqa: PLC0415 -- see above
    from backoffice.sandbox.switches import Switches  # noqa: PLC0415 -- see above
    from backoffice.sandbox.world import World  # noqa: PLC0415 -- see above
    from backoffice.sandbox.worlds.loading import load  # noqa: PLC0415 -- see above

    world = World(tmp_path / "sandbox.sqlite3", switches=Switches(limits=False))
    load(world, "empty")
    server = Server(world)
    server.start()
    yield RunningSandbox(server.url)
    server.close()


class SandboxProcess(RunningSandbox):
    """`python -m backoffice.sandbox` as a process; `stop` and `kill` end it, and another may take its state file."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "backoffice.sandbox", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.first_line = _first_line(self.process)
        super().__init__(self.first_line.split()[-1])

    def stop(self) -> int:
        self.process.terminate()
        return self._ended()

    def kill(self) -> int:
        self.process.kill()
        return self._ended()

    def _ended(self) -> int:
        code = self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()

    def read(stream: IO[str]) -> None:
        lines.put(stream.readline())

    assert process.stdout
    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    return lines.get(timeout=60).strip()


@pytest.fixture
def sandbox_process(tmp_path: Path) -> Iterator[Callable[..., SandboxProcess]]:
    """Start sandboxes as processes on one state file: `sandbox_process("--world", "demo", "--limits", "off")`."""
    started: list[SandboxProcess] = []

    def start(*arguments: str) -> SandboxProcess:
        process = SandboxProcess("--port", "0", "--state", str(tmp_path / "process.sqlite3"), *arguments)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()
