"""What a person or a test may switch while the sandbox runs."""

from __future__ import annotations

from typing import Any

import msgspec

MOST_SECONDS = 10**9


class Switches(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    limits: bool = True  # enforce the call frequencies
    speed: float = 1.0  # divides every frequency's interval and the pace at which a living world moves
    alive: bool = False  # new orders arrive and old ones move on by themselves
    token_seconds: int = 3599  # life of an access token
    strict_audience: bool = False  # the token endpoint demands our audience
    settle_seconds: float = 8.0  # until the marketplace ends an action; divided by speed
    show_seconds: float = 0.0  # from an action's SUCCESS until the order shows it; divided by speed
    catalog_seconds: float = 0.0  # from an upsert until listProducts shows it; divided by speed
    largest_attachment: int = 10 * 1024 * 1024  # bytes of a file that goes to a customer
    strict_decisions: bool = False  # a decision that leaves out awaiting lines fails
    strict_returns: bool = False  # a return is closed only once it was received, and refused only with a reason
    seed: int = 1  # of what is left to chance in scripted trouble

    def change(self, **wanted: Any) -> None:
        """Set what is named. `limits` also takes "on" and "off". Raises ValueError and then has changed nothing."""
        if wanted.get("limits") in ("on", "off"):
            wanted["limits"] = wanted["limits"] == "on"
        changed = msgspec.convert({**msgspec.to_builtins(self), **wanted}, Switches)
        if changed.speed <= 0:
            raise ValueError("speed must be above 0")
        if changed.token_seconds <= 0:
            raise ValueError("token_seconds must be above 0")
        for name in ("settle_seconds", "show_seconds", "catalog_seconds"):
            if not 0 <= getattr(changed, name) < MOST_SECONDS:
                raise ValueError(f"{name} is 0 or more and below {MOST_SECONDS:,}")
        if changed.largest_attachment < 1:
            raise ValueError("largest_attachment must be above 0")
        for name in wanted:
            setattr(self, name, getattr(changed, name))
