"""Returns in a world: built, put there, changed, and what happens to them by itself."""

from __future__ import annotations
