"""The client of the Mirakl APIs: plain typed Python that knows neither Django nor Celery."""

from __future__ import annotations

from backoffice.mirakl.auth import Bearer, ClientCredentials, RedisTokens, ShopKey
from backoffice.mirakl.connect.client import Connect
from backoffice.mirakl.pacing import RedisPacer
from backoffice.mirakl.pages import Page
from backoffice.mirakl.watching import Exchange, Watcher

__all__ = [
    "Bearer",
    "ClientCredentials",
    "Connect",
    "Exchange",
    "Page",
    "RedisPacer",
    "RedisTokens",
    "ShopKey",
    "Watcher",
]
