"""Ports for tests."""

from __future__ import annotations

import socket


def closed_port() -> int:
    """A port at which nobody answers: it was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
