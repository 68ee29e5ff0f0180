"""The operations of Connect."""

from __future__ import annotations
