"""Everything that can go wrong with a call. The docstring of a class is its message.

    MiraklError
    ├── NoAnswer              no answer came, or only a part of one
    │   ├── CouldNotConnect     nothing left this machine
    │   └── OutcomeUnknown      a write left, its answer was lost
    ├── Refused               .status .code .message .errors .request_id
    │   ├── NotAuthorised       401, 403, or no token for us
    │   ├── NotFound            404, 410
    │   ├── Invalid             400 and every other 4xx
    │   │   └── PageTokenExpired  400 on a call with a page token
    │   └── TooSoon             429; .retry_after in seconds
    ├── Broken                5xx; the same attributes. A write may have been done or not
    ├── Unreadable            an answer or a record that is not what it should be
    │   ├── Redirected          3xx: the address is not the API's
    │   └── TooLarge            more bytes than we take; the rest was not read
    ├── NotYet                our own pacing: nothing was sent; .until says when
    └── BrokerDown            our Redis does not answer: not the fault of Mirakl

No text here holds a secret, a token, a body or a query: it may be stored, shown to staff and logged.
"""

# ruff: noqa: N818 -- the names of the tree say what happened; that they are errors is plain where they are raised

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


class MiraklError(Exception):
    """A call to Mirakl went wrong."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(" ".join(filter(None, (self.__doc__, detail))))


class NoAnswer(MiraklError):
    """Mirakl did not answer."""


class CouldNotConnect(NoAnswer):
    """Mirakl could not be reached; nothing was sent."""


class OutcomeUnknown(NoAnswer):
    """The request was sent, but its answer was lost. It may have been carried out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that Mirakl found in a request. `field` is its JSON path, or empty."""

    field: str = ""
    code: str = ""
    message: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (self.field, self.message or self.code)))


class _Answered(MiraklError):
    """Mirakl answered with an error."""

    def __init__(  # noqa: PLR0913 -- the parts of an error envelope
        self,
        detail: str = "",
        *,
        status: int,
        code: str = "",
        message: str = "",
        errors: tuple[Fault, ...] = (),
        request_id: str = "",
    ) -> None:
        self.status, self.code, self.message = status, code, message
        self.errors, self.request_id = errors, request_id
        super().__init__(detail or self._said())

    def _said(self) -> str:
        words = "; ".join(filter(None, (self.message, *map(str, self.errors))))
        return f"({' '.join(filter(None, (str(self.status), self.code)))}{': ' if words else ''}{words})"


class Refused(_Answered):
    """Mirakl refused the request."""


class NotAuthorised(Refused):
    """Mirakl does not accept our credentials for this."""


class NotFound(Refused):
    """Mirakl knows nothing under this address."""


class Invalid(Refused):
    """Mirakl finds the request invalid."""


class PageTokenExpired(Invalid):
    """Mirakl no longer accepts this page token; the walk has to start again."""


class TooSoon(Refused):
    """Mirakl asks us to slow down."""

    def __init__(self, detail: str = "", *, retry_after: float, status: int = 429, **answered: Any) -> None:
        self.retry_after = retry_after
        super().__init__(detail, status=status, **answered)


class Broken(_Answered):
    """Mirakl has a fault."""


class Unreadable(MiraklError):
    """The answer cannot be read."""

    def __init__(self, detail: str = "", *, request_id: str = "") -> None:
        self.request_id = request_id
        super().__init__(detail)


class Redirected(Unreadable):
    """The address answers with a redirect, which an API does not do: it is probably the wrong address."""


class TooLarge(Unreadable):
    """The answer has more bytes than we take."""


class NotYet(MiraklError):
    """The published call frequency asks us to wait."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"Next call at {until:%H:%M:%S} UTC.")


class BrokerDown(MiraklError):
    """Our own Redis does not answer, so tokens and pacing cannot be shared."""
