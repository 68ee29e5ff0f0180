"""Addresses as people paste them, brought into the one form that the client wants."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from backoffice.connections.enums import Family

PRODUCTION = "https://miraklconnect.com/api"
TOKENS = "https://auth.mirakl.net/oauth/token"

# The API of Mirakl Connect stands under this path at its own hosts; a person who pastes the host alone means it.
_CONNECT_HOSTS = re.compile(r"(.+\.)?miraklconnect\.com|connectpartner[\w-]*\.mirakl\.net")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def base_url(typed: str, family: str) -> str:
    """https where no scheme was typed, nothing after the part that all calls have in common. "" stays "".

    What is no address at all comes back as it was typed: the validator says so.
    """
    parts = _parts(typed)
    if parts is None:
        return typed.strip()
    path = parts.path.rstrip("/")
    if family == Family.MARKETPLACE:  # its calls have /api in their own path
        path = re.sub(r"/api(/.*)?$", "", path)
    else:
        path = re.sub(r"/v2(/.*)?$", "", path)
        if not path and _CONNECT_HOSTS.fullmatch(parts.hostname or ""):
            path = "/api/channel-platform" if family == Family.CHANNEL else "/api"
    return urlunsplit(parts._replace(path=path))


def token_url(typed: str) -> str:
    """https where no scheme was typed, without a slash at the end. "" stays ""."""
    parts = _parts(typed)
    return typed.strip() if parts is None else urlunsplit(parts._replace(path=parts.path.rstrip("/")))


def _parts(typed: str) -> SplitResult | None:
    text = typed.strip()
    if not text:
        return None
    try:
        parts = urlsplit(text if _SCHEME.match(text) else f"https://{text}")
    except ValueError:
        return None
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())
