"""The keys that nobody set: written once into the state folder, readable by their owner only."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def write_missing_keys(file: Path) -> list[str]:
    """Adds what is missing and never changes what is there; the names of the keys it added.

    The file is replaced in one step: a crash in the middle leaves the old one.
    """
    text = file.read_text() if file.exists() else ""
    there = set(re.findall(r"^(?:export )?([A-Z_]+)=.", text, re.MULTILINE))
    keys = {"SECRET_KEY": secrets.token_hex(32), "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    missing = [name for name in keys if name not in there]
    if missing:
        lines = [*text.splitlines(), *(f"{name}={keys[name]}" for name in missing)]
        _replace(file, "\n".join(lines) + "\n")
    return missing


def _replace(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
