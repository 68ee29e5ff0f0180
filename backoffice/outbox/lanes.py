"""Who lets whom go first: the one place that says it, for sending and for showing."""

from __future__ import annotations

from django.db.models import OuterRef, Q, QuerySet

from backoffice.outbox.enums import ENDED, QUEUED
from backoffice.outbox.models import Action

# What an action waits for has ended. Who waits for another holds up nobody in its lane: the other may be a repetition,
# and stand behind it.
FREE = Q(after=None) | Q(after__state__in=ENDED)


def ahead() -> QuerySet[Action]:
    """What goes before the action of the outer query."""
    return Action.objects.filter(FREE, lane=OuterRef("lane"), state__in=QUEUED, pk__lt=OuterRef("pk")).exclude(lane="")
