"""`python -m backoffice.sandbox`: serve a world until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from backoffice.sandbox.server import Server
from backoffice.sandbox.store import OtherVersionError
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import OtherWorldError, check_name, load


def main() -> int:
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        check_name(options.world)
    except ValueError as error:
        return _give_up(str(error))
    options.state.parent.mkdir(parents=True, exist_ok=True)
    switches = Switches(limits=options.limits == "on", speed=options.speed)
    if options.world == "demo":
        switches.alive = True
        switches.settle_seconds = 240  # people watch here: at speed 60 they see an action wait for its end
    try:
        world = World(options.state, switches=switches)
    except OtherVersionError as error:
        return _give_up(f"{error} Choose another --state, or delete {options.state}.")
    try:
        load(world, options.world)
        server = Server(world, options.port)
    except OtherWorldError as error:
        world.close()
        return _give_up(f"{error} Choose another --state, or delete {options.state}.")
    except OSError as error:
        world.close()
        return _give_up(f"Port {options.port} cannot be used: {os.strerror(error.errno or 0)}. Choose another.")
    server.start()
    print(f"Sandbox with world {options.world}: {server.url}", flush=True)  # noqa: T201 -- whoever started it waits for this line
    _wait(stop, options.parent_pid)
    server.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m backoffice.sandbox", description="Mirakl, simulated.")
    parser.add_argument("--port", type=int, default=9100, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--world", default="demo", help="empty, demo, trouble, or scale:N")
    parser.add_argument("--state", type=Path, default=Path("var/sandbox.sqlite3"), help="file that keeps the world")
    parser.add_argument("--speed", type=_speed, default=1.0, help="how many times faster than Mirakl things go")
    parser.add_argument("--limits", choices=("on", "off"), default="on", help="enforce the call frequencies")
    parser.add_argument("--parent-pid", type=int, help="stop when this process is no longer the parent")
    return parser.parse_args()


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < float("inf"):
        raise argparse.ArgumentTypeError("a number above 0 is expected")
    return speed


def _wait(stop: threading.Event, parent_pid: int | None) -> None:
    """Until we are told to stop, or the parent is gone: a killed parent tells nobody."""
    while not stop.wait(0.5 if parent_pid else None):
        if os.getppid() != parent_pid:
            return


def _give_up(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 -- the caller is a person or their terminal
    return 1


if __name__ == "__main__":
    sys.exit(main())
