"""What a person may do, and the four roles that bundle it.

A right is a permission of Django: `user.has_perm(rights.ACT)`, in templates `{% if perms.users.act %}`. Which right a
URL needs stands in `backoffice.access`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from backoffice.users.models import User

SEE = "users.see"
ACT = "users.act"
APPROVE = "users.approve"
PERSONAL = "users.personal"
TECHNICAL = "users.technical"
EXPORT = "users.export"
SHARE_VIEWS = "users.share_views"
READ_NOW = "users.read_now"
CONNECT = "users.connect"

# What each right allows: completes "You may not …".
WORDS: dict[str, Promise] = {
    SEE: _("look at anything"),
    ACT: _("ask for changes at Mirakl"),
    APPROVE: _("agree to what colleagues asked for, or pause sending"),
    PERSONAL: _("see customers’ personal data"),
    TECHNICAL: _("see technical details"),
    EXPORT: _("export lists"),
    SHARE_VIEWS: _("share views with colleagues"),
    READ_NOW: _("have Mirakl read before its time"),
    CONNECT: _("set up connections"),
}

# How the administration lists them; stored with the permission, so not translated.
NAMES: dict[str, str] = {
    SEE: "Look at anything",
    ACT: "Ask for changes at Mirakl",
    APPROVE: "Agree to what colleagues asked for, settle what is unknown, pause sending",
    PERSONAL: "See customers' personal data",
    TECHNICAL: "See technical details",
    EXPORT: "Export lists",
    SHARE_VIEWS: "Share views with colleagues",
    READ_NOW: "Read from Mirakl before its time",
    CONNECT: "Add, change and check connections",
}

VIEWER = "viewer"
AGENT = "agent"
MANAGER = "manager"
ADMINISTRATOR = "administrator"

_AGENT = frozenset({SEE, ACT, PERSONAL, EXPORT, READ_NOW})
_MANAGER = _AGENT | {APPROVE, TECHNICAL, SHARE_VIEWS}
# Groups in the database, by name. An administrator also gets the administration, with all its models.
ROLES: dict[str, frozenset[str]] = {
    VIEWER: frozenset({SEE}),
    AGENT: _AGENT,
    MANAGER: _MANAGER,
    ADMINISTRATOR: _MANAGER | {CONNECT},
}
# Which role somebody needs at least: a page that is refused names it.
ROLE_LABELS: dict[str, Promise] = {
    VIEWER: _("viewer"),
    AGENT: _("agent"),
    MANAGER: _("manager"),
    ADMINISTRATOR: _("administrator"),
}


class MissingRightError(PermissionDenied):
    """Somebody asked for what their account may not do: answered with 403 and whom to ask."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


def demand(user: User, right: str) -> None:
    """For what a URL alone cannot tell. Raises MissingRightError."""
    if not user.has_perm(right):
        raise MissingRightError(right)


def least_role(right: str) -> str:
    """The smallest role that has this right."""
    return next(role for role, held in ROLES.items() if right in held)


def codename(right: str) -> str:
    """`act` of `users.act`: how a permission is stored."""
    return right.partition(".")[2]
