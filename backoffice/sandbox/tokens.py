"""The token endpoint: OAuth 2.0 client credentials (domain.md §3.1), and who holds which scopes."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from backoffice.sandbox.answers import OAuthRefusedError, RefusedError, json_answer, to_json
from backoffice.sandbox.dates import micros

if TYPE_CHECKING:
    from backoffice.sandbox.clock import Clock
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.switches import Switches

COMPANY = "demo-company"  # the audience that strict mode demands

SELLER_SCOPES = frozenset(
    f"connect:{scope}"
    for scope in (
        "order:read",
        "order:accept",
        "order:cancel",
        "order:refund",
        "shipment:create",
        "order:action:read",
        "order:action:write",
        "order-document:read",
        "order:upload-document",
        "order-return:read",
        "order-return:accept",
        "order-return:receive",
        "order-return:close",
        "order-return:update-tracking-information",
        "conversation:read",
        "conversation:create",
        "conversation:reply",
        "conversation:action:read",
        "product:read",
        "product:write",
        "product:delete",
        "order-tracking:read",
    )
)
CHANNEL_SCOPES = frozenset(
    f"connect-channel-platform:{scope}"
    for scope in (
        "orders:upsert",
        "order-returns:upsert",
        "order-action:upsert",
        "order:update-anonymize-after",
        "order-document:upload",
        "order-document:delete",
        "channel-catalog:configure",
    )
)


@dataclass(frozen=True)
class Client:
    id: str
    secret: str
    scopes: frozenset[str]


CLIENTS = {
    client.id: client
    for client in (
        Client("demo-client", "demo-secret", SELLER_SCOPES),
        Client("demo-channel", "demo-channel-secret", CHANNEL_SCOPES),
    )
}


class Tokens:
    """Issued tokens live in the state file: a restart of the sandbox does not log its clients out."""

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self._store, self._clock, self._switches = store, clock, switches

    def answer(self, request: Request) -> Response:
        """`POST /auth/oauth/token`. Raises OAuthRefusedError."""
        client = self._client(request)
        if self._switches.strict_audience and request.form.get("audience") != COMPANY:
            raise OAuthRefusedError(403, f"The audience must be {COMPANY}.", code="access_denied")
        lifetime = self._switches.token_seconds
        answer = json_answer(
            {
                "access_token": self._issue(client, lifetime),
                "token_type": "Bearer",
                "expires_in": lifetime,
                "target_app": "mirakl-connect",
                "resource_owner": COMPANY,
            }
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _client(self, request: Request) -> Client:
        """The client that the form proves to be. What stands in the URL or in a header does not count."""
        if request.mimetype != "application/x-www-form-urlencoded":
            raise OAuthRefusedError(400, "The parameters are expected as a form in the body.", code="invalid_request")
        form = request.form
        for name in ("grant_type", "client_id", "client_secret"):
            if len(form.getlist(name)) != 1 or not form[name]:
                raise OAuthRefusedError(400, f"{name} is expected exactly once.", code="invalid_request")
        if form["grant_type"] != "client_credentials":
            raise OAuthRefusedError(400, "Only client_credentials is offered.", code="unsupported_grant_type")
        client = CLIENTS.get(form["client_id"])
        if client is None or not hmac.compare_digest(client.secret.encode(), form["client_secret"].encode()):
            raise OAuthRefusedError(401, "Client id and secret do not belong together.", code="invalid_client")
        return client

    def _issue(self, client: Client, lifetime: int) -> str:
        now = self._clock.now()
        token = _shaped_like_a_jwt(client)
        self._store.change("DELETE FROM tokens WHERE expires_at <= ?", (micros(now),))
        expires_at = micros(now + timedelta(seconds=lifetime))
        self._store.change("INSERT INTO tokens VALUES (?, ?, ?)", (token, client.id, expires_at))
        return token

    def bearer(self, header: str) -> Client:
        """The client behind an Authorization header. Raises RefusedError 401."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unauthorised("A bearer token is required.")
        found = self._store.rows("SELECT client_id, expires_at FROM tokens WHERE token = ?", (token,))
        if not found:
            raise _unauthorised("The token is not known, or was revoked.")
        if found[0][1] <= micros(self._clock.now()):
            raise _unauthorised("The token has expired.")
        return CLIENTS[found[0][0]]

    def revoke_all(self) -> int:
        """Forget every token; tells how many there were."""
        return self._store.change("DELETE FROM tokens")


def _shaped_like_a_jwt(client: Client) -> str:
    header = {"alg": "none", "typ": "JWT"}
    claims = {"sub": client.id, "scope": " ".join(sorted(client.scopes))}
    parts = [base64.urlsafe_b64encode(to_json(part)).decode().rstrip("=") for part in (header, claims)]
    return ".".join([*parts, secrets.token_urlsafe(32)])


def _unauthorised(message: str) -> RefusedError:
    return RefusedError(401, message).with_header("WWW-Authenticate", "Bearer")
