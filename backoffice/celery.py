"""The Celery application. Rows in the database are the truth; the broker only wakes workers."""

from __future__ import annotations

import gc
import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery
from celery.signals import worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")


def broker_url(redis_url: str) -> str:
    """The broker's address as kombu spells it: `unix:///path?db=1` is `redis+socket:///path?virtual_host=1` there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    database = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={database}"


def keep_startup_out_of_collections(**_: Any) -> None:
    """What was loaded at the start stays for ever; frozen, no garbage collection looks through it again."""
    gc.collect()
    gc.freeze()


worker_init.connect(keep_startup_out_of_collections)

app = Celery("backoffice")
app.conf.update(
    broker_url=broker_url(settings.REDIS_URL),
    broker_connection_retry_on_startup=True,
    # An unacknowledged message comes back after this many seconds: far above the longest task.
    broker_transport_options={"visibility_timeout": 3600},
    timezone="UTC",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    beat_scheduler="django_celery_beat.schedulers:DatabaseScheduler",
    beat_max_loop_interval=1,
    beat_sync_every=5,  # ticks: `/health/ready` asks the rows when the scheduler last ran
    beat_schedule={
        "outbox_due": {"task": "outbox.due", "schedule": 1.0, "options": {"expires": 5}},
        "connections_due": {"task": "connections.due", "schedule": 2.0, "options": {"expires": 10}},
        "sync_due": {"task": "sync.due", "schedule": 2.0, "options": {"expires": 10}},
        "orders_report": {"task": "orders.report", "schedule": 60.0, "options": {"expires": 60}},
        "orders_renew_deadlines": {"task": "orders.renew_deadlines", "schedule": 60.0, "options": {"expires": 60}},
    },
)
app.autodiscover_tasks()
