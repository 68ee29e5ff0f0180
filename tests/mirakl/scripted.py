"""Servers that say one fixed thing to everybody: for answers that the sandbox never gives."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from itertools import takewhile
from types import TracebackType
from typing import Self


class Scripted:
    """Answers every connection on a loopback port with `text`, then closes it, or keeps it open and silent.

    Without a text (None) it resets the connection at the first byte. `connections` counts them.
    """

    def __init__(self, text: str | None, *, stays_open: bool = False) -> None:
        self._text, self._stays_open = text, stays_open
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.requests: list[bytes] = []
        self._open: list[socket.socket] = []
        self._waiting: list[threading.Thread] = []
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for one in self._open:
            with suppress(OSError):  # the other side is gone
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._waiting:
            thread.join()
        for one in (self._socket, *self._open):
            one.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # closed: the test is over
                return
            self.connections += 1
            if self._text is None:
                connection.recv(1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            else:
                self.answer(connection, self._text.encode())

    def answer(self, connection: socket.socket, text: bytes) -> None:
        request = _whole(connection)
        if not request.strip():  # somebody looked whether anybody is here
            connection.close()
            return
        self.requests.append(request)
        connection.sendall(text)
        if self._stays_open:
            self._open.append(connection)
        else:
            connection.close()


class ClosesWhenUsedAgain(Scripted):
    """Answers the first request of a connection and closes it at the second: what the race looks like between a server
    that ends idle connections and a client that is just using one."""

    def answer(self, connection: socket.socket, text: bytes) -> None:
        self.requests.append(_whole(connection))
        connection.sendall(text)
        self._open.append(connection)
        self._waiting.append(threading.Thread(target=self._close_at_next, args=(connection,)))
        self._waiting[-1].start()

    def _close_at_next(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection.recv(1)
            connection.shutdown(socket.SHUT_RDWR)


def _whole(connection: socket.socket) -> bytes:
    """One request with its body: to close before all is read would be a reset, not an end."""
    with connection.makefile("rb") as stream:
        head = b"".join(takewhile(lambda line: line not in (b"", b"\r\n"), stream))
        length = next((line for line in head.lower().splitlines() if line.startswith(b"content-length:")), b":0")
        return head + b"\r\n" + stream.read(int(length.partition(b":")[2]))
