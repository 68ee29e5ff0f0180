"""Pages that belong to no app: the log-in, the way to the work, and the health of the system."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.users.forms import PreferencesForm, zone_names
from backoffice.users.models import User
from backoffice.web import health
from backoffice.web.pages import page, way_back
from backoffice.web.requests import Request


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What is next up. Until that page exists: the orders."""
    return redirect("orders:list")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: Request) -> HttpResponse:
    """How the pages look to this person. The menu sends one choice at a time, and goes back to where it was opened."""
    person = User.objects.get(pk=request.user.pk)  # the form writes into it even what it refuses
    form = PreferencesForm(request.POST if request.method == "POST" else None, instance=person)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect(way_back(request, "preferences"))
    context = {"form": form, "zones": zone_names()}
    return page(request, "users/preferences.html", context, status=422 if form.is_bound else 200)


@require_safe
def shortcuts(request: Request) -> HttpResponse:
    """Every key; with a script a dialog shows the same on every page."""
    return page(request, "ui/shortcuts.html", {})


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers; nothing else is looked at."""
    return JsonResponse({"status": health.OK})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 when pages cannot be shown. Everything that is missing is named; "degraded" when pages work without it."""
    checks = health.checks(timezone.now())
    if any(checks[name] != health.OK for name in health.NEEDED_BY_PAGES):
        return JsonResponse({"status": "not ready", "checks": checks}, status=503)
    fine = all(result == health.OK for result in checks.values())
    return JsonResponse({"status": health.OK if fine else "degraded", "checks": checks})
