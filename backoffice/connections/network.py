"""The two lowest layers of a connection, by hand: does the name lead somewhere, and is the way there encrypted?

The client tells only that it got no answer; these tell where the way ends. Nothing of a request is sent.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.utils import DEFAULT_CA_BUNDLE_PATH, select_proxy

from backoffice.connections.steps import Found, failed, good, skipped, warned

PATIENCE = 5.0  # seconds for each of: the name, the connection, the handshake
EXPIRES_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of an address."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Raises ValueError for what is no address."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("The address has no host.")
        return cls(parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the environment says about the way to an origin: a proxy ("" for none) and whom to trust."""

    proxy: str
    trusted: str

    @classmethod
    def of(cls, url: str) -> Surroundings:
        with requests.Session() as anybody:
            found = anybody.merge_environment_settings(url, {}, None, True, None)
        proxy = select_proxy(url, found["proxies"]) or ""
        verify = found["verify"]
        return cls(_host_of(proxy), verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH)


def address(url: str) -> Found:
    """Whether the name of the host is known, and something takes a connection there."""
    origin = Origin.of(url)
    if proxy := Surroundings.of(url).proxy:
        return skipped("proxy", proxy=proxy)
    try:
        found = _resolved(origin)
    except TimeoutError:
        return failed("names_silent", host=origin.host)
    except (OSError, UnicodeError):
        return failed("name_unknown", host=origin.host)
    try:
        with socket.create_connection((origin.host, origin.port), timeout=PATIENCE):
            return good("reached", host=str(origin), address=found)
    except TimeoutError:
        return failed("connection_silent", host=str(origin), address=found)
    except OSError as error:
        return failed("connection_refused", host=str(origin), address=found, text=error.strerror or "")


def tls(url: str, now: datetime) -> Found:
    """Whether the host proves who it is, and for how long its certificate is still good."""
    origin = Origin.of(url)
    if origin.scheme != "https":
        return skipped("tls_unused")
    around = Surroundings.of(url)
    if around.proxy:
        return skipped("proxy", proxy=around.proxy)
    try:
        version, until = _handshake(origin, around.trusted)
    except OSError as error:  # an ssl.SSLError too
        return _not_encrypted(origin, error)
    day = f"{until:%Y-%m-%d}"
    said = "expires" if until - now < EXPIRES_SOON else "encrypted"
    return (warned if said == "expires" else good)(said, version=version, day=day)


def _not_encrypted(origin: Origin, error: OSError) -> Found:
    if isinstance(error, ssl.SSLCertVerificationError):
        return failed("untrusted", host=origin.host, text=error.verify_message)
    if isinstance(error, TimeoutError):
        return failed("tls_silent", host=str(origin))
    return failed("no_tls", host=str(origin), text=getattr(error, "reason", "") or error.strerror or "")


def _resolved(origin: Origin) -> str:
    """The first address of the host. The system's resolver knows no time limit, so a thread of its own asks it."""
    answers: queue.Queue[str | OSError | UnicodeError] = queue.Queue()

    def ask() -> None:
        try:
            infos = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
            answers.put(str(infos[0][4][0]))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=PATIENCE)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _handshake(origin: Origin, trusted: str) -> tuple[str, datetime]:
    place = Path(trusted)
    context = ssl.create_default_context(
        cafile=str(place) if place.is_file() else None, capath=str(place) if place.is_dir() else None
    )
    end = time.monotonic() + PATIENCE
    with socket.create_connection((origin.host, origin.port), timeout=PATIENCE) as plain:
        plain.settimeout(max(end - time.monotonic(), 0.1))
        with context.wrap_socket(plain, server_hostname=origin.host) as encrypted:
            ends = str((encrypted.getpeercert() or {})["notAfter"])
            return encrypted.version() or "TLS", datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)


def _host_of(proxy: str) -> str:
    """Without the name and password that may stand in it."""
    parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    return parts.hostname or ""
