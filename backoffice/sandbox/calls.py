"""A call of an operation, as a handler sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Call:
    """One authorised call: the request, the values of the path's parameters, and the world it is made in."""

    world: World
    operation: Operation
    request: Request
    path: dict[str, str]
    now: datetime
    request_id: str


@dataclass(frozen=True)
class Operation:
    """An endpoint of Mirakl. `every` is the published maximum frequency, None where it is "on need".

    `per` names the path parameter that the frequency is counted for; a call of one that `writes` is kept in the state
    file.
    """

    id: str
    method: str
    path: str  # with its mount; {name} stands for one segment
    scope: str
    every: timedelta | None
    handler: Callable[[Call], Response]
    per: str = ""
    writes: bool = False
