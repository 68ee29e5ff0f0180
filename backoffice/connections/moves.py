"""What a person can do with a connection as it stands, in words: each button with its consequence."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.connections.backlog import Backlog
from backoffice.connections.enums import State
from backoffice.connections.models import Connection
from backoffice.users import rights
from backoffice.users.models import User


@dataclass(frozen=True, slots=True)
class Move:
    """A button and what follows from it. `first`: the one that most people come for."""

    label: str
    url: str
    consequence: str
    first: bool = False


def offered(connection: Connection, user: User, backlog: Backlog) -> list[Move]:
    """The moves that this person may make now."""
    moves = []
    paused = connection.state == State.PAUSED
    if user.has_perm(rights.CONNECT):
        if connection.state in (State.OBSERVE, State.PAUSED):
            moves.append(_activate(connection, backlog, first=not paused or connection.resumes_to != State.OBSERVE))
        if connection.state in (State.ACTIVE, State.PAUSED):
            moves.append(_observe(connection, first=paused and connection.resumes_to == State.OBSERVE))
    if user.has_perm(rights.APPROVE) and not paused:
        moves.append(_pause(connection))
    return sorted(moves, key=lambda move: not move.first)


def _activate(connection: Connection, backlog: Backlog, *, first: bool) -> Move:
    label = _("Resume: read and send") if connection.state == State.PAUSED else _("Let it send")
    if backlog.waiting:
        said = ngettext(
            "It reads and sends: %(number)d change that waits leaves at once.",
            "It reads and sends: %(number)d changes that wait leave at once.",
            backlog.waiting,
        ) % {"number": backlog.waiting}
    else:
        said = _("It reads and sends: what staff ask for leaves from now on. Nothing waits at the moment.")
    return Move(label, _url("activate", connection), said, first)


def _observe(connection: Connection, *, first: bool) -> Move:
    label = _("Resume: observe only") if connection.state == State.PAUSED else _("Observe only")
    said = _("It goes on reading. Nothing is sent: what staff ask for waits here, and can be undone until then.")
    return Move(label, _url("observe", connection), said, first)


def _pause(connection: Connection) -> Move:
    said = _("Nothing is read and nothing is sent. What staff ask for waits; new orders are not seen.")
    return Move(_("Pause"), _url("pause", connection), said)


def _url(verb: str, connection: Connection) -> str:
    return reverse(f"connections:{verb}", args=[connection.pk])
