"""A connection's health is what its last call said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.connections import states
from backoffice.connections.enums import READING, State, Trouble
from backoffice.connections.models import Connection
from backoffice.mirakl import errors
from backoffice.users.models import User
from backoffice.users.scopes import limited
from backoffice.web.scope import Scope

LONGEST = 2000  # characters of what was answered that are kept

# First match wins: a subclass stands before its parent.
TROUBLE_OF: tuple[tuple[type[BaseException], Trouble], ...] = (
    (errors.BrokerDown, Trouble.OURS),
    (errors.NoAnswer, Trouble.UNREACHABLE),
    (errors.TooSoon, Trouble.BUSY),
    (errors.PageTokenExpired, Trouble.BROKEN),
    (errors.NotFound, Trouble.ADDRESS),
    (errors.Unreadable, Trouble.ADDRESS),
    (errors.Broken, Trouble.BROKEN),
    (errors.Refused, Trouble.OURS),  # a request that Mirakl finds invalid is our mistake
)


def trouble_of(error: BaseException) -> Trouble:
    """Which layer refused. Whatever is not Mirakl's answer is a fault of ours."""
    if isinstance(error, errors.NotAuthorised):
        return Trouble.RIGHTS if error.status == 403 else Trouble.CREDENTIALS
    return next((trouble for kind, trouble in TROUBLE_OF if isinstance(error, kind)), Trouble.OURS)


def record_success(connection_id: int, *, now: datetime) -> None:
    """The last call went well: whatever was wrong before is over. Only `states.accepted` ends refused credentials."""
    rows = Connection.objects.filter(pk=connection_id)
    well = {"last_success_at": now, "trouble": "", "trouble_text": "", "trouble_since": None}
    if not rows.exclude(state=State.STOPPED).update(**well):
        rows.update(last_success_at=now)


def record_trouble(connection: Connection, trouble: Trouble, text: str, *, now: datetime) -> None:
    """The last call of this connection, as it was when the call was made, went wrong.

    The moment at which trouble began is kept until a success. Refused credentials stop the connection, whoever asked.
    What was entered anew since then is not blamed for it. Where the credentials stopped the connection, they stay its
    trouble, whatever else a call meets that was on its way.
    """
    text = text.replace("\0", "")[:LONGEST]  # PostgreSQL takes no NUL in a text
    rows = Connection.objects.filter(pk=connection.pk, revision=connection.revision)
    noted = {"trouble": trouble, "trouble_text": text, "trouble_since": Coalesce("trouble_since", Value(now))}
    if trouble != Trouble.CREDENTIALS:
        rows.exclude(state=State.STOPPED).update(**noted)
        return
    with transaction.atomic():  # a success of another worker comes before or after both
        rows.update(**noted)
        states.refused(connection, text, now=now)


@dataclass(frozen=True, slots=True)
class Health:
    """How all connections that a person sees are, together. `tone` ends a CSS class: done, attention, late, unknown.

    `refused`: those that stand still because Mirakl refuses their credentials; a banner names them on every page.
    """

    tone: str
    sentence: str
    troubled: int
    refused: tuple[Connection, ...] = ()


def overall(user: User, scope: Scope) -> Health:
    """One query, and one more for people who are limited to some connections."""
    shown = Connection.objects.only("name", "state", "trouble", "stopped_at", "last_success_at")
    found = list(limited(shown, user, connection="pk"))
    seen = [one for one in found if scope.connection in (None, one.pk)]
    refused = tuple(one for one in found if one.state == State.STOPPED)
    troubled = [one for one in seen if one.state == State.STOPPED or (one.trouble and one.state in READING)]
    tone, sentence = _judged(seen, troubled)
    return Health(tone, sentence, len(troubled), refused)


def _judged(seen: list[Connection], troubled: list[Connection]) -> tuple[str, str]:
    if not seen:
        return "unknown", _("No connection yet")
    if troubled:
        tone = "late" if any(one.trouble != Trouble.BUSY for one in troubled) else "attention"
        return tone, _named(troubled, [str(one.get_trouble_display() or one.get_state_display()) for one in troubled])
    if paused := [one for one in seen if one.state == State.PAUSED]:
        return "attention", _named(paused, [str(one.get_state_display()) for one in paused])
    if fresh := [one for one in seen if one.last_success_at is None]:
        return "attention", _named(fresh, [_("not tried yet") for _one in fresh])
    return "done", _("All connections work")


def _named(connections: list[Connection], words: list[str]) -> str:
    """The first by its name, the others by their number."""
    first = _("%(name)s: %(words)s") % {"name": connections[0].name, "words": words[0]}
    more = len(connections) - 1
    if not more:
        return first
    return ngettext("%(first)s, and %(number)d more", "%(first)s, and %(number)d more", more) % {
        "first": first,
        "number": more,
    }
