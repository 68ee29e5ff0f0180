"""Forgets everything that the embedded set-up ever kept."""

from __future__ import annotations

import shutil
from pathlib import Path

from backoffice.launch import places
from backoffice.launch.console import CannotStartError, say


def reset(var: Path, *, database_url: str = "") -> None:
    """Removes the state folder; refuses while it is in use, if it does not look like ours, or if it is not all."""
    if database_url:
        raise CannotStartError(
            f"DATABASE_URL is set, so the data are not in {var} but in that database, and the keys in {var} are needed "
            "to read its secrets. Take DATABASE_URL out of the environment and of .env, or drop the database yourself."
        )
    if not var.exists():
        say("There is nothing to forget.")
        return
    # VAR_DIR may name anything, a home folder too.
    if any(var.iterdir()) and not (var / "run.lock").exists():
        raise CannotStartError(f"{var} was not made by `make run`: it is left alone. Remove it yourself if it may go.")
    with places.lock(var):
        shutil.rmtree(var)
    say(f"Forgot everything: {var} is gone.")
