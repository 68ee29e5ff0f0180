"""Secrets at rest."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


def _keys() -> MultiFernet:
    return _box(tuple(settings.ENCRYPTION_KEYS))


@lru_cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class UnreadableSecretError(ValueError):
    """The secret cannot be decrypted: no key in ENCRYPTION_KEYS fits. Enter it again, or put the old key back."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class Sealed:
    """A secret as the database holds it. It is opened only where it is used, so that one that no key opens harms
    nothing else: every page can be shown, and a new one be entered."""

    def __init__(self, token: str) -> None:
        self._token = token

    def open(self) -> str:
        """The secret itself. Raises UnreadableSecretError."""
        try:
            return _keys().decrypt(self._token.encode()).decode()
        except InvalidToken:
            raise UnreadableSecretError from None

    def under_the_first_key(self) -> str:
        """What to store: encrypted anew where that is possible, otherwise as it was."""
        try:
            return _keys().rotate(self._token.encode()).decode()
        except InvalidToken:
            return self._token

    def __repr__(self) -> str:
        return "Sealed()"


def opened(secret: object) -> str:
    """The text of a SecretField's value, whether it comes from the database or was just typed."""
    return secret.open() if isinstance(secret, Sealed) else str(secret)


class SecretField(models.TextField):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Text that is encrypted in the database with the first of `ENCRYPTION_KEYS` and read with any of them."""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.under_the_first_key()
        text = super().get_prep_value(value)
        return _keys().encrypt(text.encode()).decode() if text else text

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def from_db_value(self, value: str | None, *_: Any) -> Sealed | str | None:
        return Sealed(value) if value else value
