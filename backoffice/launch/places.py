"""Where this start keeps its state and at which ports it listens; refuses with a sentence what cannot work."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from backoffice.launch.console import CannotStartError

BASE_DIR = Path(__file__).resolve().parents[2]
NEEDED_MB = 200


@dataclass(frozen=True)
class Places:
    """`var` is `settings.VAR`, found without the settings: they need the keys that are written into it."""

    var: Path
    port: int
    sandbox_port: int
    sandbox_speed: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def places(environment: Mapping[str, str]) -> Places:
    return Places(
        var=Path(environment.get("VAR_DIR", BASE_DIR / "var")).resolve(),
        port=_port(environment, "PORT", "8000"),
        sandbox_port=_port(environment, "SANDBOX_PORT", "9100"),
        sandbox_speed=_speed(environment.get("SANDBOX_SPEED", "60")),
    )


def _port(environment: Mapping[str, str], name: str, default: str) -> int:
    text = environment.get(name, default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise CannotStartError(f"{name} is {text!r}; a number from 1 to 65535 is expected.")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed < float("inf"):
        raise CannotStartError(f"SANDBOX_SPEED is {text!r}; a number above 0 is expected.")
    return speed


def make_var(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        probe = var / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise CannotStartError(
            f"Nothing can be written to {var} ({error.strerror}). Make room, give yourself the right to write there, "
            "or name another folder in VAR_DIR."
        ) from error
    free_mb = shutil.disk_usage(var).free // 2**20
    if free_mb < NEEDED_MB:
        raise CannotStartError(
            f"Only {free_mb} MB are free where {var} is; {NEEDED_MB} MB are needed. Make room first."
        )


def lock(var: Path) -> IO[bytes]:
    """Held as long as the file is open. The kernel lets go of it when the process dies, so none is ever left over."""
    file = (var / "run.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise CannotStartError(
            f"The system that keeps its state in {var} is running. Stop it first, with Ctrl-C in its terminal."
        ) from error
    return file


def check_ports(where: Places) -> None:
    if where.port == where.sandbox_port:
        raise CannotStartError(f"PORT and SANDBOX_PORT are both {where.port}. Give one of them another number.")
    _check_port(where.port, "PORT")
    _check_port(where.sandbox_port, "SANDBOX_PORT")


def _check_port(port: int, variable: str) -> None:
    with socket.socket() as probe:
        # As the servers do it: connections of the last start that still fade away are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStartError(
                f"Port {port} cannot be used ({os.strerror(error.errno or 0)}). End what uses it, "
                f"or choose another: `{variable}={port + 1} make run`."
            ) from error
