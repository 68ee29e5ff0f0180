"""The periodic entry finds by the rows what a worker should do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from backoffice.celery import app
from backoffice.connections import checking, states, tasks
from backoffice.connections.enums import State
from backoffice.connections.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """A message is worked off where it is sent."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def test_a_check_that_was_asked_for_is_run(connection: Connection) -> None:
    check = checking.start(connection, by=None, now=timezone.now())

    tasks.due()

    check.refresh_from_db()
    assert check.ok


def test_refused_credentials_that_are_due_are_tried_again(connection: Connection) -> None:
    states.refused(connection, "401", now=timezone.now())
    Connection.objects.update(probe_at=timezone.now())

    tasks.due()

    connection.refresh_from_db()
    assert connection.state == State.ACTIVE
