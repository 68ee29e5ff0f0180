"""A server that gives prepared answers in turn, a client of it, and what a request to it says.

Where a test is about bytes alone, this needs neither the sandbox nor Redis.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

from backoffice.mirakl import Connect, ShopKey
from tests.mirakl.scripted import Scripted


def http(body: bytes | str, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer after which the connection is closed. `length` is another than the true one."""
    content = body.encode() if isinstance(body, str) else body
    size = len(content) if length is None else length
    head = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(head).encode() + content


class Serving(Scripted):
    """Gives its answers in turn, and the last one to everybody who comes later."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__("")
        self._answers = answers
        self.naps: list[float] = []  # what the client would have slept
        self.client = Connect(self.url, auth=ShopKey("k-1"), name="Demo", timeout=(2.0, 10.0), sleep=self.naps.append)

    def answer(self, connection: socket.socket, text: bytes) -> None:
        turn = min(len(self.requests), len(self._answers) - 1)
        with suppress(OSError):  # a client that has had enough hangs up
            super().answer(connection, self._answers[turn])


def asked(request: bytes) -> tuple[str, list[tuple[str, str]]]:
    """The path and the query of a request."""
    parts = urlsplit(request.split(b" ")[1].decode())
    return parts.path, parse_qsl(parts.query, keep_blank_values=True)


def sent(request: bytes) -> bytes:
    """The body of a request."""
    return request.partition(b"\r\n\r\n")[2]


def headers(request: bytes) -> dict[str, str]:
    """The headers of a request, with small letters in their names."""
    lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def sent_parts(request: bytes) -> list[bytes]:
    """The parts of a multipart body, byte for byte: headers, empty line, content."""
    boundary = headers(request)["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    first, *parts, last = (b"\r\n" + sent(request)).split(b"\r\n--" + boundary)
    assert (first, last) == (b"", b"--\r\n")
    return [part.removeprefix(b"\r\n") for part in parts]
