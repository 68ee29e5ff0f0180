"""How many rows there are, counted up to a limit: a number must never take longer than the rows themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

MOST = 1000


def up_to_most(rows: QuerySet[Any]) -> int:
    """MOST stands for many. One query that looks at so many rows at most."""
    return rows.order_by()[:MOST].count()


def words(count: int) -> str:
    """ "12", or "999+"."""
    return f"{MOST - 1}+" if count >= MOST else str(count)
