"""Storing what a person entered about a connection, without touching what workers write to the same row."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from backoffice.connections import states
from backoffice.connections.enums import Happening, State
from backoffice.connections.models import Change, Connection
from backoffice.users.models import User

# Where we ask, and who we say we are: whatever was refused before says nothing about what is entered now.
IDENTITY = frozenset({"family", "base_url", "token_url", "client_id", "secret", "audience", "shop_id"})


def store(connection: Connection, changed: Collection[str], *, by: User, now: datetime) -> bool:
    """Saves a new connection, or the `changed` fields of one that is there. Whether credentials or address changed."""
    new = connection.pk is None
    with transaction.atomic():
        if new:
            connection.secret_at = now
            connection.save()
        elif changed:
            _update(connection, changed, now=now)
        else:
            return False
        what = Happening.ADDED if new else Happening.EDITED
        Change.objects.create(connection=connection, at=now, by=by, what=what, text="" if new else _names(changed))
    return new or not IDENTITY.isdisjoint(changed)


def _update(connection: Connection, changed: Collection[str], *, now: datetime) -> None:
    if "secret" in changed:
        connection.secret_at = now
    fields = {*changed, *({"secret_at"} if "secret" in changed else ())}
    connection.save(update_fields=fields)
    if not IDENTITY.isdisjoint(changed):
        rows = Connection.objects.filter(pk=connection.pk)
        rows.update(revision=F("revision") + 1)
        rows.filter(state=State.STOPPED).update(probes=0, probe_at=now + states.wait(0, connection.speed))
        connection.refresh_from_db(fields=["revision", "state"])


def _names(changed: Collection[str]) -> str:
    """Which fields, never their values."""
    fields = [field for field in Connection._meta.fields if field.name in changed]  # noqa: SLF001 -- documented API
    return ", ".join(str(field.verbose_name) for field in fields)
