from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from pytest_django import DjangoAssertNumQueries, Settings

READY = {"database": "ok", "migrations": "ok", "broker": "ok", "scheduler": "ok"}


def beat(seconds_ago: float) -> None:
    """The scheduler ran something this long ago."""
    every, _ = IntervalSchedule.objects.get_or_create(every=2, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.all().delete()
    PeriodicTask.objects.create(
        name="due", task="sync.due", interval=every, last_run_at=timezone.now() - timedelta(seconds=seconds_ago)
    )


def ready(client: Client) -> tuple[int, Any]:
    response = client.get("/health/ready")
    return response.status_code, response.json()


def test_live_asks_for_nothing(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    response = client.get("/health/live")

    assert (response.status_code, response.json(), response.cookies) == (200, {"status": "ok"}, {})


def test_ready_when_everything_answers(client: Client, db: None, memory: None) -> None:
    beat(5)

    assert ready(client) == (200, {"status": "ok", "checks": READY})


def test_ready_writes_nothing(
    client: Client, db: None, memory: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    beat(5)

    with django_assert_num_queries(4) as captured:
        client.get("/health/ready")

    assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in captured.captured_queries)


def test_ready_names_the_broker_that_is_gone_without_its_address(client: Client, db: None, settings: Settings) -> None:
    beat(5)
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"

    assert ready(client) == (200, {"status": "degraded", "checks": {**READY, "broker": "no answer (ConnectionError)"}})


def test_ready_names_a_migration_that_is_missing(client: Client, db: None, memory: None) -> None:
    beat(5)
    newest = MigrationRecorder(connection).migration_qs.filter(app="orders").latest("name")
    newest.delete()

    assert ready(client) == (503, {"status": "not ready", "checks": {**READY, "migrations": "1 not applied"}})


def test_ready_names_a_scheduler_that_never_ran(client: Client, db: None, memory: None) -> None:
    assert ready(client)[1]["checks"]["scheduler"] == "not started yet"


def test_ready_names_a_scheduler_that_fell_silent(client: Client, db: None, memory: None) -> None:
    beat(1200)

    status, body = ready(client)

    assert (status, body["checks"]["scheduler"][:12]) == (200, "silent since")
