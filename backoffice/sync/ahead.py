"""Fetching the next page while this one is being written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


class _End:
    """Put last into the queue: the end of the iteration, or the error that ended it."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[T], *, depth: int, beat: float) -> Generator[T | None]:
    """The items in order, produced by a thread that stays at most `depth` of them ahead.

    Yields None whenever `beat` seconds pass without an item, so that the caller can show that it is alive. An error
    of the producer is raised here. Closing the generator stops the thread after the item it is at.
    """
    fetched: queue.Queue[T | _End] = queue.Queue(maxsize=depth)
    stopped = threading.Event()
    thread = threading.Thread(target=_produce, args=(items, fetched, stopped), name="fetch-ahead", daemon=True)
    thread.start()
    try:
        while True:
            try:
                item = fetched.get(timeout=beat)
            except queue.Empty:
                yield None
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        stopped.set()


def _produce(items: Iterable[T], fetched: queue.Queue[T | _End], stopped: threading.Event) -> None:
    end = _End()
    try:
        for item in items:
            _put(item, fetched, stopped)
            if stopped.is_set():
                return
    except BaseException as error:  # whatever it is, the consumer raises it in its own thread
        end = _End(error)
    _put(end, fetched, stopped)


def _put(item: T | _End, fetched: queue.Queue[T | _End], stopped: threading.Event) -> None:
    """Waits for room, but not for a consumer that has gone."""
    while not stopped.is_set():
        try:
            fetched.put(item, timeout=0.2)
        except queue.Full:
            continue
        return
