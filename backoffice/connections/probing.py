"""Credentials that Mirakl refused are tried again by themselves, ever more seldom: a 401 may be a passing fault.

The try is one reading call, the cheapest that needs the credentials. Nothing is written at Mirakl.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from backoffice.connections import clients, health, states
from backoffice.connections.enums import State, Trouble
from backoffice.connections.fields import UnreadableSecretError
from backoffice.connections.models import Connection
from backoffice.mirakl import Page
from backoffice.mirakl.errors import MiraklError, NotYet

log = logging.getLogger(__name__)

TIMEOUT = (3.0, 8.0)  # seconds to connect, and without a byte


def first_page(connection: Connection) -> Page:
    """One page with one order, or none. Raises any MiraklError, and UnreadableSecretError."""
    return next(clients.connect(connection, timeout=TIMEOUT).list_orders(limit=1))


def due(now: datetime) -> list[int]:
    """Keys of the connections whose credentials should be tried now."""
    rows = Connection.objects.filter(state=State.STOPPED, probe_at__lte=now, family__in=clients.SPOKEN)
    return list(rows.values_list("pk", flat=True))


def probe(connection_id: int) -> bool:
    """Tries the credentials of a connection that is due, and lets it go on when they are good."""
    now = timezone.now()
    connection = Connection.objects.filter(pk=connection_id, state=State.STOPPED, probe_at__lte=now).first()
    if connection is None or connection.probe_at is None or not _take(connection, now):
        return False
    try:
        first_page(connection)
    except NotYet as error:  # our own pacing: nothing was asked
        _again(connection, error.until)
    except (MiraklError, UnreadableSecretError) as error:
        _failed(connection, error)
    else:
        return states.accepted(connection, now=timezone.now())
    return False


def _take(connection: Connection, now: datetime) -> bool:
    """One worker's, by moving its time on; one that dies here leaves the next try as it would have been."""
    later = now + states.wait(connection.probes + 1, connection.speed)
    mine = Connection.objects.filter(pk=connection.pk, state=State.STOPPED, probe_at=connection.probe_at)
    return bool(mine.update(probe_at=later, probes=F("probes") + 1))


def _failed(connection: Connection, error: MiraklError | UnreadableSecretError) -> None:
    now = timezone.now()
    trouble = health.trouble_of(error)
    log.info("Refused credentials were tried again: %s", trouble, extra={"connection": connection.name})
    if trouble == Trouble.CREDENTIALS:
        health.record_trouble(connection, trouble, str(error), now=now)
    else:  # it says nothing about the credentials
        _again(connection, now + states.wait(connection.probes, connection.speed))


def _again(connection: Connection, at: datetime) -> None:
    """This try does not count."""
    mine = Connection.objects.filter(pk=connection.pk, state=State.STOPPED, revision=connection.revision)
    mine.update(probe_at=at, probes=connection.probes)
