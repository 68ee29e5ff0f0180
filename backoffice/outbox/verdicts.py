"""What an error of a call means for an action. A table without side effects: `delivery` acts on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from backoffice.connections.fields import UnreadableSecretError
from backoffice.mirakl import errors
from backoffice.outbox.enums import Cause, State


@dataclass(frozen=True, slots=True)
class Verdict:
    """The next state. `until`: Mirakl, or our pacing, said when to come back. `shut`: the connection is in trouble.
    `may_have_arrived`: of an action that waits to be sent a second time."""

    state: State
    cause: Cause | None = None
    until: datetime | None = None
    shut: bool = False
    may_have_arrived: bool = False


def of(error: Exception, *, departed: bool, harmless_twice: bool, now: datetime) -> Verdict:
    """`departed`: a byte of the write may have left, and it was not refused at the door (401, 429). Anything else that
    went wrong (no token, our own pacing) happened before, and the action simply waits."""
    if isinstance(error, errors.NotYet):
        return Verdict(State.WAITING, until=error.until)
    if isinstance(error, errors.TooSoon):  # refused at the door
        return Verdict(State.WAITING, until=now + timedelta(seconds=error.retry_after), shut=True)
    if isinstance(error, errors.MiraklError | UnreadableSecretError) and not departed:
        return Verdict(State.WAITING, shut=True)
    if not departed:
        return Verdict(State.FAILED, Cause.OURS)
    return _after_departure(error, harmless_twice=harmless_twice)


def _after_departure(error: Exception, *, harmless_twice: bool) -> Verdict:
    if isinstance(error, errors.CouldNotConnect):  # it was about to leave, and did not
        return Verdict(State.WAITING, shut=True)
    if isinstance(error, errors.NotAuthorised):
        return Verdict(State.FAILED, Cause.RIGHTS)
    if isinstance(error, errors.Refused):
        return Verdict(State.FAILED, Cause.REFUSED)
    if isinstance(error, errors.Redirected):
        return Verdict(State.FAILED, Cause.ADDRESS)
    if harmless_twice:
        return Verdict(State.WAITING, shut=True, may_have_arrived=True)
    # A Mirakl in trouble would make every action that is due an unknown one.
    return Verdict(State.UNKNOWN, Cause.LOST, shut=isinstance(error, errors.MiraklError))
