"""Actions in the search over everything."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.outbox.models import Action
from backoffice.outbox.queries import visible_to, with_company
from backoffice.outbox.shown import shown
from backoffice.users.models import User
from backoffice.web.scope import Scope
from backoffice.web.searching import MOST_HITS, Found, Hit, Source, register

# Digits of the largest id a database holds.
LONGEST_ID = 18
# Mirakl's are UUIDs; for what is shorter, actions are not looked through.
SHORTEST_REMOTE = 8


def find(user: User, scope: Scope, words: Sequence[str]) -> Found:
    """Actions with one of these ids, ours (12 or #12) or Mirakl's. One query."""
    ours = [int(word.lstrip("#")) for word in words if _is_id(word.lstrip("#"))]
    theirs = [word for word in words if len(word) >= SHORTEST_REMOTE]
    if not ours and not theirs:
        return Found()
    actions = visible_to(user).filter(Q(pk__in=ours) | Q(remote_id__in=theirs))
    if scope.connection is not None:
        actions = actions.filter(connection=scope.connection)
    return Found([_hit(action, words) for action in with_company(actions).order_by("-pk")[:MOST_HITS]])


def looks_through(user: User) -> str:
    return _("actions: our ids and Mirakl’s")


def _is_id(word: str) -> bool:
    return word.isdecimal() and word.isascii() and len(word) <= LONGEST_ID


def _hit(action: Action, words: Sequence[str]) -> Hit:
    told = shown(action, timezone.now())
    return Hit(
        label=f"#{action.pk} {told.words}",
        url=reverse("actions:detail", args=[action.pk]),
        note=" · ".join(filter(None, (action.label, action.place))),
        badge=told.badge,
        # A number alone is more likely an order's.
        is_exact=f"#{action.pk}" in words or action.remote_id in words,
    )


register(Source("actions", gettext_lazy("Actions"), find, looks_through, order=70))
