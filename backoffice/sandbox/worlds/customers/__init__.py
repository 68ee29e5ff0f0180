"""Customers who write, and what is written back: in the worlds, by hand and by itself."""

from __future__ import annotations
