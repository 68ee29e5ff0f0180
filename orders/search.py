"""The search box: words that must all occur in an order's numbers, customer or SKUs.

One function, two implementations: a trigram index on PostgreSQL, an FTS5 trigram table on SQLite.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from orders.models import Order, OrderLine

# Both indexes are made of three-letter pieces: a shorter word would have to look at every order.
SHORTEST = 3


# Accents as Unicode takes them off a letter (NFKD).
_ACCENTS = re.compile("[\u0300-\u036f]")


def fold(text: str) -> str:
    """Lower case without accents, so that “muller” finds “Müller”. NUL is dropped: PostgreSQL cannot hold it."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return text.replace("\0", "").casefold()


def searchable(text: str) -> list[str]:
    """The words of what somebody typed that are long enough to be looked up."""
    return [word for word in fold(text).split() if len(word) >= SHORTEST]


def matching(orders: QuerySet[Order], text: str, *, customers: bool = True) -> QuerySet[Order]:
    """Those of `orders` in which every word of `text` occurs; none when no word has three characters.

    Without `customers` a word must occur in a number, an id or a SKU: for people who may not see who the customer is.
    """
    words = searchable(text)
    if not words:
        return orders.none()
    if not customers:
        for word in words:
            orders = orders.filter(_named(word))
    if connections[orders.db].vendor == "sqlite":
        return orders.filter(pk__in=_rows_of_sqlite(words))
    for word in words:
        orders = orders.filter(search__contains=word)
    return orders


def _named(word: str) -> Q:
    """Looked at only where the index found the word: it also holds the customer."""
    lines = OrderLine.objects.filter(order=OuterRef("pk"), sku__icontains=word)
    return Q(number__icontains=word) | Q(remote_id__icontains=word) | Q(Exists(lines))


def _rows_of_sqlite(words: list[str]) -> RawSQL:
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    return RawSQL("SELECT rowid FROM orders_search WHERE orders_search MATCH %s", [phrases])


# The index holds no text of its own; the triggers keep it in step with orders_order.search.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS orders_search
    USING fts5 (search, content='orders_order', content_rowid='id', tokenize='trigram')
    """,
    """
    CREATE TRIGGER IF NOT EXISTS orders_search_insert AFTER INSERT ON orders_order BEGIN
        INSERT INTO orders_search (rowid, search) VALUES (new.id, new.search);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS orders_search_delete AFTER DELETE ON orders_order BEGIN
        INSERT INTO orders_search (orders_search, rowid, search) VALUES ('delete', old.id, old.search);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS orders_search_update AFTER UPDATE OF search ON orders_order
    WHEN old.search <> new.search BEGIN
        INSERT INTO orders_search (orders_search, rowid, search) VALUES ('delete', old.id, old.search);
        INSERT INTO orders_search (rowid, search) VALUES (new.id, new.search);
    END
    """,
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX IF NOT EXISTS orders_search ON orders_order USING gin (search gin_trgm_ops)",
)


def install(database: BaseDatabaseWrapper) -> None:
    """Makes the index where it is missing.

    Runs after every migrate: on SQLite Django alters a table by copying it, and the triggers stay with the old one.
    """
    statements = _SQLITE if database.vendor == "sqlite" else _POSTGRESQL
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def install_after_migrate(*, using: str, **_: Any) -> None:
    """The receiver of `post_migrate`."""
    install(connections[using])
