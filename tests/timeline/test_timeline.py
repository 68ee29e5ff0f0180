"""What happened, and that it stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from backoffice.timeline import shown, words
from backoffice.timeline.enums import Actor, Show
from backoffice.timeline.models import Entry
from backoffice.timeline.shown import Moment, stored, timeline
from backoffice.users.models import User
from orders.history import STATUS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def entry(**fields: object) -> Entry:
    return Entry.objects.create(
        **{"object_type": "t", "object_id": 1, "verb": "test.new", "actor": Actor.MIRAKL, "at": NOON, **fields}
    )


def moment(hours: float = 0, **fields: object) -> Moment:
    plain = {"part": Show.MIRAKL, "icon": "inbox", "tone": "work", "sentence": "Placed", "who": "Mirakl"}
    return Moment(**{"at": NOON + timedelta(hours=hours), **plain, **fields})  # type: ignore[arg-type]  # -- as given


@pytest.mark.django_db
def test_what_happened_is_never_changed_or_taken_away() -> None:
    one = entry()

    for attempt in (one.save, one.delete, Entry.objects.all().delete, lambda: Entry.objects.update(verb="other")):
        with pytest.raises(TypeError, match="What happened"):
            attempt()
    assert Entry.objects.get().verb == "test.new"


@pytest.mark.django_db
def test_entries_say_who_did_it_and_are_of_one_object_only(anna: User) -> None:
    entry(object_id=2)
    entry()
    entry(at=NOON + timedelta(hours=1), actor=Actor.PERSON, person=anna)

    assert [(one.who, one.part, one.sentence) for one in stored("t", 1)] == [
        ("Anna Berg", Show.ACTIONS, "test.new"),
        ("Mirakl", Show.MIRAKL, "test.new"),
    ]


def test_days_are_those_of_the_reader_newest_first() -> None:
    with timezone.override("Europe/Paris"):
        days = timeline([moment(), moment(11.5), moment(10.5)], show="all").days

    assert [(str(day.day), [one.at.hour for one in day.moments]) for day in days] == [
        ("2026-11-21", [23]),
        ("2026-11-20", [22, 12]),
    ]


@pytest.mark.parametrize(
    ("show", "wanted"), [("all", 3), ("actions", 2), ("mirakl", 1), ("errors", 1), ("nonsense", 3), ("<b>", 3)]
)
def test_a_part_of_the_timeline_can_be_chosen(show: str, wanted: int) -> None:
    moments = [moment(), moment(part=Show.ACTIONS), moment(part=Show.ACTIONS, failed=True)]

    found = timeline(moments, show=show)

    assert sum(len(day.moments) for day in found.days) == wanted
    assert [chip.count for chip in found.chips] == [3, 2, 1, 1]
    assert [chip.key for chip in found.chips if chip.current] == [show if show in Show.values else "all"]


def test_a_long_timeline_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "MOST", 2)

    found = timeline([moment(hour) for hour in range(3)], show="all")

    assert found.cut
    assert [one.at.hour for one in found.days[0].moments] == [14, 13]


def test_a_verb_has_one_meaning() -> None:
    with pytest.raises(ValueError, match=r"orders\.status"):
        words.register(STATUS, words.Words("inbox", "work", str))
