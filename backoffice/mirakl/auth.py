"""Who we are at Mirakl: OAuth 2.0 client credentials, or a shop key (domain.md §3)."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
import redis
import requests
from redis.exceptions import LockError
from requests.auth import AuthBase

from backoffice.mirakl import wire
from backoffice.mirakl.broker import shared
from backoffice.mirakl.errors import Invalid, NotAuthorised, Unreadable
from backoffice.mirakl.operations import Operation, Outcome
from backoffice.mirakl.reading import read
from backoffice.mirakl.transport import TIMEOUT, Transport

TOKEN = Operation(id="token", family="auth", method="POST", path="", pace=None, repeatable=True, outcome=Outcome.NOW)
EARLY = 300.0  # seconds before its end that a token is no longer used
LOCKED = 60.0  # seconds: whoever fetches has that long; a worker that died keeps the lock no longer
WAITING = 10.0  # seconds that the others wait for it; then a second token is better than none

# What may stand in a header. Anything else would be refused by http.client, with the text in the error.
_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Token(msgspec.Struct, frozen=True):
    """What we keep of the token endpoint's answer; `expires_in` is in seconds."""

    access_token: str
    expires_in: int = 600

    def __repr__(self) -> str:
        return f"Token(expires_in={self.expires_in})"

    @property
    def useful_for(self) -> float:
        """Seconds. A token with a short life is used for half of it."""
        return max(self.expires_in - min(EARLY, self.expires_in / 2), 0.1)


class TokenStore(Protocol):
    """Where tokens are kept."""

    def get(self, key: str, fetch: Callable[[], Token]) -> str:
        """The token under this key; when there is none it is fetched, by one worker only."""

    def drop(self, key: str, token: str) -> None:
        """Forgets this token, unless another one has taken its place."""


class RedisTokens:
    """A TokenStore that all processes and hosts share. Raises BrokerDown."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._drop = client.register_script(
            "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
        )

    def get(self, key: str, fetch: Callable[[], Token]) -> str:
        name = f"mirakl:token:{key}"
        found = self._found(name)
        if found:
            return found
        with shared():
            lock = self._client.lock(f"{name}:lock", timeout=LOCKED, blocking_timeout=WAITING)
            locked = lock.acquire()
        try:
            return self._found(name) or self._fetched(name, fetch())
        finally:
            if locked:
                with shared(), suppress(LockError):  # it may have run out meanwhile
                    lock.release()

    def drop(self, key: str, token: str) -> None:
        with shared():
            self._drop(keys=[f"mirakl:token:{key}"], args=[token])

    def _found(self, name: str) -> str:
        with shared():
            found = self._client.get(name)
        return found.decode() if isinstance(found, bytes) else str(found or "")

    def _fetched(self, name: str, token: Token) -> str:
        with shared():
            self._client.set(name, token.access_token, px=round(token.useful_for * 1000))
        return token.access_token


class ClientCredentials(AuthBase):
    """OAuth 2.0 client credentials: a bearer token that lives about an hour. `audience` is sent where it is set."""

    def __init__(  # noqa: PLR0913 -- keyword-only settings, each on its own
        self,
        token_url: str,
        client_id: str,
        secret: str,
        *,
        tokens: TokenStore,
        audience: str = "",
        timeout: wire.Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.key = _digest(token_url, client_id, audience)
        # A secret that was changed must prove itself: the token of the old one is not used for it.
        self._token_key = _digest(token_url, client_id, audience, secret)
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        if audience:
            self._form["audience"] = audience
        self._tokens = tokens
        self._endpoint = Transport(token_url, name=_host(token_url), timeout=timeout, sleep=sleep)

    def __repr__(self) -> str:
        return f"ClientCredentials({self._endpoint.name})"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._tokens.get(self._token_key, self._fetch)}"
        return request

    def prove(self) -> None:
        """Fetches a token, also where one is cached, and keeps nothing. Raises any MiraklError."""
        self._fetch()

    def renew(self, request: requests.PreparedRequest) -> bool:
        """Forgets the token of a request that was answered 401."""
        self._tokens.drop(self._token_key, request.headers["Authorization"].removeprefix("Bearer "))
        return True

    def _fetch(self) -> Token:
        try:
            return self._endpoint.call(TOKEN, _read_token, form=self._form)
        except (NotAuthorised, Invalid) as error:
            if error.status not in (400, 401, 403):
                raise
            raise NotAuthorised(
                f"{_why(error)} ({' '.join(filter(None, (str(error.status), error.code, error.message)))})",
                status=error.status,
                code=error.code,
                message=error.message,
                request_id=error.request_id,
            ) from None


class ShopKey(AuthBase):
    """The key of a marketplace shop: it stands in the header as it is, without a word before it."""

    def __init__(self, key: str) -> None:
        self._key = key.strip()
        if not _VISIBLE.fullmatch(self._key):
            raise ValueError("A shop key is made of visible ASCII characters.")
        self.key = _digest(self._key)

    def __repr__(self) -> str:
        return "ShopKey()"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._key
        return request

    def renew(self, request: requests.PreparedRequest) -> bool:
        """There is nothing to renew: only a person can make a new key."""
        return False


class Bearer(AuthBase):
    """A token that somebody fetched elsewhere."""

    def __init__(self, token: str) -> None:
        if not _VISIBLE.fullmatch(token):
            raise ValueError("A token is made of visible ASCII characters.")
        self._token = token
        self.key = _digest(token)

    def __repr__(self) -> str:
        return "Bearer()"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def renew(self, request: requests.PreparedRequest) -> bool:
        """There is nothing to renew it with."""
        return False


def _read_token(body: bytes) -> Token:
    token = read(body, Token)
    if not _VISIBLE.fullmatch(token.access_token):
        raise Unreadable("access_token: visible ASCII characters are expected.")
    return token


def _why(error: NotAuthorised | Invalid) -> str:
    if error.status == 403 or error.code == "access_denied":
        return "The token endpoint does not admit this client: perhaps the seller company id is missing or wrong."
    if error.status == 401 or error.code in ("invalid_client", "unauthorized_client"):
        return "The token endpoint does not know this client id with this secret."
    return "The token endpoint gives no token."


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
