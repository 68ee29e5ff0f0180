"""Secrets at rest: encrypted in the database, readable with any key of the list, written with the first."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection as database
from pytest_django import Settings

from backoffice.connections.models import Connection

pytestmark = pytest.mark.django_db


def stored() -> str:
    with database.cursor() as cursor:
        cursor.execute("SELECT secret FROM connections_connection")
        text: str = cursor.fetchone()[0]
        return text


def test_secret_is_not_in_the_database_as_it_was_typed() -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")

    assert "canary" not in stored()
    assert Connection.objects.get().secret == "canary"


def test_secret_of_an_older_key_is_read_and_rewritten_with_the_first(settings: Settings) -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]

    Connection.objects.get().save()

    settings.ENCRYPTION_KEYS = [new]
    assert Connection.objects.get().secret == "canary"


def test_secret_without_a_fitting_key_is_an_error(settings: Settings) -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(InvalidToken):
        Connection.objects.get()


def test_empty_secret_stays_empty() -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="")

    assert (stored(), Connection.objects.get().secret) == ("", "")
