"""Real Celery processes on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection as database

from tests.broker import LAUNCH, Broker


@contextmanager
def celery(broker: Broker, *arguments: str) -> Iterator[None]:
    """`celery … worker` or `celery … beat`, gone with the block or with the test process."""
    name = str(database.settings_dict["NAME"])
    server = "sqlite://" if database.vendor == "sqlite" else os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = os.environ | {
        "DATABASE_URL": f"{server}/{name}",
        "REDIS_URL": broker.url,
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
    }
    command = [sys.executable, "-m", "celery", "-A", "backoffice.celery", *arguments, "--loglevel", "WARNING"]
    process = subprocess.Popen([sys.executable, "-c", LAUNCH, *command], cwd=settings.BASE_DIR, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


WORKER = ("worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle")
SCHEDULER = ("beat",)
