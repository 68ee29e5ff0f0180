"""Starts the children, keeps them alive, and stops them in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType

from backoffice.launch.children import Child
from backoffice.launch.console import CannotStartError, say
from backoffice.launch.lifeline import Watcher

TICK = 0.1
# How long a child may take until it answers, and until it has ended after being asked to; seconds.
START_PATIENCE = 60
STOP_PATIENCE = 6
# The pause before a child that died is started again doubles from the first to the last; a calm minute forgets it.
FIRST_PAUSE, LAST_PAUSE, CALM_AFTER = 1.0, 30.0, 60.0


class StopRequested(Exception):  # noqa: N818 -- not an error: a person or the system asked for it
    """Ctrl-C, SIGTERM, a closed terminal, or whoever started us is gone."""


class Supervisor:
    def __init__(self) -> None:
        self._told_to_stop = False
        self._parent = os.getppid()
        self._watcher = None if sys.platform == "linux" else Watcher()
        self._lives: list[_Life] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop_soon)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup the hang-up is ignored, and stays so
            signal.signal(signal.SIGHUP, self._stop_soon)

    def start(self, *children: Child) -> None:
        """Starts them and does not wait; `wait_for_answers` does."""
        for child in children:
            self._lives.append(_Life(child))
            child.start(self._watcher)

    def wait_for_answers(self) -> None:
        """Until every child answers. A child that dies meanwhile, or never answers, ends the start."""
        end = time.monotonic() + START_PATIENCE
        for life in self._lives:
            while not life.child.answers():
                _check_alive(life.child)
                if time.monotonic() > end:
                    raise CannotStartError(_sentence(life.child, f"does not answer after {START_PATIENCE} s"))
                self._tick()
            _check_alive(life.child)
            life.answered = True

    def run(self, child: Child) -> None:
        """A child that does its work and ends; its failure ends the start."""
        self._lives.append(_Life(child))
        child.start(self._watcher)
        while child.running:
            self._tick()
        if child.code:
            raise CannotStartError(_sentence(child, child.how_it_ended()))
        child.end(self._watcher)
        self._lives.pop()

    def keep_alive(self) -> None:
        """Never returns: ends with StopRequested."""
        while True:
            for life in self._lives:
                self._look_after(life)
            self._tick()

    def stop(self, *groups: tuple[str, ...]) -> None:
        """Asks the children of each group to end, and waits for them before the next group. A second Ctrl-C hurries."""
        self._told_to_stop = False
        for names in groups:
            children = [life.child for life in self._lives if life.child.name in names]
            for child in children:
                child.ask_to_end()
            end = time.monotonic() + STOP_PATIENCE
            while any(child.running for child in children) and time.monotonic() < end and not self._told_to_stop:
                time.sleep(TICK / 2)
        for life in self._lives:
            life.child.end(self._watcher)
        if self._watcher:
            self._watcher.close()

    def _look_after(self, life: _Life) -> None:
        child = life.child
        if child.running:
            if not life.answered and child.answers():
                life.answered = True
                say(f"{child.name} works again.")
        elif life.start_at is None:
            pause = life.next_pause()
            say(_sentence(child, f"{child.how_it_ended()}; it is started again in {pause:.0f} s"))
            child.end(self._watcher)
        elif time.monotonic() >= life.start_at:
            life.begin_again()
            child.start(self._watcher)

    def _tick(self) -> None:
        time.sleep(TICK)
        if self._told_to_stop or os.getppid() != self._parent:
            raise StopRequested

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self._told_to_stop = True


class _Life:
    """A child over all its starts."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.answered = False
        self.start_at: float | None = None
        self._pause = FIRST_PAUSE
        self._started_at = time.monotonic()

    def next_pause(self) -> float:
        calm = time.monotonic() - self._started_at > CALM_AFTER
        pause = FIRST_PAUSE if calm else self._pause
        self._pause = min(2 * pause, LAST_PAUSE)
        self.start_at = time.monotonic() + pause
        return pause

    def begin_again(self) -> None:
        self.answered = False
        self.start_at = None
        self._started_at = time.monotonic()


def _check_alive(child: Child) -> None:
    if not child.running:
        raise CannotStartError(_sentence(child, child.how_it_ended()))


def _sentence(child: Child, what: str) -> str:
    return f"{child.name} {what}. Its last lines, all of them in {child.log}:\n{child.last_words()}"
