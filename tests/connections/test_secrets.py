"""Secrets at rest: encrypted in the database, readable with any key of the list, written with the first."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database
from pytest_django import Settings

from backoffice.connections.fields import UnreadableSecretError, opened
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
    assert opened(Connection.objects.get().secret) == "canary"


def test_secret_of_an_older_key_is_read_and_rewritten_with_the_first(settings: Settings) -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]

    Connection.objects.get().save()

    settings.ENCRYPTION_KEYS = [new]
    assert opened(Connection.objects.get().secret) == "canary"


def test_secret_that_no_key_opens_harms_only_its_own_use(settings: Settings) -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")
    kept, old = stored(), settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    connection = Connection.objects.get()
    connection.name = "B"
    connection.save()
    with pytest.raises(UnreadableSecretError, match="Enter it again"):
        opened(connection.secret)

    assert stored() == kept
    settings.ENCRYPTION_KEYS = old
    assert opened(Connection.objects.get().secret) == "canary"


def test_secret_is_not_in_what_a_debugger_or_a_log_shows() -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="canary")

    assert "canary" not in repr(vars(Connection.objects.get()))


def test_empty_secret_stays_empty() -> None:
    Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="")

    assert (stored(), opened(Connection.objects.get().secret)) == ("", "")
