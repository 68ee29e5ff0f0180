"""From one object to the next in the order of the list that somebody came from."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from backoffice.lists import keyset, saving
from backoffice.lists.declaration import List
from backoffice.lists.keyset import Position
from backoffice.lists.state import read
from backoffice.lists.viewer import Viewer
from backoffice.web.requests import Request


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Primary keys of the rows before and after; None where there is none."""

    previous: int | None = None
    next: int | None = None


def neighbours(the_list: List, request: Request, back: str, pk: int) -> Neighbours:
    """The rows around this one in the list whose state is `back`; none when it is not in there, or nobody came from a
    list. Five queries at most."""
    if not back:
        return Neighbours()
    viewer = Viewer.of(request)
    state = read(the_list, QueryDict(back), viewer, saving.shelf_of(request.user, the_list))
    rows = state.rows()
    here = the_list.rows(request.user).filter(pk=pk).first()
    if here is None:
        return Neighbours()
    position = Position.of(here, state.order)
    found = [
        keyset.beyond(rows, order, position).values_list("pk", flat=True).first()
        for order in (state.order.backwards, state.order)
    ]
    return Neighbours(*found)
