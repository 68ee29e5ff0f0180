"""Serves a sandbox on a loopback port, in threads."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from backoffice.sandbox.app import Sandbox
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.life import Life

App = Callable[[dict[str, Any], Any], Iterable[bytes]]

HOST = "127.0.0.1"  # never another: the sandbox knows no secrets worth the name


class Handler(WSGIRequestHandler):
    """The journal is the log; the request lines on the terminal would drown everything else."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Http(ThreadedWSGIServer):
    """Knows the threads at work, so that closing can wait for them, though for an idle one only a moment."""

    def __init__(self, app: App, listening: socket.socket) -> None:
        self._at_work: set[threading.Thread] = set()
        super().__init__(HOST, listening.getsockname()[1], app, Handler, fd=listening.fileno())

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        thread = threading.current_thread()
        self._at_work.add(thread)
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._at_work.discard(thread)

    def wake(self) -> None:
        """Let the loop look now whether it shall end; nothing is accepted any more."""
        with suppress(OSError):  # not every system can; there the loop looks at its next turn
            self.socket.shutdown(socket.SHUT_RDWR)

    def server_close(self) -> None:
        super().server_close()
        for thread in list(self._at_work):
            thread.join(1)


class Server:
    """A running sandbox; raises OSError for a port that cannot be had. Port 0 takes a free one.

    `around` may wrap the app, to look at what goes over the wire. `close` ends its threads and closes the state file.
    """

    def __init__(self, world: World, port: int = 0, *, around: Callable[[Sandbox], App] = lambda app: app) -> None:
        self.world = world
        self.app = Sandbox(world)
        with socket.create_server((HOST, port)) as listening:  # werkzeug would end the process over a taken port
            self._http = Http(around(self.app), listening)
        self._life = Life(world)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._http.port}"

    def start(self) -> None:
        self._thread.start()
        self._life.start()

    def close(self) -> None:
        self.app.closing.set()
        self._life.stop()
        if self._thread.is_alive():
            self._http.wake()
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self.world.close()
