"""Files that came with a call: they wait here until its action ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store


@dataclass(frozen=True)
class File:
    filename: str
    content: bytes


def keep(store: Store, action_id: str, files: Iterable[File]) -> None:
    """To be called within the transaction that stores the action."""
    for file in files:
        store.insert("uploads", {"action_id": action_id, "filename": file.filename, "content": file.content})


def of(store: Store, action_id: str) -> list[File]:
    sql = "SELECT filename, content FROM uploads WHERE action_id = ? ORDER BY number"
    return [File(*row) for row in store.rows(sql, (action_id,))]


def forget(store: Store, action_id: str) -> None:
    """Whatever became of them, they wait no longer."""
    store.change("DELETE FROM uploads WHERE action_id = ?", (action_id,))
