"""What workers share lives in Redis. Its faults are told apart from Mirakl's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from backoffice.mirakl.errors import BrokerDown


@contextmanager
def shared() -> Iterator[None]:
    """Turns what Redis raises into BrokerDown."""
    try:
        yield
    except redis.RedisError as error:
        raise BrokerDown(f"({type(error).__name__})") from error
