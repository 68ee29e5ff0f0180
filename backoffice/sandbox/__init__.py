"""Mirakl, simulated: a plain WSGI app with rules of its own. It imports nothing of ours and is imported by nothing."""

from __future__ import annotations
