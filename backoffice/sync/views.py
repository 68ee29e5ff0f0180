from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.connections.enums import State
from backoffice.sync.models import Cursor
from backoffice.sync.queries import connections_with_readings
from backoffice.sync.queue import ask
from backoffice.web import times
from backoffice.web.pages import page, way_back
from backoffice.web.requests import Request


@require_safe
def connection_list(request: Request) -> HttpResponse:
    """Every connection: how it is, and how far each of its lists has been read."""
    return page(request, "connections/list.html", {"now": timezone.now(), "connections": connections_with_readings()})


@require_POST
def check_now(request: Request, pk: int) -> HttpResponse:
    """Asks for a reading soon. Mirakl's call frequency still decides when it begins."""
    cursor = get_object_or_404(Cursor.objects.select_related("connection"), pk=pk)
    if cursor.connection.state == State.PAUSED:
        messages.warning(request, _("%(name)s is paused: nothing is read from it.") % {"name": cursor.connection})
        return redirect(way_back(request, "connections:list"))
    now = timezone.now()
    ask(cursor, now=now)
    cursor.refresh_from_db(fields=["next_at"])
    messages.success(
        request,
        _("Asked. %(name)s is checked from %(time)s on, as soon as Mirakl's call frequency allows.")
        % {"name": cursor.connection, "time": times.clock(cursor.next_at, now)},
    )
    return redirect(way_back(request, "connections:list"))
