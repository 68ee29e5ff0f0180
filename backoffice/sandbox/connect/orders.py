"""v2-listOrders (domain.md §1.3; §8, questions 1 to 8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from werkzeug.wrappers import Response

from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import questions
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.paging import Place

STATUSES = (
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
    "CLOSED",
)  # CHANNEL_SPECIFIC exists but cannot be filtered by
FULFILLMENT_TYPES = ("FULFILLED_BY_SELLER", "FULFILLED_BY_PARTNER")
WITHOUT_A_DATE = timedelta(days=30)
MOST_IDS = 100


class Question(msgspec.Struct, frozen=True):
    """What the first call of a walk asked. `updated_from` in microseconds."""

    order_ids: list[str]
    statuses: list[str]
    updated_from: int | None
    fulfillment_type: str | None
    limit: int


Row = tuple[int, str, bytes]  # updated_at, id, JSON text


def list_orders(call: Call) -> Response:
    args = call.request.args
    settle(call.world)
    if "page_token" in args:
        token = questions.single(args, "page_token") or ""
        question, place = call.world.page_tokens.read(token, call.operation.id, Question)
    else:
        question, place = _asked(call), None
    rows, more = _page(call, question, place)
    return _answer(rows, _tokens(call, question, place, rows, more))


def _asked(call: Call) -> Question:
    args = call.request.args
    updated_from = questions.moment(args, "updated_from")
    order_ids = questions.several(args, "order_ids", most=MOST_IDS)
    if updated_from is None and not order_ids:
        updated_from = call.now - WITHOUT_A_DATE
    return Question(
        order_ids=order_ids,
        statuses=questions.several(args, "statuses", among=STATUSES),
        updated_from=None if updated_from is None else micros(updated_from),
        fulfillment_type=questions.choice(args, "fulfillment_type", FULFILLMENT_TYPES),
        limit=questions.number(args, "limit", default=10, least=1, most=100),
    )


def _page(call: Call, question: Question, place: Place | None) -> tuple[list[Row], bool]:
    """The rows of the page, newest first, and whether there are more in the direction of the walk."""
    forward = place is None or place.forward
    rows = _rows(call, question, place, forward=forward, limit=question.limit + 1)
    more = len(rows) > question.limit
    del rows[question.limit :]
    return (rows if forward else rows[::-1]), more


def _rows(call: Call, question: Question, place: Place | None, *, forward: bool, limit: int) -> list[Row]:
    tests, values = _filters(question)
    if question.updated_from is not None and (place is None or forward):
        # Towards newer rows the place itself is the lower bound: given two, SQLite would scan from the weaker one.
        tests.append("updated_at >= ?")
        values.append(question.updated_from)
    if place is not None:
        tests.append("(updated_at, id) < (?, ?)" if forward else "(updated_at, id) > (?, ?)")
        values += [place.updated_at, place.id]
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    order = "updated_at DESC, id DESC" if forward else "updated_at, id"
    sql = f"SELECT updated_at, id, body FROM orders {where} ORDER BY {order} LIMIT ?"  # noqa: S608 -- only our own words
    return call.world.store.rows(sql, [*values, limit])


def _filters(question: Question) -> tuple[list[str], list[Any]]:
    tests: list[str] = []
    values: list[Any] = []
    if question.fulfillment_type is not None:
        tests.append("fulfillment_type = ?")
        values.append(question.fulfillment_type)
    for column, wanted in (("id", question.order_ids), ("status", question.statuses)):
        if wanted:
            tests.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    return tests, values


def _tokens(call: Call, question: Question, place: Place | None, rows: list[Row], more: bool) -> dict[str, str]:
    """The page's tokens by name; one is absent where nothing lies on that side."""
    if not rows:
        return {}
    newest = Place(forward=False, updated_at=rows[0][0], id=rows[0][1])
    oldest = Place(forward=True, updated_at=rows[-1][0], id=rows[-1][1])
    forward = place is None or place.forward
    has_next = more if forward else _anything(call, question, oldest)
    has_previous = place is not None and (_anything(call, question, newest) if forward else more)
    found: dict[str, str] = {}
    for name, there_is, target in (
        ("next_page_token", has_next, oldest),
        ("previous_page_token", has_previous, newest),
    ):
        if there_is:
            found[name] = call.world.page_tokens.issue(call.operation.id, question, target)
    return found


def _anything(call: Call, question: Question, place: Place) -> bool:
    return bool(_rows(call, question, place, forward=place.forward, limit=1))


def _answer(rows: list[Row], tokens: dict[str, str]) -> Response:
    """The stored texts, joined: serving a page of 100 orders decodes none of them."""
    parts = [b'{"data":[', b",".join([row[2] for row in rows]), b"]"]
    parts += [f',"{name}":"{token}"'.encode() for name, token in tokens.items()]
    return Response(b"".join([*parts, b"}"]), content_type="application/json")
