"""The marketplaces behind Connect, simulated: they end actions after a while and change the orders."""

from __future__ import annotations
