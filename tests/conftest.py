"""What every test may ask for: a sandbox (`tests.sandbox_server`), a broker (`tests.broker`), and the two connected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from backoffice.connections import clients
from backoffice.connections.enums import Family, State
from backoffice.connections.models import Connection
from backoffice.sync.models import Cursor
from tests.sandbox_server import RunningSandbox

pytest_plugins = ["tests.cast", "tests.figures", "tests.plain_settings"]

# So fast that our own pacing never waits; tests about pacing set another speed.
UNPACED = 1e9


@pytest.fixture
def memory(redis_url: str, settings: Settings) -> Iterator[None]:
    """The settings point at the test's own broker."""
    settings.REDIS_URL = redis_url
    clients.shared_memory.cache_clear()
    yield
    clients.shared_memory().close()
    clients.shared_memory.cache_clear()


@pytest.fixture
def connection(db: None, memory: None, sandbox: RunningSandbox) -> Connection:
    """A connection to the test's sandbox."""
    return Connection.objects.create(
        name="Test",
        family=Family.CONNECT,
        base_url=sandbox.connect_url,
        token_url=sandbox.token_url,
        client_id="demo-client",
        secret="demo-secret",
        speed=UNPACED,
        state=State.ACTIVE,
    )


@pytest.fixture
def cursor(connection: Connection) -> Cursor:
    """The cursor of its orders, due now."""
    return Cursor.objects.create(connection=connection, resource="orders", next_at=timezone.now())
