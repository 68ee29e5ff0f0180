"""Call frequencies, kept by all workers together: one key per credential and operation."""

from __future__ import annotations

import math
from typing import Protocol

import redis

from backoffice.mirakl.broker import shared

# KEYS[1] holds the moment (ms) from which the next call is free. Redis's own clock: the clocks of hosts differ.
_RESERVE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = free - now
if wait <= tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], string.format('%d', free + ARGV[1]), 'PX', string.format('%d', wait + ARGV[1] + 1))
end
return wait
"""
_HOLD = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local free = math.max(now + ARGV[1], tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], string.format('%d', free), 'PX', string.format('%d', free - now + 1))
return redis.status_reply('OK')
"""


class Pacer(Protocol):
    """Says when a call may be made."""

    def reserve(self, key: str, interval: float, *, patience: float) -> float:
        """Seconds to wait. Up to `patience` the turn is ours then; beyond, nothing is reserved."""

    def hold(self, key: str, seconds: float) -> None:
        """Nobody gets a turn for so long: Mirakl said so."""

    def held(self, key: str) -> float:
        """Seconds to wait where nothing but a hold is waited for. Nothing is reserved."""


class RedisPacer:
    """A Pacer that all processes and hosts share; one round trip per question. Raises BrokerDown."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self._reserve = client.register_script(_RESERVE)
        self._hold = client.register_script(_HOLD)

    def reserve(self, key: str, interval: float, *, patience: float) -> float:
        with shared():
            wait = self._reserve(keys=[_key(key)], args=[round(interval * 1000), round(patience * 1000)])
        return int(wait) / 1000

    def hold(self, key: str, seconds: float) -> None:
        with shared():
            self._hold(keys=[_key(key)], args=[math.ceil(seconds * 1000)])

    def held(self, key: str) -> float:
        with shared():  # the key lives as long as the hold; Redis gives -2 where there is none
            left = self._client.pttl(_key(key))
        return max(int(left), 0) / 1000


def _key(key: str) -> str:
    return f"mirakl:pace:{key}"
