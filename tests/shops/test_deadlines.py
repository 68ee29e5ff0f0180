"""Hours counted over working days, in the channel's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.connections.models import Connection
from shops.deadlines import Calendar, acceptances, zone_of
from shops.models import Channel, ChannelPolicy

WEEK = frozenset(range(7))
WORK = frozenset(range(5))
# Cairo's clocks change at midnight, Lord Howe's by half an hour.
ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Australia/Lord_Howe"]

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
CALENDARS = st.builds(
    Calendar,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    working_days=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(st.dates(date(2024, 1, 1), date(2028, 1, 1)), max_size=20),
)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-20T16:00", 24, "2026-11-23T16:00"),  # Friday afternoon: the week-end does not count
        ("2026-11-21T10:00", 8, "2026-11-23T08:00"),  # begun on a Saturday, it counts from Monday's midnight
        ("2026-11-23T00:00", 24, "2026-11-24T00:00"),  # the end of a working day is still in time
        ("2026-12-24T12:00", 24, "2026-12-28T12:00"),  # Christmas Day is a Friday and a holiday
        ("2026-03-27T12:00", 24, "2026-03-30T12:00"),  # the hour lost on Sunday was never a working hour
    ],
)
def test_hours_count_on_working_days_only(start: str, hours: int, due: str) -> None:
    paris = ZoneInfo("Europe/Paris")
    calendar = Calendar(paris, WORK, frozenset({date(2026, 12, 25)}))

    found = calendar.after(datetime.fromisoformat(start).replace(tzinfo=paris), hours)

    assert found.astimezone(paris).replace(tzinfo=None) == datetime.fromisoformat(due)


def test_a_day_on_which_clocks_change_has_the_hours_it_has() -> None:
    paris = ZoneInfo("Europe/Paris")
    calendar = Calendar(paris, frozenset({6}))  # Sundays only

    found = calendar.after(datetime(2026, 10, 25, 0, tzinfo=paris), 25)

    assert found == datetime(2026, 10, 26, 0, tzinfo=paris)


@given(MOMENTS, st.integers(1, 200))
@settings(max_examples=50)
def test_where_every_day_works_it_is_plain_addition(start: datetime, hours: int) -> None:
    assert Calendar(ZoneInfo("Africa/Cairo"), WEEK).after(start, hours) == start + timedelta(hours=hours)


@given(CALENDARS, MOMENTS, st.integers(1, 100), st.integers(1, 100))
@settings(max_examples=150, deadline=None)
def test_hours_add_up_and_later_starts_are_never_due_earlier(
    calendar: Calendar, start: datetime, first: int, second: int
) -> None:
    due = calendar.after(start, first)

    assert due >= start + timedelta(hours=first)
    assert calendar.works((due - timedelta(microseconds=1)).astimezone(calendar.zone).date())
    assert calendar.after(due, second) == calendar.after(start, first + second)
    assert calendar.after(start + timedelta(minutes=77), first) >= due


def test_a_calendar_without_a_working_day_says_so() -> None:
    with pytest.raises(ValueError, match="working day"):
        Calendar(ZoneInfo("UTC"), frozenset()).after(datetime(2026, 1, 1, tzinfo=UTC), 1)


@pytest.mark.django_db
def test_a_channel_without_a_policy_of_its_own_follows_the_general_one() -> None:
    connection = Connection.objects.create(name="Nord", base_url="https://mirakl.example/api", secret="s")
    own, other, free = (Channel.objects.create(connection=connection, remote_id=name) for name in "abc")
    ChannelPolicy.objects.create(acceptance_hours=48)
    ChannelPolicy.objects.create(channel=own, acceptance_hours=24, time_zone="Europe/Paris")
    ChannelPolicy.objects.create(channel=free, acceptance_hours=None)

    known = acceptances(connection)
    hours = [one.hours if (one := known.of(channel.pk)) else None for channel in (own, other, free)]

    assert hours == [24, 48, None]
    assert [str(zone_of(channel.pk)) for channel in (own, other)] == ["Europe/Paris", "UTC"]
