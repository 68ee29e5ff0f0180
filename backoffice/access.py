"""Which right every URL needs: one table, written by hand, and the middleware that keeps to it.

A URL that is not listed is refused to everybody, and `tests/test_access.py` fails. Which rows somebody works for is not
decided here: views fetch objects by `visible_to(user)`, and what is outside answers 404.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import get_template

from backoffice.users import rights
from backoffice.users.rights import ACT, APPROVE, CONNECT, EXPORT, READ_NOW, SEE, MissingRightError
from backoffice.web.refusals import refused
from backoffice.web.requests import Request

log = logging.getLogger(__name__)

# Instead of a right. PUBLIC: logged in or not; ANYBODY: whoever is logged in, even without a role.
PUBLIC: Final = "public"
ANYBODY: Final = "anybody"

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Access:
    """What GET and HEAD need, and what all that changes something needs; None: the URL has no such method."""

    safe: str | None = None
    unsafe: str | None = None

    def needs(self, method: str | None) -> str | None:
        """The right for this method, or PUBLIC, ANYBODY or None."""
        return self.safe if method in SAFE_METHODS else self.unsafe


TABLE: dict[str, Access] = {
    # backoffice.web
    "start": Access(safe=SEE),
    "login": Access(safe=PUBLIC, unsafe=PUBLIC),
    "log_in_again": Access(safe=PUBLIC, unsafe=PUBLIC),
    "logout": Access(unsafe=ANYBODY),
    "shortcuts": Access(safe=ANYBODY),
    "preferences": Access(safe=ANYBODY, unsafe=ANYBODY),
    "admin_login": Access(safe=PUBLIC),
    "live": Access(safe=PUBLIC),
    "ready": Access(safe=PUBLIC),
    # backoffice.dashboard. Searching by POST changes nothing: a pasted list may be longer than an address can be.
    "search": Access(safe=SEE, unsafe=SEE),
    "palette": Access(safe=SEE),
    # orders
    "orders:list": Access(safe=SEE),
    "orders:export": Access(safe=EXPORT),
    "orders:select": Access(unsafe=SEE),
    "orders:lookup": Access(unsafe=SEE),
    "orders:columns": Access(unsafe=SEE),
    "orders:begin": Access(unsafe=SEE),
    # Sharing a view, and changing one that is shared, needs SHARE_VIEWS: the views ask for that.
    "orders:views": Access(unsafe=SEE),
    "orders:view": Access(unsafe=SEE),
    "orders:detail": Access(safe=SEE),
    "orders:accept": Access(safe=ACT, unsafe=ACT),
    "orders:ship": Access(safe=ACT, unsafe=ACT),
    "orders:accept_many": Access(safe=ACT, unsafe=ACT),
    # backoffice.outbox. Giving up, settling or repeating what is UNKNOWN needs APPROVE: the views ask for that.
    "actions:list": Access(safe=SEE),
    "actions:export": Access(safe=EXPORT),
    "actions:columns": Access(unsafe=SEE),
    "actions:begin": Access(unsafe=SEE),
    "actions:views": Access(unsafe=SEE),
    "actions:view": Access(unsafe=SEE),
    "actions:strip": Access(safe=SEE),
    "actions:detail": Access(safe=SEE),
    "actions:batch": Access(safe=SEE),
    "actions:undo_batch": Access(unsafe=ACT),
    "actions:undo": Access(unsafe=ACT),
    "actions:send_now": Access(unsafe=ACT),
    "actions:again": Access(unsafe=ACT),
    "actions:again_many": Access(unsafe=ACT),
    "actions:give_up": Access(unsafe=ACT),
    "actions:resolve": Access(unsafe=APPROVE),
    "actions:settle": Access(unsafe=APPROVE),
    "actions:approve": Access(unsafe=APPROVE),
    "actions:refuse": Access(unsafe=APPROVE),
    # backoffice.sync, backoffice.connections
    "connections:list": Access(safe=SEE),
    "connections:check_now": Access(unsafe=READ_NOW),
    "connections:detail": Access(safe=SEE),
    "connections:progress": Access(safe=SEE),
    "connections:add": Access(safe=CONNECT, unsafe=CONNECT),
    "connections:edit": Access(safe=CONNECT, unsafe=CONNECT),
    "connections:check": Access(unsafe=CONNECT),
    "connections:pause": Access(unsafe=APPROVE),
    "connections:observe": Access(unsafe=CONNECT),
    "connections:activate": Access(unsafe=CONNECT),
}


def access_of(name: str) -> Access | None:
    """What the table says about a URL by its full name, "orders:detail"; None when it is not listed.

    Django's administration asks for its own permissions, model by model; all it needs here is the flag of its staff.
    """
    return Access(safe=ANYBODY, unsafe=ANYBODY) if name.startswith("admin:") else TABLE.get(name)


class AccessMiddleware:
    """Refuses what the table does not allow, before the view is called. Stands after LoginRequiredMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: Any) -> HttpResponseBase | None:
        """None lets the view be called."""
        name = _name(request)
        access = access_of(name)
        if access is None:
            log.error("%s is missing in the table of rights", name)
            return refused(request, MissingRightError(""))
        needed = access.needs(request.method)
        if needed is None:
            page = get_template("405.html").render({}, request)
            return HttpResponseNotAllowed(_methods(access), page)
        try:
            if needed != PUBLIC and request.user.is_authenticated:
                _admit(cast("Request", request), name, needed)
        except MissingRightError as error:
            return self.process_exception(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The page 403. Django would make it too, with a traceback in the log for what is no fault of anybody."""
        if not isinstance(exception, MissingRightError):
            return None
        asked = {"url": _name(request), "method": request.method, "user": request.user.pk}
        log.warning("refused: lacks %s", exception.right, extra=asked)
        return refused(request, exception)


def _name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _admit(request: Request, name: str, needed: str) -> None:
    """Raises MissingRightError. Whoever is not logged in was sent to the log-in page before."""
    if name.startswith("admin:") and not request.user.is_staff:
        raise MissingRightError(rights.CONNECT)
    if needed != ANYBODY:
        rights.demand(request.user, needed)


def _methods(access: Access) -> list[str]:
    return [*(["GET", "HEAD"] if access.safe else []), *(["POST"] if access.unsafe else [])]
