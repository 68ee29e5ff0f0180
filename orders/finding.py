"""Orders in the search over everything."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.users import rights
from backoffice.users.models import User
from backoffice.web.scope import Scope
from backoffice.web.searching import MOST_HITS, Found, Hit, Source, register
from orders.badges import badge
from orders.models import Order
from orders.queries import numbered, visible_to
from orders.search import fold, matching

# A longer address may be cut on its way: then the words go to the list by POST.
LONGEST_QUERY = 1500


def find(user: User, scope: Scope, words: Sequence[str]) -> Found:
    """Orders whose number or id is one of the words; if none is, those in which all words occur. Three queries."""
    orders = _narrowed(visible_to(user), scope)
    named = numbered(orders, words)
    if named:
        found = _shown(orders.filter(pk__in=named))
    else:
        found = _shown(matching(orders, " ".join(words), customers=user.has_perm(rights.PERSONAL)))
    hits = [_hit(user, order, is_exact=order.pk in named or _is_named(order, words)) for order in found]
    query = urlencode({"q": " ".join(words)})
    list_url = f"{reverse('orders:list')}?{query}" if len(query) <= LONGEST_QUERY else ""
    return Found(hits, list_url, lookup_url="" if list_url else reverse("orders:lookup"))


def looks_through(user: User) -> str:
    if user.has_perm(rights.PERSONAL):
        return _("orders: numbers, Mirakl ids, SKUs and customers")
    return _("orders: numbers, Mirakl ids and SKUs (not customers: your account may not see them)")


def _narrowed(orders: QuerySet[Order], scope: Scope) -> QuerySet[Order]:
    if scope.connection is not None:
        orders = orders.filter(connection=scope.connection)
    return orders if scope.channel is None else orders.filter(channel=scope.channel)


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("channel").defer("payload", "search").order_by("-created_at", "-pk")[:MOST_HITS]


def _is_named(order: Order, words: Sequence[str]) -> bool:
    """Whether the one word is its number or id but for capital letters."""
    return len(words) == 1 and fold(words[0]) in {fold(order.number), fold(order.remote_id)}


def _hit(user: User, order: Order, *, is_exact: bool) -> Hit:
    customer = order.customer if user.has_perm(rights.PERSONAL) else ""
    return Hit(
        label=order.number or order.remote_id,
        url=reverse("orders:detail", args=[order.pk]),
        note=" · ".join(filter(None, (str(order.channel), customer))),
        badge=badge(order.status),
        is_exact=is_exact,
    )


register(Source("orders", gettext_lazy("Orders"), find, looks_through, order=10))
