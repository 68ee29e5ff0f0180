"""When something is due at a channel: so many hours after it began, counted over working days only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from backoffice.connections.models import Connection
from shops.models import ChannelPolicy
from shops.validators import dates_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days count, in which zone. A working day lasts from midnight to midnight there, so 23 to 25 hours."""

    zone: ZoneInfo
    working_days: frozenset[int]  # Monday is 0
    holidays: frozenset[date] = frozenset()
    _midnights: dict[date, datetime] = field(default_factory=dict, compare=False)

    @property
    def always(self) -> bool:
        """Whether every hour counts."""
        return len(self.working_days) == 7 and not self.holidays

    def works(self, day: date) -> bool:
        return day.weekday() in self.working_days and day not in self.holidays

    def after(self, start: datetime, hours: int) -> datetime:
        """The moment at which this many working hours have passed since `start`, in UTC.

        Raises ValueError when no day of the week works: then it never comes.
        """
        left = timedelta(hours=hours)
        moment = start.astimezone(UTC)
        if self.always:
            return moment + left
        if not self.working_days:
            raise ValueError("No day of the week is a working day.")
        day = moment.astimezone(self.zone).date()
        while True:
            end = self._midnight(day + DAY)
            if self.works(day):
                if left <= end - moment:
                    return moment + left
                left -= end - moment
            moment, day = end, day + DAY

    def _midnight(self, day: date) -> datetime:
        """The beginning of a day as a moment. Where clocks jump over midnight, the day begins with the jump."""
        known = self._midnights.get(day)
        if known is None:
            known = datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(UTC)
            self._midnights[day] = known
        return known


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How long a channel waits for an order to be accepted."""

    hours: int
    calendar: Calendar

    def due(self, created_at: datetime) -> datetime:
        """When an order of this age is refused by the channel, unless it was accepted.

        For a date at the very edge of time, which stands for none, no calendar says which days count.
        """
        try:
            return self.calendar.after(created_at, self.hours)
        except OverflowError:
            return created_at + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Acceptances:
    """The acceptance of every channel of a connection, read with one query: for as long as one batch takes."""

    by_channel: Mapping[int, Acceptance | None]
    otherwise: Acceptance | None

    def of(self, channel_id: int) -> Acceptance | None:
        """None where no order has to be accepted within a known time."""
        return self.by_channel.get(channel_id, self.otherwise)


def acceptances(connection: Connection | None = None) -> Acceptances:
    """What the policies say now: of the channels of one connection, or of all."""
    policies = list(ChannelPolicy.objects.select_related("channel"))
    by_channel, otherwise = dict[int, Acceptance | None](), None
    for policy in policies:
        if policy.channel is None:
            otherwise = acceptance_of(policy)
        elif connection is None or policy.channel.connection_id == connection.pk:
            by_channel[policy.channel.pk] = acceptance_of(policy)
    return Acceptances(by_channel, otherwise)


def fingerprint() -> str:
    """Another text whenever a policy is another one, was added or is gone. One query."""
    rows = list(ChannelPolicy.objects.order_by("pk").values_list())
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def acceptance_of(policy: ChannelPolicy) -> Acceptance | None:
    """What one policy says about accepting; None when it sets no time."""
    return Acceptance(policy.acceptance_hours, calendar_of(policy)) if policy.acceptance_hours else None


def calendar_of(policy: ChannelPolicy) -> Calendar:
    """The calendar of a policy. What the form would have refused (a row written past it) is left out."""
    try:
        zone = ZoneInfo(policy.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
    try:
        holidays = frozenset(dates_of(policy.holidays))
    except ValidationError:
        holidays = frozenset()
    return Calendar(zone, frozenset(policy.working_days) or frozenset(range(7)), holidays)


def zone_of(channel_id: int) -> ZoneInfo | None:
    """The zone in which a channel counts its days; None where no policy says."""
    policies = ChannelPolicy.objects.filter(Q(channel=channel_id) | Q(channel=None))
    policy = policies.order_by(F("channel").asc(nulls_last=True)).first()
    return calendar_of(policy).zone if policy else None
