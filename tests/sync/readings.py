"""Short ways to read in a test and to see what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from django.utils import timezone

from backoffice.sync import runner
from backoffice.sync.models import Cursor, Run


def read(cursor: Cursor) -> Run:
    """Runs this cursor now, whatever its plan, and returns the run."""
    Cursor.objects.filter(pk=cursor.pk).update(next_at=timezone.now() - timedelta(seconds=1))
    run = runner.run(cursor.pk)
    assert run is not None
    cursor.refresh_from_db()
    return run


def counts(run: Run) -> dict[str, Any]:
    """What the run says it did."""
    return {
        "state": run.state,
        "received": run.received,
        "created": run.created,
        "changed": run.changed,
        "unchanged": run.unchanged,
        "parked": run.parked,
    }


def json_text(order: dict[str, Any]) -> str:
    """As Mirakl would send it: decimals are numbers."""
    return msgspec.json.Encoder(decimal_format="number").encode(order).decode()
