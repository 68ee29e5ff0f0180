"""Who looks at a list, when, and narrowed to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from backoffice.users import rights
from backoffice.users.models import User
from backoffice.users.scopes import is_limited
from backoffice.web.requests import Request
from backoffice.web.scope import KINDS, Kind, Place, places


@dataclass(frozen=True)
class Viewer:
    """A request, as lists look at it."""

    request: Request
    now: datetime

    @classmethod
    def of(cls, request: Request) -> Viewer:
        return cls(request, timezone.now())

    @property
    def user(self) -> User:
        return self.request.user

    @cached_property
    def sees_personal_data(self) -> bool:
        return self.user.has_perm(rights.PERSONAL)

    @cached_property
    def works_for_nothing(self) -> bool:
        """Whether there is no connection at all of which this person may see anything."""
        return is_limited(self.user) and not self.user.scopes

    def places(self, kind: Kind) -> list[Place]:
        """The connections or channels that this person may see. Asked once in a request."""
        assert kind in KINDS
        return places(self.request, kind)
