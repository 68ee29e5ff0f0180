"""The entries of the main navigation. Each app registers its own in `AppConfig.ready`, so that none leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from backoffice.users import rights
from backoffice.users.models import User
from backoffice.web.scope import Scope


@dataclass(frozen=True, slots=True)
class Need:
    """How much waits for the person who looks: not how much there is. `urgent`: something failed or is overdue.

    A count of MOST or more stands for "many": whoever counts may stop there.
    """

    count: int = 0
    urgent: bool = False

    @property
    def text(self) -> str:
        """ "" for none, 12, 1k+"""
        if not self.count:
            return ""
        return "1k+" if self.count >= MOST else str(self.count)


MOST = 1000
NOTHING = Need()


@dataclass(frozen=True, slots=True)
class Item:
    """`icon`: a file in templates/ui/icons. `needs_you` is asked on every page: what it asks for is bounded.
    `go`: the letter that leads there after `g`. `shown_to`: whether this person has the entry at all."""

    key: str
    label: str | Promise
    icon: str
    url_name: str
    needs_you: Callable[[User, Scope], Need]
    order: int
    go: str = ""
    shown_to: Callable[[User], bool] = lambda user: user.has_perm(rights.SEE)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as one page shows it to one person."""

    item: Item
    url: str
    need: Need
    is_current: bool


_items: dict[str, Item] = {}


def register(item: Item) -> None:
    """Adds an entry, or replaces the one with the same key."""
    _items[item.key] = item


def items(user: User) -> list[Item]:
    """What this person may go to, in order, without asking how much waits there."""
    return [item for item in sorted(_items.values(), key=lambda item: item.order) if item.shown_to(user)]


def entries(user: User, scope: Scope, namespace: str) -> list[Entry]:
    """What this person may go to, in order. `namespace`: of the page's URL name; the entry it belongs to is current."""
    return [
        Entry(
            item=item,
            url=scope.added_to(reverse(item.url_name)),
            need=item.needs_you(user, scope),
            is_current=bool(namespace) and item.url_name.partition(":")[0] == namespace,
        )
        for item in items(user)
    ]
