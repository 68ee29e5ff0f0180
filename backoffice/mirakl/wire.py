"""HTTP: one Session per thread, one request, one answer read whole, and what went wrong on the way."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urljoin

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager

from backoffice.mirakl.answers import Answer
from backoffice.mirakl.errors import CouldNotConnect, NoAnswer, TooLarge

USER_AGENT = "backoffice/0.1 (seller back office)"
_CHUNK = 1024 * 1024
LARGEST = 64 * _CHUNK  # bytes of an answer, unpacked; a page of 100 orders has less than one million

Timeout = tuple[float, float]  # seconds to connect or to send a piece of a body, seconds without a byte

_local = threading.local()


@dataclass(frozen=True, slots=True)
class Sink:
    """Where the body of a success goes instead of into memory: a seekable file that is open for writing.

    Every attempt starts it anew. More than `largest` bytes raise TooLarge.
    """

    file: BinaryIO
    largest: int


class _HandshakeError(NewConnectionError):
    """The connection broke before it was encrypted."""


class _Encrypted(HTTPSConnection):
    """Keeps a handshake that failed apart from a connection that broke later: here nothing of a request has left."""

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError:
            raise
        except OSError as error:
            raise _HandshakeError(self, type(error).__name__) from error


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _Adapter(HTTPAdapter):
    """The adapter of requests, for encrypted connections that tell when they broke."""

    def init_poolmanager(self, *settings: Any, **more: Any) -> None:
        super().init_poolmanager(*settings, **more)
        _encrypt(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **settings: Any) -> PoolManager:
        return _encrypt(super().proxy_manager_for(proxy, **settings))


def _encrypt(manager: PoolManager) -> PoolManager:
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": _EncryptedPool}
    return manager


def session() -> requests.Session:
    """The Session of this thread, shared by all clients in it: connections stay open, cookies are not kept."""
    found: requests.Session | None = getattr(_local, "session", None)
    if found is None:
        found = _local.session = _new_session()
    return found


class _Session(requests.Session):
    """Looks at no redirect. One that it does not follow it would still parse, and read whole, of any size."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _new_session() -> requests.Session:
    made = _Session()
    made.mount("https://", _Adapter())
    # Two credentials at one host must not meet in a cookie.
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json"})
    return made


# A forked worker must not speak on the sockets of its parent.
os.register_at_fork(after_in_child=lambda: _local.__dict__.clear())  # noqa: PLW0108 -- __dict__ is the thread's own


def prepare(request: requests.Request) -> requests.PreparedRequest:
    """Completes the request and lets its `auth` sign it. Raises CouldNotConnect for an address that is none."""
    try:
        return session().prepare_request(request)
    except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError):
        raise CouldNotConnect("The address is not a URL.") from None


def send(
    request: requests.PreparedRequest, timeout: Timeout, *, fresh: bool = False, sink: Sink | None = None
) -> Answer:
    """The answer, whatever its status. Raises CouldNotConnect when nothing can have left, otherwise NoAnswer.

    Redirects are not followed: credentials must not travel to where an answer points. Nothing is sent twice: neither
    requests nor urllib3 repeats anything here.

    `fresh` takes a new connection, for calls that must not be repeated. A server may close a connection that is open
    and idle at the very moment when we use it; nobody could tell then whether it had read the request. Two more round
    trips for each write leave no such doubt, whatever the server's idle time is.
    """
    origin = urljoin(str(request.url), "/")
    try:
        with (
            _new_session() if fresh else nullcontext(session()) as here,
            here.send(_in_pieces(request), timeout=timeout, allow_redirects=False, **_surroundings(origin)) as response,
        ):
            if sink is not None and 200 <= response.status_code < 300:
                size = _pour(response, sink)
                return Answer(response.status_code, response.headers, b"", size)
            body = _body(response)
            return Answer(response.status_code, response.headers, body, len(body))
    except requests.RequestException as error:
        raise _what_went_wrong(error, timeout) from None  # its text holds the URL with the query


def _in_pieces(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The request with its body as a file, which is sent piece by piece: each has the seconds of the connect timeout.
    In one piece all of it would have them, and 10 MB do not leave every office within five seconds."""
    if not isinstance(request.body, bytes):
        return request
    sent = request.copy()
    sent.body = BytesIO(request.body)  # type: ignore[assignment]  # -- requests takes any file; its stubs say text only
    return sent


@lru_cache(maxsize=100)
def _surroundings(origin: str) -> dict[str, Any]:
    """Proxies and certificates that the environment names for this host. requests would look for them at every call."""
    with requests.Session() as anybody:
        return dict(anybody.merge_environment_settings(origin, {}, True, None, None))


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Its body, unpacked. Not every nonsense in it is an error of requests."""
    try:
        yield from response.iter_content(_CHUNK)
    except requests.RequestException:
        raise
    except ValueError:  # a chunk of a negative length
        raise NoAnswer("What came is no HTTP.") from None


def _body(response: requests.Response) -> bytes:
    chunks, size = [], 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > LARGEST:
            raise _too_large(LARGEST)
        chunks.append(chunk)
    return b"".join(chunks)


def _pour(response: requests.Response, sink: Sink) -> int:
    """Streams the body into the file; how many bytes it had."""
    sink.file.seek(0)
    sink.file.truncate()
    size = 0
    for chunk in _chunks(response):
        size += len(chunk)
        if size > sink.largest:
            raise _too_large(sink.largest)
        sink.file.write(chunk)
    return size


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"It is larger than {most // _CHUNK} MB." if most >= _CHUNK else f"It is larger than {most} bytes.")


def _what_went_wrong(error: requests.RequestException, timeout: Timeout) -> NoAnswer:
    why = _why_nothing_left(error)
    if why:
        return CouldNotConnect(why)
    silent = isinstance(error, requests.ReadTimeout) or isinstance(_cause(error), urllib3.exceptions.ReadTimeoutError)
    return NoAnswer(f"It was silent for {timeout[1]:g} s." if silent else "The connection broke.")


def _why_nothing_left(error: requests.RequestException) -> str:
    """Empty when something may have left. First match wins: a subclass stands before its parent."""
    cause = _cause(error)
    if isinstance(cause, urllib3.exceptions.SSLError):
        untrusted = isinstance(cause.args[0], ssl.SSLCertVerificationError)
        return "The certificate of the host is not trusted." if untrusted else ""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (requests.exceptions.ProxyError, "The proxy does not let us through."),
        (requests.ConnectTimeout, "The host does not take the connection in time."),
        # Not every ValueError: an answer with two lengths is one for requests, too (InvalidHeader).
        (requests.exceptions.InvalidURL, "The address is not a URL."),
        (requests.exceptions.InvalidSchema, "The address is not a URL."),
        (urllib3.exceptions.LocationValueError, "The address is not a URL."),
        (urllib3.exceptions.NameResolutionError, "The name of the host is not known."),
        (_HandshakeError, "No encrypted connection could be made: the host does not speak TLS, or broke it off."),
        (NewConnectionError, "The connection was refused, or no way leads to the host."),
    )
    return next((words for kind, words in kinds if isinstance(error, kind) or isinstance(cause, kind)), "")


def _cause(error: requests.RequestException) -> object:
    """What urllib3 said: requests keeps it as an argument, and the cause of giving up as that one's `reason`."""
    said = error.args[0] if error.args else None
    return getattr(said, "reason", None) or said
