"""Seek pagination (domain.md §1.0): a page token carries the whole question and the place where the page begins."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Any, TypeVar

import msgspec

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.store import Store

Question = TypeVar("Question")


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Between two rows: right behind (`forward`) or right before the row with this key."""

    forward: bool
    keys: list[int | str]


class PageTokens:
    """Tokens are signed with a key from the state file, so they outlive a restart and nobody makes one up."""

    def __init__(self, store: Store) -> None:
        key = store.fact("page_token_key")
        if key is None:
            key = secrets.token_hex(16)
            store.remember("page_token_key", key)
        self._key = key.encode()

    def issue(self, operation_id: str, question: Any, place: Place) -> str:
        text = msgspec.json.encode([operation_id, question, place])
        return base64.urlsafe_b64encode(self._signature(text) + text).decode().rstrip("=")

    def read(self, token: str, operation_id: str, question_type: type[Question]) -> tuple[Question, Place]:
        """What `issue` was given. Raises RefusedError 400 for a token that is not ours, or another operation's."""
        try:
            signed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise _unusable() from None
        signature, text = signed[:16], signed[16:]
        if not hmac.compare_digest(signature, self._signature(text)):
            raise _unusable()
        found: tuple[str, msgspec.Raw, Place] = msgspec.json.decode(text, type=tuple[str, msgspec.Raw, Place])
        if found[0] != operation_id:
            raise _unusable()
        return msgspec.json.decode(found[1], type=question_type), found[2]

    def _signature(self, text: bytes) -> bytes:
        return hmac.digest(self._key, text, hashlib.sha256)[:16]


def _unusable() -> RefusedError:
    return RefusedError(400, "The page token is not valid. Start again from the first page.", field="page_token")
