"""Where an action stands: in a few words, and why it is not further."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.outbox import following, words
from backoffice.outbox.enums import ENDED, State
from backoffice.outbox.models import Action, Valve
from backoffice.web import times

# What is asked for stands behind an arrow as long as no reading shows it: it is not true yet, or never was.
_SENTENCES: Mapping[str, Promise] = {
    State.TO_APPROVE: gettext_lazy("→ %(intent)s, waiting for a colleague to agree"),
    State.HELD: gettext_lazy("→ %(intent)s, held until %(time)s"),
    State.WAITING: gettext_lazy("→ %(intent)s, waiting to be sent"),
    "again": gettext_lazy("→ %(intent)s, tried again at %(time)s"),
    State.SENDING: gettext_lazy("→ %(intent)s, being sent"),
    State.SENT: gettext_lazy("→ %(intent)s, waiting for Mirakl"),
    "unseen": gettext_lazy("→ %(intent)s, confirmed; the next reading will show it"),
    "differs": gettext_lazy("→ %(intent)s, confirmed, but not seen in two readings"),
    State.CONFIRMED: gettext_lazy("%(intent)s: confirmed, and seen in a reading"),
    State.FAILED: gettext_lazy("→ %(intent)s, failed"),
    "followed": gettext_lazy("→ %(intent)s, failed and asked for again"),
    State.UNKNOWN: gettext_lazy("→ %(intent)s, unknown whether it arrived"),
    State.UNDONE: gettext_lazy("→ %(intent)s, undone: nothing was sent"),
    State.GIVEN_UP: gettext_lazy("→ %(intent)s, given up"),
}


def sentence(action: Action, intent: str, successor: Action | None, now: datetime) -> str:
    """Where it stands, in a few words; never a state that is not true yet."""
    key = _key(action, successor, now)
    return str(_SENTENCES[key]) % {"intent": intent, "time": times.clock(action.not_before, now)}


def _key(action: Action, successor: Action | None, now: datetime) -> str:
    if action.state == State.HELD and action.not_before <= now:
        return State.WAITING
    if action.state == State.WAITING and action.automatic and action.not_before > now:
        return "again"
    if action.state == State.FAILED and successor is not None:
        return "followed"
    if action.state == State.CONFIRMED and action.differs_at:
        return "differs"
    if action.state == State.CONFIRMED and action.seen_at is None:
        return "unseen"
    return action.state


def waits(action: Action, now: datetime) -> str:
    """Why it is not further, or how it ended; "" where an explanation says more."""
    say = _WAITS.get(action.state)
    return say(action, now) if say else ""


def _to_approve(action: Action, now: datetime) -> str:
    who = str(action.asked_by or _("A rule"))
    return _("Above the limit of %(who)s: a colleague has to agree before it leaves.") % {"who": who}


def _held(action: Action, now: datetime) -> str:
    if action.not_before > now:
        said = _("It can be undone until %(time)s; nothing has left.") % {"time": times.clock(action.not_before, now)}
    else:  # nobody has seen to it yet
        said = _("Nothing has left; it can still be undone.")
    return said + _after(" ", kept_by(action.connection, now))


def _after(space: str, text: str) -> str:
    return space + text if text else ""


def _waiting(action: Action, now: datetime) -> str:
    return _before(action) + why_waiting(action, now)


def _before(action: Action) -> str:
    """Why there is a repetition at all."""
    if not action.automatic or action.follows is None:
        return ""
    failed = action.follows
    entry = words.entry_of(failed.cause, failed.code)
    said = words.explain(entry, cause=failed.cause, code=failed.code, place=failed.place, about=failed.label)
    return f"{said.sentence} "


def why_waiting(action: Action, now: datetime) -> str:
    """What keeps a waiting action, by what has to end first."""
    return (
        kept_by(action.connection, now)
        or _by_another(action)
        or _by_time(action, now)
        or _by_lane(action)
        or _at_once(action)
    )


def kept_by(connection: Connection, now: datetime) -> str:
    """Why nothing leaves through this connection; "" when something does."""
    named = {"name": connection.name}
    if connection.state == ConnectionState.PAUSED:
        return _("%(name)s is paused: nothing leaves until an administrator lets the connection go on.") % named
    if connection.state == ConnectionState.STOPPED:
        return (
            _(
                "Mirakl refuses the credentials of %(name)s: nothing leaves. Nothing is lost; "
                "it goes on by itself once they are accepted again."
            )
            % named
        )
    if connection.state == ConnectionState.OBSERVE:
        return _("%(name)s only observes: nothing leaves until an administrator lets the connection send.") % named
    valve: Valve | None = getattr(connection, "valve", None)
    if valve is None or valve.shut_until is None or valve.shut_until <= now:
        return ""
    values = {**named, "trouble": connection.get_trouble_display(), "time": times.clock(valve.shut_until, now)}
    if not connection.trouble or connection.trouble_since is None:
        return _("%(name)s takes nothing at the moment. Nothing is lost; the next try is at %(time)s.") % values
    values["since"] = times.clock(connection.trouble_since, now)
    return _("%(trouble)s (%(name)s, since %(since)s). Nothing is lost; the next try is at %(time)s.") % values


def _by_another(action: Action) -> str:
    if action.after is None or action.after.state in ENDED:
        return ""
    return _("It waits for the end of action #%(number)s.") % {"number": action.after_id}


def _by_time(action: Action, now: datetime) -> str:
    if action.not_before <= now:
        return ""
    if action.automatic:
        return again_at(action, now)
    return _("Mirakl did not take it yet; the next try is at %(time)s.") % {"time": times.clock(action.not_before, now)}


def _by_lane(action: Action) -> str:
    ahead = getattr(action, "ahead", None)
    return _("Action #%(number)s about the same goes first.") % {"number": ahead} if ahead else ""


def _at_once(action: Action) -> str:
    if action.departed_at:
        return _("Its answer was lost. It does no harm twice, so it is sent again within seconds.")
    return _("It leaves within seconds.")


def again_at(successor: Action, now: datetime) -> str:
    """When a failed action is asked for again by itself."""
    said = _("We try again by ourselves at %(time)s (repetition %(number)d of %(most)d)") % {
        "time": times.clock(successor.not_before, now),
        "number": successor.attempt_number - 1,
        "most": len(following.REPEAT_AFTER),
    }
    if successor.deadline:
        return _("%(said)s, and never after the deadline, %(deadline)s.") % {
            "said": said,
            "deadline": times.clock(successor.deadline, now),
        }
    return f"{said}."


def _sending(action: Action, now: datetime) -> str:
    return _("A worker is sending it at this moment.")


def _followed(action: Action, now: datetime) -> str:
    taken = action.sent_at or action.departed_at or action.asked_at
    said = _("Mirakl took it at %(time)s.") % {"time": times.clock(taken, now)}
    if action.remote_status and action.remote_status.upper() != "PENDING":
        said += " " + _("Its status there is “%(word)s”, a word that we do not know.") % {"word": action.remote_status}
    if now - taken > following.LATE:
        said += " " + _("That is %(span)s ago, longer than usual.") % {"span": times.length(now - taken)}
    if action.ask_at is None:
        return said + " " + _("The next readings show whether it happened.")
    if action.ask_at <= now:
        return said + " " + _("We ask what became of it now.")
    return said + " " + _("We ask what became of it at %(time)s.") % {"time": times.clock(action.ask_at, now)}


def _ended(action: Action, now: datetime) -> str:
    who = str(action.ended_by or _("A rule"))
    values = {"who": who, "time": times.clock(action.ended_at, now) if action.ended_at else "", "reason": action.reason}
    if action.state == State.UNDONE and action.reason:
        return _("%(who)s took it back at %(time)s: %(reason)s") % values
    if action.state == State.UNDONE:
        return _("%(who)s took it back at %(time)s, before anything left.") % values
    if not action.reason:
        return _("%(who)s asked for it again at %(time)s.") % values
    return _("%(who)s ended it at %(time)s: %(reason)s") % values


_WAITS: Mapping[str, Callable[[Action, datetime], str]] = {
    State.TO_APPROVE: _to_approve,
    State.HELD: _held,
    State.WAITING: _waiting,
    State.SENDING: _sending,
    State.SENT: _followed,
    State.UNDONE: _ended,
    State.GIVEN_UP: _ended,
}


def too_late(action: Action, now: datetime) -> str:
    """Why it could not be undone."""
    values = {"who": str(action.ended_by or _("Somebody")), "time": ""}
    if action.state == State.UNDONE:
        values["time"] = times.clock(action.ended_at, now) if action.ended_at else ""
        return _("%(who)s had undone it already, at %(time)s. Nothing was sent.") % values
    if action.departed_at:
        values["time"] = times.clock(action.departed_at, now)
        return _("Too late: it left at %(time)s. This is how it stands now.") % values
    if action.state == State.SENDING:
        return _("Too late: it is being sent at this moment.")
    return _("Too late: it has ended already. This is how it stands now.")
