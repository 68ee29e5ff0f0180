"""Orders in the main navigation: how many wait for somebody."""

from __future__ import annotations

from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from backoffice.lists import counts
from backoffice.users.models import User
from backoffice.web.navigation import MOST, Item, Need, register
from backoffice.web.scope import Scope
from orders.enums import Stage
from orders.queries import visible_to


def needs_you(user: User, scope: Scope) -> Need:
    """Orders to accept, and those that should have been shipped. One query that an index bounds."""
    orders = visible_to(user).filter(**dict(_lookups(scope)))
    waiting, late = orders.filter(stage=Stage.TO_ACCEPT), orders.filter(stage=Stage.TO_SHIP, sort_at__lt=now())
    found = counts.together({"waiting": waiting, "late": late})
    return Need(min(sum(found.values()), MOST), urgent=found["late"] > 0)


def _lookups(scope: Scope) -> list[tuple[str, int]]:
    return [(f"{kind}_id", pk) for kind, pk in scope.pairs]


register(Item("orders", _("Orders"), "package", "orders:list", needs_you, order=20, go="o"))
