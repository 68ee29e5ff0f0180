"""Secrets at rest."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


class SecretField(models.TextField):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Text that is encrypted in the database with the first of `ENCRYPTION_KEYS` and read with any of them.

    Raises `cryptography.fernet.InvalidToken` on reading when no key fits.
    """

    def get_prep_value(self, value: str | None) -> str | None:
        text = super().get_prep_value(value)
        return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(value.encode()).decode() if value else value
