"""One call: pace → authorise → send → retry → map error → log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import quote, quote_plus

import msgspec
import requests

from backoffice.mirakl import wire
from backoffice.mirakl.answers import Answer, refusal
from backoffice.mirakl.errors import (
    BrokerDown,
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
from backoffice.mirakl.watching import Exchange, Watcher

log = logging.getLogger("backoffice.mirakl")

T = TypeVar("T")
DOWNLOAD = 256 * 1024 * 1024  # bytes of a file, unless the caller says otherwise
ACCEPT_FILE = "application/zip, application/octet-stream, application/json;q=0.5"  # an error comes as JSON
Query = Sequence[tuple[str, str]]  # an array is its name repeated
TIMEOUT: wire.Timeout = (5.0, 30.0)

_encoder = msgspec.json.Encoder(decimal_format="number")


class Auth(Protocol):
    """Who we are: a requests AuthBase that can also renew itself."""

    @property
    def key(self) -> str:
        """Tells credentials apart without telling them."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Signs the request."""

    def renew(self, request: requests.PreparedRequest) -> bool:
        """Called after 401: forget what signed this request. False when there is nothing to renew."""


class Part(NamedTuple):
    """One part of a multipart body. A part without a `filename` is a field, not a file."""

    name: str
    content: bytes
    content_type: str
    filename: str | None = None


def json_part(name: str, value: object) -> Part:
    """A part that holds JSON: its own content type says so, which some servers insist on (domain.md §9.8)."""
    return Part(name, _encoder.encode(value), "application/json")


def file_part(name: str, filename: str, content: bytes) -> Part:
    """A part that holds a file."""
    return Part(name, content, "application/octet-stream", filename)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """An operation with its arguments, and how its answer is read (raises Unreadable)."""

    operation: Operation
    read: Callable[[Answer], T]
    url: str
    query: Query = ()
    form: Mapping[str, str] | None = None
    json: object = None
    parts: Sequence[Part] = ()
    sink: wire.Sink | None = None
    clock: str = ""  # whose pace it is, where an operation has one for each value of a path parameter

    @property
    def in_walk(self) -> bool:
        """A further page of a list: it was paced, and counted by Mirakl, with the first one (domain.md §8, 59a)."""
        return any(name == "page_token" for name, _ in self.query)

    def request(self, auth: Callable[[requests.PreparedRequest], requests.PreparedRequest]) -> requests.Request:
        """The call as requests knows it. A JSON body has exact amounts: a Decimal is a number with all its digits."""
        request = requests.Request(self.operation.method, self.url, params=self.query, data=self.form, auth=auth)
        if self.json is not None:
            request.data = _encoder.encode(self.json)
            request.headers = {"Content-Type": "application/json"}
        if self.parts:
            request.files = [(part.name, (part.filename, part.content, part.content_type)) for part in self.parts]
        if self.sink is not None:
            request.headers = {"Accept": ACCEPT_FILE}
        return request


def _anything(file: BinaryIO) -> None:
    """Every file is welcome."""


