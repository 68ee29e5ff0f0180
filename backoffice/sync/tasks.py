"""What Celery calls. The rules are in `queue` and `runner`; the row decides, a message only wakes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from backoffice.sync import queue, runner


@shared_task(name="sync.due")  # type: ignore[untyped-decorator]  # -- Celery ships no types
def due() -> None:
    """Sync's only periodic entry: wakes a worker for every cursor that is due."""
    queue.make_cursors()
    for cursor in queue.due(timezone.now()):
        # A message that nobody took in time is repeated by the next tick; without an end they would pile up.
        run.apply_async([cursor.pk], expires=30)


@shared_task(name="sync.run")  # type: ignore[untyped-decorator]  # -- as above
def run(cursor_id: int) -> None:
    """Reads one cursor, if it is still due and nobody else is at it."""
    runner.run(cursor_id)
