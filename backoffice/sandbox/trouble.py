"""What a scripted fault does to the call that it strikes."""

from __future__ import annotations

import socket
import threading

from werkzeug.wrappers import Request, Response

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.faults import STATUSES, Fault

PAGE = """<!doctype html>
<html lang="en"><head><title>Bad gateway</title></head>
<body><h1>Bad gateway</h1><p>The server behind this proxy gave no answer.</p></body></html>
"""
OAUTH_CODES = {
    401: "invalid_client",
    403: "access_denied",
    404: "invalid_request",
    410: "invalid_request",
    429: "temporarily_unavailable",
    500: "server_error",
    503: "server_error",
}


def before(fault: Fault, request: Request, closing: threading.Event, *, envelope: type[RefusedError]) -> None:
    """The faults that keep the call from its handler: raises what is answered instead."""
    if fault.kind == "slow":
        closing.wait(fault.seconds)
    elif fault.kind == "cut" and fault.when == "before":
        _cut(request)
    elif fault.kind == "expired-page-token":
        raise RefusedError(400, "The page token has expired. Start again from the first page.", field="page_token")
    elif fault.kind in STATUSES and fault.when == "before":
        raise _refused(fault, envelope)


def after(
    fault: Fault | None, request: Request, answer: Response, *, envelope: type[RefusedError] = RefusedError
) -> Response:
    """The faults that spoil the handler's answer."""
    if fault is None:
        return answer
    if fault.kind == "cut":
        _cut(request, _half(answer) if fault.when == "midway" else b"")
    if fault.kind in STATUSES and fault.after_commit:
        return _refused(fault, envelope).answer()
    return _spoilt(fault, answer)


def _refused(fault: Fault, envelope: type[RefusedError]) -> RefusedError:
    status = int(fault.kind)
    code = "" if envelope is RefusedError else OAUTH_CODES[status]
    refused = envelope(status, "This trouble was scripted.", code=code)
    if fault.retry_after is not None:
        refused.with_header("Retry-After", str(fault.retry_after))
    return refused


def _spoilt(fault: Fault, answer: Response) -> Response:
    """Its headers stay as they are, but for those that tell of the body."""
    if fault.kind == "html":
        return Response(PAGE, fault.status, content_type="text/html; charset=utf-8")
    if fault.kind == "wrong-type":
        answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    elif fault.kind == "broken-json":
        answer.headers["Content-Type"] = "application/json"
    body = answer.get_data()
    if fault.kind in ("broken-json", "truncated"):
        answer.set_data(body[: len(body) // 2])
    elif fault.kind == "empty":
        answer.set_data(b"")
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
