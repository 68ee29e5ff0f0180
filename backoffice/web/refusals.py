"""The pages 403 and 500: what somebody may not do and who can change that, and what went wrong here."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from backoffice.users import rights
from backoffice.users.models import User
from backoffice.users.rights import MissingRightError

# Administrators who are named: enough to find one who is not on holiday.
NAMED = 3


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403. To htmx only the sentence, which app.js shows beside what was pressed."""
    user = request.user if isinstance(request.user, User) else None
    reason = reason_for(user, exception)
    ask = whom_to_ask()
    if request.headers.get("HX-Request") == "true":
        named = _("Who can give it to you: %(names)s.") % {"names": ", ".join(map(str, ask))} if ask else ""
        return HttpResponse(f"{reason} {named}".strip(), status=403, content_type="text/plain; charset=utf-8")
    context = {
        "reason": reason,
        "has_role": user is not None and user.has_perm(rights.SEE),
        "ask": ask,
        "is_look": request.method in {"GET", "HEAD"},
    }
    return render(request, "403.html", context, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500. It asks nothing of the database or the person: they may be what failed."""
    context = {"reference": request.META.get("reference", "")}
    return HttpResponse(get_template("500.html").render(context), status=500)


def reason_for(user: User | None, exception: Exception) -> str:
    """Why it was refused, in one or two sentences."""
    if user is not None and not user.has_perm(rights.SEE):
        return _("Your account is open, but nobody has given it a role yet. Until then there is nothing to see.")
    if not isinstance(exception, MissingRightError):
        return str(exception) or _("Your account lacks the right for this.")
    if exception.right not in rights.WORDS:
        return _("Nobody may do this: the page is not in the table of rights. Tell an administrator.")
    role = rights.least_role(exception.right)
    if role == rights.ADMINISTRATOR:
        said = _("With your account you may not %(do)s. That takes the role “%(role)s”.")
    else:
        said = _("With your account you may not %(do)s. That takes the role “%(role)s”, or a higher one.")
    return said % {"do": rights.WORDS[exception.right], "role": rights.ROLE_LABELS[role]}


def whom_to_ask() -> list[User]:
    """Administrators who can give a role. One query."""
    can_give = Q(groups__name=rights.ADMINISTRATOR) | Q(is_superuser=True)
    return list(User.objects.filter(can_give, is_active=True).distinct().order_by("first_name", "pk")[:NAMED])
