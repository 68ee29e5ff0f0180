"""One call: pace → authorise → send → retry → map error → log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar
from urllib.parse import quote

import requests

from backoffice.mirakl import wire
from backoffice.mirakl.answers import Answer, refusal
from backoffice.mirakl.errors import (
    CouldNotConnect,
    MiraklError,
    NoAnswer,
    NotAuthorised,
    NotYet,
    OutcomeUnknown,
    TooSoon,
    Unreadable,
)
from backoffice.mirakl.operations import Operation
from backoffice.mirakl.pacing import Pacer
from backoffice.mirakl.retries import PATIENCE, RETRIES

log = logging.getLogger("backoffice.mirakl")

T = TypeVar("T")
Query = Sequence[tuple[str, str]]  # an array is its name repeated
TIMEOUT: wire.Timeout = (5.0, 30.0)


class Auth(Protocol):
    """Who we are: a requests AuthBase that can also renew itself."""

    @property
    def key(self) -> str:
        """Tells credentials apart without telling them."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Signs the request."""

    def renew(self, request: requests.PreparedRequest) -> bool:
        """Called after 401: forget what signed this request. False when there is nothing to renew."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """An operation with its arguments, and how its answer is read (raises Unreadable)."""

    operation: Operation
    read: Callable[[bytes], T]
    url: str
    query: Query = ()
    form: Mapping[str, str] | None = None

    @property
    def in_walk(self) -> bool:
        """A further page of a list: it was paced, and counted by Mirakl, with the first one (domain.md §8, 59a)."""
        return any(name == "page_token" for name, _ in self.query)


class Transport:
    """Makes calls to one base URL under one name in the logs. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913 -- keyword-only settings, each on its own
        self,
        base_url: str,
        *,
        name: str,
        auth: Auth | None = None,
        pacer: Pacer | None = None,
        speed: float = 1.0,
        timeout: wire.Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url
        self.name, self.speed, self.timeout = name, speed, timeout
        self._auth, self._pacer, self._sleep = auth, pacer, sleep

    def call(
        self,
        operation: Operation,
        read: Callable[[bytes], T],
        *,
        query: Query = (),
        form: Mapping[str, str] | None = None,
        **path: str,
    ) -> T:
        """What `read` makes of the answer. Raises any MiraklError."""
        call = Call(operation, read, self.base_url + fill(operation.path, path), query, form)
        self._pace(call)
        attempt, renewed = 0, False
        while True:
            attempt += 1
            request = self._signed(call)
            try:
                return self._attempt(call, request, attempt)
            except NotAuthorised as error:
                if renewed or error.status != 401 or self._auth is None or not self._auth.renew(request):
                    raise
                renewed = True
            except MiraklError as error:
                self._wait_or_give_up(call, error, attempt)

    def _pace(self, call: Call[T]) -> None:
        pace = call.operation.pace
        if self._pacer is None or pace is None or call.in_walk:
            return
        wait = self._pacer.reserve(self._pace_key(call), pace.interval / self.speed, patience=PATIENCE)
        if wait > PATIENCE:
            raise NotYet(datetime.now(UTC) + timedelta(seconds=wait))
        if wait > 0:
            self._sleep(wait)

    def _pace_key(self, call: Call[T]) -> str:
        return f"{self._auth.key if self._auth else self.base_url}:{call.operation.id}"

    def _signed(self, call: Call[T]) -> requests.PreparedRequest:
        who = self._auth or _nobody
        return wire.prepare(
            requests.Request(call.operation.method, call.url, params=call.query, data=call.form, auth=who)
        )

    def _attempt(self, call: Call[T], request: requests.PreparedRequest, attempt: int) -> T:
        began = time.perf_counter()
        answer: Answer | None = None
        failure: MiraklError | None = None
        try:
            answer = wire.send(request, self.timeout)
            if refused := refusal(answer, in_walk=call.in_walk, hide=_secrets(call, request)):
                raise refused
            return call.read(answer.body)
        except (NoAnswer, Unreadable) as error:
            failure = _for_a_write(error, answer) if not call.operation.repeatable else error
            raise failure from None
        except MiraklError as error:
            failure = error
            raise
        finally:
            self._log(call, answer, failure, attempt, began)

    def _wait_or_give_up(self, call: Call[T], error: MiraklError, attempt: int) -> None:
        """Called while `error` is handled: sleeps before the next attempt, or raises it again."""
        wait = RETRIES.wait(error, attempt, repeatable=call.operation.repeatable)
        if wait is None:
            if isinstance(error, TooSoon) and self._pacer is not None:
                self._pacer.hold(self._pace_key(call), error.retry_after)
            raise error
        self._sleep(wait)

    def _log(
        self, call: Call[T], answer: Answer | None, failure: MiraklError | None, attempt: int, began: float
    ) -> None:
        milliseconds = round((time.perf_counter() - began) * 1000)
        status = answer.status if answer else 0
        outcome = type(failure).__name__ if failure else "ok"
        log.log(
            logging.WARNING if failure else logging.INFO,
            "%s %s %s in %d ms",
            *(call.operation.id, status or "-", outcome, milliseconds),
            extra={
                "connection": self.name,
                "operation": call.operation.id,
                "status": status,
                "outcome": outcome,
                "duration_ms": milliseconds,
                "request_id": answer.request_id if answer else "",
                "attempt": attempt,
            },
        )


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking into a ~/.netrc, as it does for a request that nobody signs."""
    return request


def _secrets(call: Call[T], request: requests.PreparedRequest) -> list[str]:
    """What the request proved itself with. Some servers repeat it in an error, whose words are kept and shown."""
    header = request.headers.get("Authorization", "").rpartition(" ")[2]
    return [secret for secret in (header, (call.form or {}).get("client_secret")) if secret]


def _for_a_write(error: MiraklError, answer: Answer | None) -> MiraklError:
    """What a lost or unreadable answer means where the call may have changed something."""
    if isinstance(error, CouldNotConnect) or (answer is not None and answer.status >= 300):
        return error
    return OutcomeUnknown()


def fill(path: str, values: Mapping[str, str]) -> str:
    """The path with its segments percent-encoded. Raises ValueError for what cannot stand in a path as a segment."""
    for value in values.values():
        if value in ("", ".", ".."):
            raise ValueError(f"{value!r} cannot be a part of an address.")
    return path.format_map({name: quote(value, safe="") for name, value in values.items()})
