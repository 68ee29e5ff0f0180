"""The log-in: as a page, over a page whose session ended, and what a form is told that came without a session."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from backoffice.users.forms import LogInForm


class LogIn(LoginView):
    """The page. `unsent` in the query: somebody sent a form after the session had ended, and hears of it."""

    template_name = "users/log_in.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_success_url(self) -> str:
        """`next`, unless that is this page: it would lead to itself again and again."""
        url = super().get_success_url()
        leads_here = urlsplit(url).path == resolve_url(settings.LOGIN_URL)
        return resolve_url(settings.LOGIN_REDIRECT_URL) if leads_here else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        if self.request.POST.get("unsent"):
            said = _("Your form was not sent: you had been logged out. Go back in the browser to find what you typed.")
            messages.warning(self.request, said)
        return super().form_valid(form)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class LogInAgain(LogIn):
    """Asked by `session.js` only: who is logged in in this browser, and if nobody is, the form.

    204 with the headers `X-Person` (primary key) and `X-Csrf-Token` when somebody is; 200 or 422 with the form.
    """

    template_name = "users/_log_in_form.html"
    redirect_authenticated_user = False

    def get(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.headers.get("HX-Request"):
            return redirect(settings.LOGIN_URL)
        if request.user.is_authenticated:
            return self._known()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        login(self.request, form.get_user())
        return self._known()

    def _known(self) -> HttpResponse:
        headers = {"X-Person": str(self.request.user.pk), "X-Csrf-Token": get_token(self.request)}
        return HttpResponse(status=204, headers=headers)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. To htmx it says whether a log-in or only a new token is needed."""
    if _details(request):
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return HttpResponse(status=403, headers={"X-Form-Expired": "1"})
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def instead_of_redirect(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A redirect to the log-in, as its receiver understands it; every other one as it is.

    htmx would put the log-in page into a table cell: it hears 401, and session.js opens the log-in over the page. A
    form of the browser hears of it on the log-in page, which leads back to where the form stood.
    """
    if not _leads_to_log_in(response):
        return response
    if _details(request):
        return HttpResponse(status=401)
    if request.method in ("GET", "HEAD"):
        return response
    if request.path == resolve_url("logout"):  # done already
        return redirect(settings.LOGIN_URL)
    query = urlencode({"next": _page_before(request), "unsent": "1"})
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{query}")


def _details(request: HttpRequest) -> HtmxDetails | None:
    found = getattr(request, "htmx", None)
    return found or None


def _leads_to_log_in(response: HttpResponseBase) -> bool:
    """With a page to go back to: whoever logs out is led there too, but wants to stay out."""
    if not 300 <= response.status_code < 400 or "Location" not in response:
        return False
    path, _between, query = response["Location"].partition("?")
    return path == resolve_url(settings.LOGIN_URL) and "next" in parse_qs(query)


def _page_before(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
