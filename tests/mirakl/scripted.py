"""A server that says one fixed thing to everybody: for answers that the sandbox never gives."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self


class Scripted:
    """Answers every connection on a loopback port with `text`, then closes it, or keeps it open and silent."""

    def __init__(self, text: str, *, stays_open: bool = False) -> None:
        self._text, self._stays_open = text.encode(), stays_open
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for one in (self._socket, *self._open):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed: the test is over
                return
            self.requests.append(_whole(connection))
            connection.sendall(self._text)
            if self._stays_open:
                self._open.append(connection)
            else:
                connection.close()


def _whole(connection: socket.socket) -> bytes:
    """One request with its body: to close before all is read would be a reset, not an end."""
    with connection.makefile("rb") as stream:
        head = b"".join(iter(stream.readline, b"\r\n"))
        length = next((line for line in head.lower().splitlines() if line.startswith(b"content-length:")), b":0")
        return head + stream.read(int(length.partition(b":")[2]))
