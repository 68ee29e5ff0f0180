"""How much waits to leave through each connection: for the pages of connections, which stand below this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Min, Q

from backoffice.connections.backlog import Backlog, register
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action


def backlog(connection_ids: Sequence[int]) -> Mapping[int, Backlog]:
    """One query over actions that have not ended."""
    unsent = [State.HELD, State.WAITING, State.SENDING]
    rows = Action.objects.filter(connection_id__in=connection_ids, state__in=[*unsent, State.SENT]).order_by()
    counted = rows.values("connection_id").annotate(
        held=Count("pk", filter=Q(state=State.HELD)),
        waiting=Count("pk", filter=Q(state__in=[State.WAITING, State.SENDING])),
        sent=Count("pk", filter=Q(state=State.SENT)),
        first=Min("deadline", filter=Q(state__in=unsent)),
    )
    return {row["connection_id"]: Backlog(row["held"], row["waiting"], row["sent"], row["first"]) for row in counted}


register(backlog)
