"""Asking again for many failed actions at once: all that failed for the same reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.outbox import queue
from backoffice.outbox.models import Action
from backoffice.outbox.queue import ObjectedError
from backoffice.users.models import User

# Reasons that are told in full; of the others only how many there are.
TOLD = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many were asked for again, and label and reason of each that could not be."""

    asked: int
    objected: list[tuple[str, str]]

    def __str__(self) -> str:
        said = ngettext("%(number)d asked again.", "%(number)d asked again.", self.asked) % {"number": self.asked}
        if not self.objected:
            return said
        number = len(self.objected)
        could_not = ngettext("%(number)d could not be:", "%(number)d could not be:", number) % {"number": number}
        told = [f"{label}: {text}" for label, text in self.objected[:TOLD]]
        if number > TOLD:
            told.append(_("and %(number)d more.") % {"number": number - TOLD})
        return " ".join([said, could_not, *told])


def again(actions: QuerySet[Action], *, by: User, now: datetime, most: int) -> Outcome:
    """Asks for the oldest of these again, `most` of them, each on its own: one that cannot be leaves the others be."""
    asked = 0
    objected = []
    for action in actions.select_related("after", "batch").order_by("pk")[:most]:
        try:
            ask_again(action, by=by, now=now)
        except ObjectedError as error:
            objected.append((action.label, str(error)))
        else:
            asked += 1
    return Outcome(asked, objected)


def ask_again(action: Action, *, by: User, now: datetime) -> Action:
    """`queue.again`, which also objects to a kind that this version of the program does not know."""
    try:
        return queue.again(action, by=by, now=now)
    except KeyError as error:
        raise ObjectedError(_("This version of the program does not know how to do this.")) from error
