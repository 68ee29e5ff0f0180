"""What an answer that is no success means: status and error envelope to exception (domain.md §5)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from backoffice.mirakl.errors import (
    Broken,
    Fault,
    Invalid,
    MiraklError,
    NotAuthorised,
    NotFound,
    PageTokenExpired,
    Redirected,
    TooSoon,
)

REQUEST_ID_HEADERS = ("X-Request-Id", "X-Correlation-Id", "X-Mirakl-Request-Id", "X-Amzn-Trace-Id", "CF-Ray")
NO_RETRY_AFTER = 60.0  # seconds, where a 429 does not say (domain.md §5)
LONGEST = 24 * 3600.0  # whoever asks for more than a day is not obeyed to the letter


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read whole. Header names are found in any case. A body that went into a file has only a size."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    size: int = 0  # bytes

    @property
    def request_id(self) -> str:
        """Mirakl's own name for this call, where it gives one."""
        found = filter(None, (self.headers.get(name) for name in REQUEST_ID_HEADERS))
        return _plain(next(found, ""))


def refusal(answer: Answer, *, in_walk: bool, hide: Sequence[str] = ()) -> MiraklError | None:
    """The exception that this answer is; None for a success.

    `in_walk`: the call had a page token. `hide`: secrets that must not come back in the words of the server.
    """
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        return Redirected(_target(answer), request_id=answer.request_id)
    said = _envelope(answer, hide)
    if answer.status == 429:
        return TooSoon(retry_after=_retry_after(answer.headers.get("Retry-After")), **said)
    if answer.status >= 500:
        return Broken(**said)
    if answer.status == 400 and in_walk:
        return PageTokenExpired(**said)
    kinds = {401: NotAuthorised, 403: NotAuthorised, 404: NotFound, 410: NotFound}
    return kinds.get(answer.status, Invalid)(**said)


def _target(answer: Answer) -> str:
    try:
        host = urlsplit(answer.headers.get("Location", "")).hostname
    except ValueError:
        host = None
    return f"({answer.status} to {_plain(host)})" if host else f"({answer.status})"


def _plain(header: str) -> str:
    """As much of it as a log line takes, without what would command a terminal."""
    return "".join(one for one in header[:100] if one.isprintable())


def _retry_after(header: str | None) -> float:
    """Seconds from a number or an HTTP date; a minute when there is none to read."""
    text = (header or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return NO_RETRY_AFTER
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST) if math.isfinite(seconds) else NO_RETRY_AFTER


def _envelope(answer: Answer, hide: Sequence[str]) -> dict[str, Any]:
    """Code, message and faults in any of the shapes that are in use; a page of HTML has none of them."""
    try:
        fields = msgspec.json.decode(answer.body)
    except (ValueError, RecursionError):
        fields = None
    fields = fields if isinstance(fields, dict) else {}
    faults = fields.get("errors")

    def words(value: object) -> str:
        """One line of a length that a person reads."""
        if not isinstance(value, str):
            return ""
        for secret in hide:
            value = value.replace(secret, "…")
        return " ".join(value.replace("\0", " ").split())[:300]

    def fault(one: dict[str, Any]) -> Fault:
        return Fault(*(words(one.get(name)) for name in ("field", "code", "message")))

    return {
        "status": answer.status,
        "code": words(fields.get("code") or fields.get("error")),
        "message": words(fields.get("message") or fields.get("error_description")),
        "errors": tuple(fault(one) for one in faults if isinstance(one, dict)) if isinstance(faults, list) else (),
        "request_id": answer.request_id,
    }
