from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.connections.enums import READING
from backoffice.connections.queries import visible_to
from backoffice.sync import detail
from backoffice.sync.models import Cursor
from backoffice.sync.queries import connections_shown
from backoffice.sync.queue import ask
from backoffice.users.scopes import limited
from backoffice.web import times
from backoffice.web.pages import page, way_back
from backoffice.web.requests import Request


@require_safe
def connection_list(request: Request) -> HttpResponse:
    """Every connection: how it is, how far its lists have been read, and what waits for it."""
    connections = visible_to(request.user)
    if request.scope.connection is not None:
        connections = connections.filter(pk=request.scope.connection)
    context = {"now": timezone.now(), "connections": connections_shown(connections)}
    return page(request, "connections/list.html", context)


@require_safe
def connection_detail(request: Request, pk: int) -> HttpResponse:
    """One connection with all that is known of it, and what can be done with it."""
    connection = get_object_or_404(visible_to(request.user).defer("secret"), pk=pk)
    context = detail.context(request.user, connection, now=timezone.now())
    return page(request, "connections/detail.html", context)


@require_POST
def check_now(request: Request, pk: int) -> HttpResponse:
    """Asks for a reading soon. Mirakl's call frequency still decides when it begins."""
    cursors = limited(Cursor.objects.select_related("connection"), request.user)
    cursor = get_object_or_404(cursors, pk=pk)
    connection = cursor.connection
    if connection.state not in READING:
        values = {"name": connection, "state": connection.get_state_display()}
        messages.warning(request, _("Nothing is read from %(name)s: %(state)s.") % values)
        return redirect(way_back(request, "connections:list"))
    now = timezone.now()
    ask(cursor, now=now)
    cursor.refresh_from_db(fields=["next_at"])
    messages.success(
        request,
        _("Asked. %(name)s is checked from %(time)s on, as soon as Mirakl's call frequency allows.")
        % {"name": connection, "time": times.clock(cursor.next_at, now)},
    )
    return redirect(way_back(request, "connections:list"))
