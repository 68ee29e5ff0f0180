from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.connections import badges, checking, editing, states, wording
from backoffice.connections.enums import OPEN_CHECKS, State
from backoffice.connections.forms import PageForm
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.connections.queries import checks_visible_to, visible_to
from backoffice.web.pages import page
from backoffice.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: Request) -> HttpResponse:
    """A new connection. It is checked at once, and only observes unless that is unticked."""
    form = PageForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form)
    connection: Connection = form.save(commit=False)
    connection.state = form.state()
    return _stored(request, connection, set())


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Address, credentials and name. Whatever changes the first two is checked at once."""
    connection = get_object_or_404(visible_to(request.user), pk=pk)
    form = PageForm(request.POST or None, instance=connection)
    if request.method != "POST" or not form.is_valid():
        return _form_page(request, form, known=get_object_or_404(visible_to(request.user), pk=pk))
    return _stored(request, form.save(commit=False), form.edited)


@require_POST
def check(request: Request, pk: int) -> HttpResponse:
    """Tries the connection, layer by layer, without changing anything at Mirakl."""
    connection = get_object_or_404(visible_to(request.user), pk=pk)
    checking.start(connection, by=request.user, now=timezone.now())
    return redirect("connections:detail", pk)


@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """One check: how far it is, or how it ended."""
    found = get_object_or_404(checks_visible_to(request.user), pk=pk)
    context = {"now": timezone.now(), "connection": found.connection, **check_context(found)}
    return page(request, "connections/check.html", context)


@require_POST
def pause(request: Request, pk: int) -> HttpResponse:
    """Nothing is read and nothing is sent until somebody lets it go on."""
    said = _("%(name)s is paused: nothing is read or sent, and nothing is lost.")
    return _moved(request, pk, State.PAUSED, said)


@require_POST
def observe(request: Request, pk: int) -> HttpResponse:
    """It reads; what staff ask for waits."""
    return _moved(request, pk, State.OBSERVE, _("%(name)s only observes now: it reads, and nothing is sent."))


@require_POST
def activate(request: Request, pk: int) -> HttpResponse:
    """It reads, and what staff ask for leaves."""
    return _moved(request, pk, State.ACTIVE, _("%(name)s reads and sends now."))


def check_context(found: ConnectionCheck | None) -> Mapping[str, Any]:
    """What `connections/_check.html` shows of a check; of None, that there was none."""
    if found is None:
        return {"check": None}
    is_open = found.state in OPEN_CHECKS
    return {
        "check": found,
        "check_is_open": is_open,
        "check_badge": badges.of_check(found),
        "steps": wording.shown(found.steps, ended=not is_open),
    }


def _form_page(request: Request, form: PageForm, known: Connection | None = None) -> HttpResponse:
    """`known`: the connection as it is stored; the form has put into its own what was typed."""
    context = {"form": form, "connection": known, "now": timezone.now()}
    return page(request, "connections/edit.html", context, status=422 if form.is_bound else 200)


def _stored(request: Request, connection: Connection, changed: set[str]) -> HttpResponse:
    now = timezone.now()
    if editing.store(connection, changed, by=request.user, now=now):
        checking.start(connection, by=request.user, now=now)
        messages.success(request, _("%(name)s is stored, and is being checked now.") % {"name": connection})
    else:
        messages.success(request, _("%(name)s is stored.") % {"name": connection})
    return redirect("connections:detail", connection.pk)


def _moved(request: Request, pk: int, to: State, said: str) -> HttpResponse:
    connection = get_object_or_404(visible_to(request.user), pk=pk)
    if states.move(connection, to, by=request.user, now=timezone.now()):
        messages.success(request, said % {"name": connection})
    else:
        connection.refresh_from_db(fields=["state"])
        values = {"name": connection, "state": connection.get_state_display()}
        messages.warning(request, _("Nothing was done: %(name)s is in another state now (%(state)s).") % values)
    return redirect("connections:detail", pk)
