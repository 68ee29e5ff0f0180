"""What a scripted fault does to the call that it strikes."""

from __future__ import annotations

import socket
import threading

from werkzeug.wrappers import Request, Response

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.faults import Fault

PAGE = """<!doctype html>
<html lang="en"><head><title>Bad gateway</title></head>
<body><h1>Bad gateway</h1><p>The server behind this proxy gave no answer.</p></body></html>
"""
OAUTH_CODES = {401: "invalid_client", 429: "temporarily_unavailable", 500: "server_error", 503: "server_error"}


def before(fault: Fault, request: Request, closing: threading.Event, *, envelope: type[RefusedError]) -> None:
    """The faults that keep the call from its handler: raises what is answered instead."""
    if fault.kind == "slow":
        closing.wait(fault.seconds)
    elif fault.kind == "cut" and fault.when == "before":
        _cut(request)
    elif fault.kind == "expired-page-token":
        raise RefusedError(400, "The page token has expired. Start again from the first page.", field="page_token")
    elif fault.kind in ("401", "429", "500", "503"):
        status = int(fault.kind)
        code = "" if envelope is RefusedError else OAUTH_CODES[status]
        refused = envelope(status, "This trouble was scripted.", code=code)
        if fault.retry_after is not None:
            refused.with_header("Retry-After", str(fault.retry_after))
        raise refused


def after(fault: Fault | None, request: Request, answer: Response) -> Response:
    """The faults that spoil the handler's answer."""
    if fault is None:
        return answer
    if fault.kind == "html":
        return Response(PAGE, fault.status, content_type="text/html; charset=utf-8")
    if fault.kind == "broken-json":
        text = answer.get_data()
        return Response(text[: len(text) // 2], answer.status_code, content_type="application/json")
    if fault.kind == "cut":
        _cut(request, _half(answer) if fault.when == "midway" else b"")
    return answer


def _half(answer: Response) -> bytes:
    """The head of an answer, which promises the whole body, and half of that."""
    body = answer.get_data()
    head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    return f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + body[: len(body) // 2]


def _cut(request: Request, before: bytes = b"") -> None:
    """Close the connection under the caller; what the server does with the error is to say nothing."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.sendall(before)
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("cut on purpose")
