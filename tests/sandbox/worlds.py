"""Worlds without a server, to be looked at."""

from __future__ import annotations

from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.loading import load


def made(name: str) -> World:
    """The world in memory; close it."""
    world = World(":memory:", switches=Switches(limits=False, settle_seconds=0))
    load(world, name)
    return world
