"""What a caller sees of the attempts of a call, so that it can keep a record of every write."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from backoffice.mirakl.operations import Operation


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt of a call, from the first byte that could leave to the end of the answer, or to its loss.

    The bodies are there for a caller who was told to keep them: they hold customers' data and are never logged. Of a
    file in a multipart body `sent` has the name and the size, and of one that was downloaded `received` has nothing.
    """

    operation_id: str
    at: datetime  # its start, in UTC
    status: int  # of the answer; 0 when none came whole
    outcome: str  # "ok", or the name of the error's class
    milliseconds: int
    code: str  # of Mirakl's error envelope, where there is one
    text: str  # the error's own sentence, without secrets; empty for a success
    request_id: str
    sent: bytes = field(repr=False)
    received: bytes = field(repr=False)


class Watcher(Protocol):
    """Is told of every attempt, in the thread that makes it. Calls of the token endpoint are not reported.

    A call has several attempts when it is repeatable, and also when Mirakl refused it at the door: with 401, to which
    a new token is the answer, or with 429 and a short wait.
    """

    def departing(self, operation: Operation) -> None:
        """The next thing that happens is that a connection is opened and the first byte can leave.

        Whatever this raises reaches the caller as it is; then nothing is sent and nothing is `returned`.
        """

    def returned(self, exchange: Exchange) -> None:
        """The attempt is over: exactly once after each `departing`, also when its answer was lost.

        It must not raise: the error would take the place of the answer.
        """