class Transport:
    """Makes calls to one base URL under one name in the logs. Safe to use from several threads."""

    def __init__(  # noqa: PLR0913 -- keyword-only settings, each on its own
        self,
        base_url: str,
        *,
        name: str,
        auth: Auth | None = None,
        pacer: Pacer | None = None,
        watcher: Watcher | None = None,
        speed: float = 1.0,
        timeout: wire.Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = base_url
        self.name, self.speed, self.timeout = name, speed, timeout
        self._auth, self._pacer, self._watcher, self._sleep = auth, pacer, watcher, sleep

    def call(  # noqa: PLR0913 -- keyword-only, and at most one of the bodies
        self,
        operation: Operation,
        read: Callable[[bytes], T],
        *,
        query: Query = (),
        form: Mapping[str, str] | None = None,
        json: object = None,
        parts: Sequence[Part] = (),
        **path: str,
    ) -> T:
        """What `read` makes of the answer's body. Raises any MiraklError, and what the watcher raises before a
        departure.

        The body is `form`, `json` (anything that msgspec encodes) or the `parts` of a multipart body.
        """
        url, clock = self._address(operation, path)
        return self._made(Call(operation, lambda answer: read(answer.body), url, query, form, json, parts, clock=clock))

    def download(
        self,
        operation: Operation,
        into: BinaryIO,
        *,
        check: Callable[[BinaryIO], None] = _anything,
        largest: int = DOWNLOAD,
        query: Query = (),
        **path: str,
    ) -> Answer:
        """Streams the body of the answer into a seekable file; the answer itself has only its headers and the size.

        `check` looks at the file and raises Unreadable, as a bad body would. More than `largest` bytes, unpacked, raise
        TooLarge, and the rest is not read. After an error the file holds nothing of worth.
        """
        url, clock = self._address(operation, path)

        def read(answer: Answer) -> Answer:
            check(into)
            return answer

        return self._made(Call(operation, read, url, query, sink=wire.Sink(into, largest), clock=clock))

    def _address(self, operation: Operation, path: Mapping[str, str]) -> tuple[str, str]:
        """The URL, and whose pace it is."""
        clock = path[operation.pace.per] if operation.pace and operation.pace.per else ""
        return self.base_url + fill(operation.path, path), clock

    def _made(self, call: Call[T]) -> T:
        self._pace(call)
        attempt, renewed = 0, False
        while True:
            attempt += 1
            request = self._signed(call)
            if self._watcher is not None:
                self._watcher.departing(call.operation)  # not inside the try: its errors are no answers of Mirakl
            try:
                return self._attempt(call, request, attempt)
            except NotAuthorised as error:
                if renewed or error.status != 401 or self._auth is None or not self._auth.renew(request):
                    raise
                renewed = True
            except MiraklError as error:
                self._wait_or_give_up(call, error, attempt)

    def _pace(self, call: Call[T]) -> None:
        if self._pacer is None or call.in_walk:
            return
        pace, key = call.operation.pace, self._pace_key(call)
        if pace is None:  # called on need, but a 429 holds it too
            wait = self._pacer.held(key)
        else:
            wait = self._pacer.reserve(key, pace.interval / self.speed, patience=PATIENCE)
        if wait > PATIENCE:
            raise NotYet(datetime.now(UTC) + timedelta(seconds=wait))
        if wait > 0:
            self._sleep(wait)

    def _pace_key(self, call: Call[T]) -> str:
        who = self._auth.key if self._auth else self.base_url
        return ":".join(filter(None, (who, call.operation.id, call.clock)))

    def _signed(self, call: Call[T]) -> requests.PreparedRequest:
        return wire.prepare(call.request(self._auth or _nobody))

    def _attempt(self, call: Call[T], request: requests.PreparedRequest, attempt: int) -> T:
        at, began = datetime.now(UTC), time.perf_counter()
        answer: Answer | None = None
        failure: BaseException | None = None
        try:
            answer = wire.send(request, self.timeout, fresh=not call.operation.repeatable, sink=call.sink)
            if refused := refusal(answer, in_walk=call.in_walk, hide=_secrets(call, request)):
                raise refused  # noqa: TRY301 -- it is an end of the attempt like the others
            return call.read(answer)
        except (NoAnswer, Unreadable) as error:
            failure = _for_a_write(error, answer) if not call.operation.repeatable else error
            raise failure from None
        except BaseException as error:
            failure = error
            raise
        finally:
            milliseconds = round((time.perf_counter() - began) * 1000)
            exchange = _exchange(call, request, answer, failure, at=at, milliseconds=milliseconds)
            self._log(exchange, attempt)
            if self._watcher is not None:
                self._watcher.returned(exchange)

    def _wait_or_give_up(self, call: Call[T], error: MiraklError, attempt: int) -> None:
        """Called while `error` is handled: sleeps before the next attempt, or raises it again."""
        wait = RETRIES.wait(error, attempt, repeatable=call.operation.repeatable)
        if wait is None:
            if isinstance(error, TooSoon) and self._pacer is not None:
                with suppress(BrokerDown):  # what Mirakl said is the news, also when the others cannot be told
                    self._pacer.hold(self._pace_key(call), error.retry_after)
            raise error
        self._sleep(wait)

    def _log(self, exchange: Exchange, attempt: int) -> None:
        log.log(
            logging.INFO if exchange.outcome == "ok" else logging.WARNING,
            "%s %s %s in %d ms",
            *(exchange.operation_id, exchange.status or "-", exchange.outcome, exchange.milliseconds),
            extra={
                "connection": self.name,
                "operation": exchange.operation_id,
                "status": exchange.status,
                "outcome": exchange.outcome,
                "duration_ms": exchange.milliseconds,
                "request_id": exchange.request_id,
                "attempt": attempt,
            },
        )


def _exchange(  # noqa: PLR0913 -- everything there is to know of an attempt
    call: Call[T],
    request: requests.PreparedRequest,
    answer: Answer | None,
    failure: BaseException | None,
    *,
    at: datetime,
    milliseconds: int,
) -> Exchange:
    received = answer.body if answer else b""
    for secret in _secrets(call, request):
        received = received.replace(secret.encode(), "…".encode())
    return Exchange(
        operation_id=call.operation.id,
        at=at,
        status=answer.status if answer else 0,
        outcome=type(failure).__name__ if failure else "ok",
        milliseconds=milliseconds,
        code=getattr(failure, "code", "") if isinstance(failure, MiraklError) else "",
        text=str(failure) if isinstance(failure, MiraklError) else "",  # others may say anything
        request_id=answer.request_id if answer else "",
        sent=_sent(call, request),
        received=received,
    )


def _sent(call: Call[T], request: requests.PreparedRequest) -> bytes:
    """The body for whoever looks into trouble. Of a file only the name and the size: nobody reads megabytes there."""
    if call.parts:
        return b"\n".join(_told(part) for part in call.parts)
    body = request.body or b""
    return body if isinstance(body, bytes) else body.encode()


def _told(part: Part) -> bytes:
    if part.filename is None:
        return f"{part.name}: ".encode() + part.content
    return f"{part.name}: {part.filename!a}, {len(part.content)} bytes".encode()


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from looking into a ~/.netrc, as it does for a request that nobody signs."""
    return request


def _secrets(call: Call[T], request: requests.PreparedRequest) -> list[str]:
    """What the request proved itself with. Some servers repeat it in an error, whose words are kept and shown."""
    header = request.headers.get("Authorization", "").rpartition(" ")[2]
    secret = (call.form or {}).get("client_secret", "")
    return [one for one in dict.fromkeys((header, secret, quote_plus(secret))) if one]


def _for_a_write(error: MiraklError, answer: Answer | None) -> MiraklError:
    """What a lost or unreadable answer means where the call may have changed something."""
    if isinstance(error, CouldNotConnect) or (answer is not None and answer.status >= 300):
        return error
    return OutcomeUnknown(str(error))


def fill(path: str, values: Mapping[str, str]) -> str:
    """The path with its segments percent-encoded. Raises ValueError for what cannot stand in a path as a segment."""
    for name, value in values.items():
        if value in ("", ".", ".."):
            raise ValueError(f"{name}: {value!r} cannot be a part of an address.")
    return path.format_map({name: quote(value, safe="") for name, value in values.items()})
