"""What a connection's health says after a call that failed: which layer refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.connections import health
from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.mirakl import errors

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (errors.CouldNotConnect(), Trouble.UNREACHABLE),
        (errors.OutcomeUnknown(), Trouble.UNREACHABLE),
        (errors.NotAuthorised(status=401), Trouble.CREDENTIALS),
        (errors.NotAuthorised(status=403), Trouble.RIGHTS),
        (errors.NotFound(status=404), Trouble.ADDRESS),
        (errors.Unreadable(), Trouble.ADDRESS),
        (errors.TooSoon(retry_after=60), Trouble.BUSY),
        (errors.Broken(status=500), Trouble.BROKEN),
        (errors.Invalid(status=400), Trouble.OURS),
        (errors.BrokerDown(), Trouble.OURS),
        (ZeroDivisionError(), Trouble.OURS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_trouble_names_the_layer(error: Exception, trouble: Trouble) -> None:
    assert health.trouble_of(error) == trouble


@pytest.mark.django_db
def test_words_of_others_fit_into_the_database() -> None:
    connection = Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="x")

    health.record_trouble(connection, Trouble.CREDENTIALS, "a\0" + 3000 * "b", now=NOON)

    connection.refresh_from_db()
    assert connection.trouble_text == "a" + 1999 * "b"


@pytest.mark.django_db
def test_success_ends_the_trouble() -> None:
    connection = Connection.objects.create(name="A", base_url="https://mirakl.example/api", secret="x")
    health.record_trouble(connection, Trouble.BROKEN, "500", now=NOON)
    health.record_trouble(connection, Trouble.UNREACHABLE, "gone", now=NOON + timedelta(minutes=5))
    connection.refresh_from_db()
    assert (connection.trouble, connection.trouble_since) == (Trouble.UNREACHABLE, NOON)

    health.record_success(connection.pk, now=NOON + timedelta(hours=1))

    connection.refresh_from_db()
    assert (connection.trouble, connection.trouble_text, connection.trouble_since) == ("", "", None)
    assert connection.last_success_at == NOON + timedelta(hours=1)
