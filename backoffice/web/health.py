"""What a load balancer or a person asks: does the process live, and is everything there that it needs?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django_celery_beat.models import PeriodicTask

# The scheduler writes its last runs down at every fifth tick (`beat_sync_every`): every ten seconds.
SCHEDULER_SILENT_AFTER = timedelta(minutes=2)

OK = "ok"
# Without these no page can be shown. Without the others pages work: taking every web host out would help nobody.
NEEDED_BY_PAGES = ("database", "migrations")


def checks(now: datetime) -> dict[str, str]:
    """Each thing that pages and workers need: "ok", or what is wrong, without addresses. Nothing is written."""
    found: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "broker": _broker,
        "scheduler": lambda: _scheduler(now),
    }
    return {name: _tried(check) for name, check in found.items()}


def _tried(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        return f"no answer ({type(error).__name__})"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} not applied" if missing else OK


def _broker() -> str:
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as broker:
        broker.ping()
    return OK


def _scheduler(now: datetime) -> str:
    last = PeriodicTask.objects.filter(enabled=True).aggregate(last=Max("last_run_at"))["last"]
    if last is None:
        return "not started yet"
    return OK if now - last < SCHEDULER_SILENT_AFTER else f"silent since {last.isoformat(timespec='seconds')}"
