"""How the state of a connection looks, and what came of its last check."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from backoffice.connections.enums import CheckState, State
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.web.badges import Badge

STATES: Mapping[str, Badge] = {
    State.ACTIVE: Badge(State.ACTIVE.label, "done", "check"),
    State.OBSERVE: Badge(State.OBSERVE.label, "work", "search"),
    State.PAUSED: Badge(State.PAUSED.label, "ended", "hourglass"),
    State.STOPPED: Badge(State.STOPPED.label, "late", "lock"),
}
TROUBLE = Badge(_("Trouble"), "late", "warning")
UNTRIED = Badge(_("Not tried yet"), "unknown", "question")

GOOD = Badge(_("Good"), "done", "check")
BAD = Badge(_("Failed"), "late", "close")
INCOMPLETE = Badge(_("Not complete"), "attention", "clock")
UNDER_WAY = Badge(_("Under way"), "moving", "hourglass")
BROKEN_OFF = Badge(CheckState.REPLACED.label, "ended", "close")


def of_connection(connection: Connection) -> list[Badge]:
    """Its state, and beside it what else there is to know at a glance."""
    shown = [STATES[connection.state]]
    if connection.trouble and connection.state not in {State.STOPPED, State.PAUSED}:
        shown.append(TROUBLE)
    elif not connection.trouble and connection.last_success_at is None:
        shown.append(UNTRIED)
    return shown


def of_check(check: ConnectionCheck) -> Badge:
    """How it ended, or that it has not."""
    if check.state == CheckState.REPLACED:
        return BROKEN_OFF
    if check.state != CheckState.DONE:
        return UNDER_WAY
    return {True: GOOD, False: BAD, None: INCOMPLETE}[check.ok]
