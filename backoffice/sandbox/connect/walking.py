"""Lists with seek pagination (domain.md §1.0): one walk for orders, documents, returns, conversations and products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from werkzeug.wrappers import Response

from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import questions
from backoffice.sandbox.paging import Place


class Question(msgspec.Struct, frozen=True):
    """What the first call of a walk asked. `among`: the values that a column may have; an empty list asks nothing.

    `since`: the least `updated_at`, in microseconds.
    """

    limit: int
    among: dict[str, list[str]] = {}
    since: int | None = None


@dataclass(frozen=True)
class Listing:
    """A table whose rows are served as they are stored, and their order: by these columns, newest or first one first.

    The last of `keys` is unique. With `updated_at` before it a walk can begin at a moment.
    """

    table: str
    rows_under: str = "data"
    keys: tuple[str, ...] = ("updated_at", "id")
    descending: bool = True


Row = tuple[Any, ...]  # the keys, then the JSON text


def answer(call: Call, listing: Listing, asked: Callable[[Call], Question]) -> Response:
    """A page of the walk that `asked` begins, or that the call's page token belongs to: then nothing else counts."""
    args = call.request.args
    if "page_token" in args:
        token = questions.single(args, "page_token") or ""
        question, place = call.world.page_tokens.read(token, call.operation.id, Question)
    else:
        question, place = asked(call), None
    walk = _Walk(call, listing, question)
    rows, more = walk.page(place)
    return _answer(listing, rows, walk.tokens(place, rows, more))


class _Walk:
    def __init__(self, call: Call, listing: Listing, question: Question) -> None:
        self._call, self._listing, self._question = call, listing, question

    def page(self, place: Place | None) -> tuple[list[Row], bool]:
        """The rows of the page in the list's order, and whether there are more in the direction of the walk."""
        forward = place is None or place.forward
        limit = self._question.limit
        rows = self._rows(place, forward=forward, limit=limit + 1)
        more = len(rows) > limit
        del rows[limit:]
        return (rows if forward else rows[::-1]), more

    def tokens(self, place: Place | None, rows: list[Row], more: bool) -> dict[str, str]:
        """The page's tokens by name; one is absent where nothing lies on that side."""
        if not rows:
            return {}
        first = Place(forward=False, keys=list(rows[0][:-1]))
        last = Place(forward=True, keys=list(rows[-1][:-1]))
        forward = place is None or place.forward
        has_next = more if forward else self._anything(last)
        has_previous = place is not None and (self._anything(first) if forward else more)
        found: dict[str, str] = {}
        for name, there_is, target in (
            ("next_page_token", has_next, last),
            ("previous_page_token", has_previous, first),
        ):
            if there_is:
                operation = self._call.operation.id
                found[name] = self._call.world.page_tokens.issue(operation, self._question, target)
        return found

    def _anything(self, place: Place) -> bool:
        return bool(self._rows(place, forward=place.forward, limit=1))

    def _rows(self, place: Place | None, *, forward: bool, limit: int) -> list[Row]:
        keys, down = self._listing.keys, self._listing.descending == forward
        tests, values = self._filters()
        if self._question.since is not None and (place is None or forward):
            # Towards newer rows the place itself is the lower bound: given two, SQLite would scan from the weaker one.
            tests.append("updated_at >= ?")
            values.append(self._question.since)
        if place is not None:
            places = ", ".join("?" * len(keys))
            tests.append(f"({', '.join(keys)}) {'<' if down else '>'} ({places})")
            values += place.keys
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        order = ", ".join(f"{key} DESC" if down else key for key in keys)
        columns = ", ".join((*keys, "body"))
        sql = f"SELECT {columns} FROM {self._listing.table} {where} ORDER BY {order} LIMIT ?"  # noqa: S608 -- only our own words
        return self._call.world.store.rows(sql, [*values, limit])

    def _filters(self) -> tuple[list[str], list[Any]]:
        tests: list[str] = []
        values: list[Any] = []
        for column, wanted in self._question.among.items():
            if wanted:
                tests.append(f"{column} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        return tests, values


def _answer(listing: Listing, rows: Sequence[Row], tokens: dict[str, str]) -> Response:
    """The stored texts, joined: serving a page of 100 orders decodes none of them."""
    parts = [f'{{"{listing.rows_under}":['.encode(), b",".join([row[-1] for row in rows]), b"]"]
    parts += [f',"{name}":"{token}"'.encode() for name, token in tokens.items()]
    return Response(b"".join([*parts, b"}"]), content_type="application/json")
