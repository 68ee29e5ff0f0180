"""Ports for tests."""

from __future__ import annotations

import socket
from contextlib import ExitStack


def closed_port() -> int:
    """A port at which nobody answers: it was free a moment ago."""
    return closed_ports(1)[0]


def closed_ports(count: int) -> list[int]:
    """So many different ones: each is held until all are chosen."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
