"""What leaves the sandbox: JSON texts, and refusals in the envelope of Connect (domain.md §5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from werkzeug.wrappers import Response


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError("A number is out of range.") from None


_encoder = msgspec.json.Encoder(decimal_format="number")  # exact decimals, never through a float
_decoder = msgspec.json.Decoder(float_hook=_exact)

CODES = {
    400: "INVALID_INPUT",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "DATA_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    410: "GONE",
    411: "LENGTH_REQUIRED",
    413: "INVALID_INPUT",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "TOO_MANY_REQUEST",
    500: "UNEXPECTED",
    503: "UNEXPECTED",
}


def to_json(value: Any) -> bytes:
    return _encoder.encode(value)


def from_json(text: bytes | str) -> Any:
    """Raises ValueError."""
    return _decoder.decode(text)


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(to_json(value), status, content_type="application/json")


def empty_answer(status: int) -> Response:
    answer = Response(status=status)
    del answer.headers["Content-Type"]  # there is nothing that could have one
    return answer


def taken_answer(action_id: str) -> Response:
    """202: the marketplace will say how it ends."""
    return json_answer({"action_id": action_id, "tracking_id": action_id}, 202)


class RefusedError(Exception):
    """An answer of 4xx or 5xx; `field` names the parameter at fault, `extensions` its limits.

    Several faults of one body go into `errors`, by the path of the field, instead.
    """

    def __init__(  # noqa: PLR0913 -- all but two are named, and most stay away
        self,
        status: int,
        message: str,
        *,
        field: str = "",
        extensions: dict[str, Any] | None = None,
        errors: dict[str, str] | None = None,
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.extensions = status, message, extensions
        self.errors = errors or ({field: message} if field else {})
        self.code = code or CODES[status]
        self.headers: dict[str, str] = {}

    def with_header(self, name: str, value: str) -> RefusedError:
        self.headers[name] = value
        return self

    def answer(self) -> Response:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        extensions = {"extensions": self.extensions} if self.extensions else {}
        items = [{"field": field, "message": text, **extensions} for field, text in self.errors.items()]
        if items:
            body["errors"] = items
        response = json_answer(body, self.status)
        response.headers.update(self.headers)
        return response


class OAuthRefusedError(RefusedError):
    """The token endpoint speaks OAuth 2.0 instead (domain.md §8, question 61)."""

    def answer(self) -> Response:
        response = json_answer({"error": self.code, "error_description": self.message}, self.status)
        response.headers.update(self.headers)
        return response
