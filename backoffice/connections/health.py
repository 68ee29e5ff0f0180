"""A connection's health is what its last call said."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Value
from django.db.models.functions import Coalesce

from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.mirakl import errors

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
    """The last call went well: whatever was wrong before is over."""
    Connection.objects.filter(pk=connection_id).update(
        last_success_at=now, trouble="", trouble_text="", trouble_since=None
    )


def record_trouble(connection_id: int, trouble: Trouble, text: str, *, now: datetime) -> None:
    """The last call went wrong. The moment at which trouble began is kept until a success."""
    Connection.objects.filter(pk=connection_id).update(
        trouble=trouble, trouble_text=text, trouble_since=Coalesce("trouble_since", Value(now))
    )
