"""Records what goes over the wire between a client and the sandbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

from backoffice.sandbox.server import App


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they were."""

    method: str
    path: str  # still percent-encoded
    query: str  # still percent-encoded
    headers: Headers
    sent: bytes
    status: int
    answer_headers: Headers
    body: bytes


class Recorder:
    """A WSGI app around the sandbox that keeps every exchange with Connect."""

    def __init__(self, app: App, exchanges: list[Exchange]) -> None:
        self._app = app
        self._exchanges = exchanges

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            answered.append((status, headers))
            return start_response(status, headers, *rest)

        question = request.get_data()
        environ["wsgi.input"] = BytesIO(question)
        body = b"".join(self._app(environ, remember))
        status, headers = answered[0]
        if request.path.startswith("/connect/"):
            self._exchanges.append(
                Exchange(
                    method=request.method,
                    path=environ["RAW_URI"].partition("?")[0],
                    query=environ["QUERY_STRING"],
                    headers=Headers(list(request.headers.items())),
                    sent=question,
                    status=int(status.split()[0]),
                    answer_headers=Headers(headers),
                    body=body,
                )
            )
        return [body]
