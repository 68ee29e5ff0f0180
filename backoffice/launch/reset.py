"""Forgets everything that the embedded set-up ever kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from backoffice.launch import places
from backoffice.launch.console import CannotStartError, say


def reset(var: Path) -> None:
    """Removes the state folder; refuses while it is in use, and if it does not look like ours."""
    if not var.exists():
        say("There is nothing to forget.")
        return
    # VAR_DIR may name anything, a home folder too.
    if any(var.iterdir()) and not (var / "run.lock").exists():
        raise CannotStartError(f"{var} was not made by `make run`: it is left alone. Remove it yourself if it may go.")
    with places.lock(var):
        shutil.rmtree(var)
    say(f"Forgot everything: {var} is gone.")
