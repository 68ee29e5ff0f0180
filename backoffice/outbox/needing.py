"""Actions in the main navigation: how many wait for somebody."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from backoffice.outbox.enums import State
from backoffice.outbox.queries import count_unsettled, visible_to
from backoffice.users.models import User
from backoffice.web.navigation import MOST, Item, Need, register
from backoffice.web.scope import Scope

# What a person has to see to. Of what is confirmed, only what no reading shows is counted at all.
NEEDING = (State.TO_APPROVE, State.FAILED, State.UNKNOWN, State.CONFIRMED)
URGENT = (State.FAILED, State.UNKNOWN)


def needs_you(user: User, scope: Scope) -> Need:
    """What failed, cannot be told, waits for a colleague, or that Mirakl shows otherwise. One query."""
    actions = visible_to(user).filter(state__in=NEEDING)
    if scope.connection is not None:
        actions = actions.filter(connection=scope.connection)
    counts = count_unsettled(actions)
    return Need(min(sum(counts.values()), MOST), urgent=any(counts.get(state) for state in URGENT))


register(Item("actions", _("Actions"), "send", "actions:list", needs_you, order=70, go="a"))
