"""One world: the state file and all that a running sandbox knows about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backoffice.sandbox.clock import Clock
from backoffice.sandbox.faults import Faults
from backoffice.sandbox.frequency import Frequency
from backoffice.sandbox.journal import Journal
from backoffice.sandbox.market.scripts import Scripts
from backoffice.sandbox.paging import PageTokens
from backoffice.sandbox.store import Store
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.tokens import Tokens
from backoffice.sandbox.writes import Writes


class World:
    """Orders, actions, writes, scripts, tokens, clock and page tokens outlive a restart; faults, journal and counted
    calls do not."""

    def __init__(self, state: str | Path, *, switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        self.store = Store(state)
        self.clock = Clock(self.store)
        self.tokens = Tokens(self.store, self.clock, self.switches)
        self.page_tokens = PageTokens(self.store)
        self.scripts = Scripts(self.store)
        self.writes = Writes(self.store)
        self.faults = Faults(self.switches)
        self.frequency = Frequency()
        self.journal = Journal()
        self.next_arrival = self.clock.now()  # of an order, in a world that is alive

    def close(self) -> None:
        self.store.close()

    def state(self) -> dict[str, Any]:
        """What a test or a person wants to see at a glance."""
        return {
            "world": self.store.fact("world"),
            "now": self.clock.now(),
            "orders": self.store.counts(),
            "switches": self.switches,
            "returns": self.store.counts("returns"),
            "documents": self.store.rows("SELECT count(*) FROM documents")[0][0],
            "conversations": self.store.rows("SELECT count(*) FROM conversations")[0][0],
            "products": self.store.rows("SELECT count(*) FROM products")[0][0],
            "actions": self.store.counts("actions"),
            "scripts": self.scripts.waiting(),
            "faults": self.faults.waiting(),
            "tokens": self.store.rows("SELECT count(*) FROM tokens")[0][0],
        }
