"""What every group of calls of Connect stands on."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

import msgspec

from backoffice.mirakl import wire
from backoffice.mirakl.connect.types import Acknowledgement
from backoffice.mirakl.downloads import Download, check_zip, download_of
from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.operations import Operation
from backoffice.mirakl.pacing import Pacer
from backoffice.mirakl.reading import read, what_it_is
from backoffice.mirakl.transport import DOWNLOAD, TIMEOUT, Auth, Part, Query, Transport
from backoffice.mirakl.watching import Watcher


class Calls:
    """A base URL and whoever calls it."""

    def __init__(  # noqa: PLR0913 -- keyword-only settings, each on its own
        self,
        base_url: str,
        *,
        auth: Auth,
        pacer: Pacer | None = None,
        watcher: Watcher | None = None,
        name: str = "",
        speed: float = 1.0,
        timeout: wire.Timeout = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(
            base_url.rstrip("/"),
            auth=auth,
            pacer=pacer,
            watcher=watcher,
            name=name,
            speed=speed,
            timeout=timeout,
            sleep=sleep,
        )

    def call_raw(
        self,
        operation: Operation,
        path: Mapping[str, str],
        *,
        query: Query = (),
        json: object = None,
        parts: Sequence[Part] = (),
    ) -> bytes:
        """Makes any call with any body, unchecked; the JSON text of its answer, or nothing where there is none.

        For a person at a terminal: whoever knows what is called uses its method. A `msgspec.Raw` is sent as it is.
        Raises any MiraklError, and ValueError for a part of the path that cannot stand there.
        """
        return self._transport.call(operation, _read_raw, query=query, form=None, json=json, parts=parts, **path)

    def download_raw(
        self, operation: Operation, path: Mapping[str, str], into: BinaryIO, *, query: Query = ()
    ) -> Download:
        """The same for a call that is answered with a ZIP archive: it is streamed into `into`, which is seekable."""
        answer = self._transport.download(operation, into, check=check_zip, largest=DOWNLOAD, query=query, **path)
        return download_of(answer, f"{operation.name}.zip")


def _read_raw(body: bytes) -> bytes:
    try:
        return msgspec.json.format(body) if body else b""
    except (ValueError, RecursionError):
        raise Unreadable(what_it_is(body)) from None


def read_action_id(body: bytes) -> str:
    """The id that an accepted write is followed by. Raises Unreadable when there is none."""
    acknowledgement = read(body, Acknowledgement)
    action_id = acknowledgement.action_id or acknowledgement.tracking_id
    if not action_id:
        raise Unreadable("It has no action id.")
    return action_id


def read_nothing(body: bytes) -> None:
    """Of an answer whose status is all there is to know. Raises Unreadable for a web page: it is nobody's success."""
    if body.lstrip().startswith(b"<"):
        raise Unreadable(what_it_is(body))


def warn(operation: Operation, instead: str) -> None:
    """To be called first in the method of a deprecated operation."""
    text = f"{operation.id} is deprecated at Mirakl: use {instead}."
    warnings.warn(text, DeprecationWarning, stacklevel=3)
