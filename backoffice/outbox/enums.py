"""Words about actions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where an action stands. `moves.MOVES` says how it gets from one to the other."""

    TO_APPROVE = "to_approve", _("To approve")  # above the asker's limit: a colleague must agree
    HELD = "held", _("Held")  # inside its undo window
    WAITING = "waiting", _("Waiting")  # due at `not_before`
    SENDING = "sending", _("Sending")  # one worker holds it
    SENT = "sent", _("Sent")  # Mirakl took it; followed to its end
    CONFIRMED = "confirmed", _("Confirmed")
    FAILED = "failed", _("Failed")  # needs a person, or a new action that follows it
    UNKNOWN = "unknown", _("Unknown")  # we cannot tell whether it arrived
    UNDONE = "undone", _("Undone")  # taken back before anything left
    GIVEN_UP = "given_up", _("Given up")  # a person ended it, with a reason


# What still may change something at Mirakl, or may have: it keeps its target to itself.
OPEN = (State.TO_APPROVE, State.HELD, State.WAITING, State.SENDING, State.SENT, State.UNKNOWN)
# What a later action of the same lane lets go first.
QUEUED = (State.HELD, State.WAITING, State.SENDING)
# What an action that waits for another (`after`) waits for.
ENDED = (State.CONFIRMED, State.UNDONE, State.GIVEN_UP)
# What a person may take back.
UNDOABLE = (State.TO_APPROVE, State.HELD, State.WAITING)


class Cause(models.TextChoices):
    """Why an action is FAILED or UNKNOWN, by who said so."""

    CONFLICT = "conflict", _("Changed meanwhile")  # the object is not what the person saw
    CHECK = "check", _("Not possible any more")  # our own check, just before sending
    REFUSED = "refused", _("Refused by Mirakl")  # 4xx: never carried out
    CHANNEL = "channel", _("Failed at the channel")  # Mirakl took it, the channel did not; `code` says why
    RIGHTS = "rights", _("A right is missing")  # 403
    ADDRESS = "address", _("Wrong address")  # 3xx
    AFTER = "after", _("What it waited for did not happen")
    OURS = "ours", _("A fault on our side")
    LOST = "lost", _("The answer was lost")  # UNKNOWN from here on
    STOPPED = "stopped", _("Our worker stopped while sending")
    GONE = "gone", _("Mirakl no longer knows the action")
    SILENT = "silent", _("No result after seven days")
