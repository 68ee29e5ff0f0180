"""What the launcher says to the person who started it."""

from __future__ import annotations

import contextlib


class CannotStartError(Exception):
    """Its text is a sentence that says what is wrong and what to do."""


def say(sentence: str) -> None:
    # The terminal may be closed already; that must not keep us from stopping in order.
    with contextlib.suppress(OSError):
        print(sentence, flush=True)  # noqa: T201 -- a person at a terminal reads it
