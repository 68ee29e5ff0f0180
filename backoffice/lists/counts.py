"""How many rows there are, counted up to a limit: a number must never take longer than the rows themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 1000


def up_to_most(rows: QuerySet[Any]) -> int:
    """MOST stands for many. One query that looks at so many rows at most."""
    return rows.order_by()[:MOST].count()


def together(rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """Each of them counted up to MOST, all in one query: ten round trips cost more than ten counts."""
    numbers = dict.fromkeys(rows, 0)
    counts: dict[str, str] = {}
    values: list[Any] = []
    for key, found in rows.items():
        try:
            sql, given = found.order_by().values("pk")[:MOST].query.sql_with_params()
        except EmptyResultSet:  # a condition that nothing can meet
            continue
        counts[key] = f"(SELECT COUNT(*) FROM ({sql}) AS one)"  # noqa: S608 -- what Django compiled, its values apart
        values += given
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(counts.values())}", values)
            numbers.update(zip(counts, cursor.fetchone(), strict=True))
    return numbers


def words(count: int) -> str:
    """ "12", or "999+"."""
    return f"{MOST - 1}+" if count >= MOST else str(count)
