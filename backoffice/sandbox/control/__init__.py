"""Hands on the world: JSON for tests, a page for a person."""

from __future__ import annotations
