"""Pages that belong to no app: the log-in, the way to the work, and the health of the system."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.users.forms import LogInForm
from backoffice.web import health


class LogIn(LoginView):
    template_name = "users/log_in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What is next up. Until that page exists: the orders."""
    return redirect("orders:list")


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
