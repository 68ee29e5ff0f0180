"""Every call that came in, newest last: for tests, and for a person who wonders what a client does."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from werkzeug.datastructures import Headers

KEPT = 2000
SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def add(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def harmless(headers: Headers) -> dict[str, str]:
    """The headers of a call; of those that carry a secret only the fact that they were sent."""
    return {name: "(not kept)" if name.lower() in SECRET_HEADERS else value for name, value in headers.items()}
