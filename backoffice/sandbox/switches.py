"""What a person or a test may switch while the sandbox runs."""

from __future__ import annotations

from typing import Any

import msgspec


class Switches(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    limits: bool = True  # enforce the call frequencies
    speed: float = 1.0  # divides every frequency's interval and the pace at which a living world moves
    alive: bool = False  # new orders arrive and old ones move on by themselves
    token_seconds: int = 3599  # life of an access token
    strict_audience: bool = False  # the token endpoint demands our audience

    def change(self, **wanted: Any) -> None:
        """Set what is named. `limits` also takes "on" and "off". Raises ValueError and then has changed nothing."""
        if wanted.get("limits") in ("on", "off"):
            wanted["limits"] = wanted["limits"] == "on"
        changed = msgspec.convert({**msgspec.to_builtins(self), **wanted}, Switches)
        if changed.speed <= 0:
            raise ValueError("speed must be above 0")
        if changed.token_seconds <= 0:
            raise ValueError("token_seconds must be above 0")
        for name in wanted:
            setattr(self, name, getattr(changed, name))
