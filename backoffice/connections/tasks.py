"""What Celery calls. The rows decide; a message only wakes a worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from backoffice.connections import checking, probing

EXPIRES = 10  # seconds: a message that nobody took in time is repeated by the next tick


@shared_task(name="connections.due")  # type: ignore[untyped-decorator]  # -- Celery ships no types
def due() -> None:
    """The only periodic entry: wakes a worker for every check, and for all credentials to be tried again."""
    now = timezone.now()
    for check_id in checking.due(now):
        check.apply_async([check_id], expires=EXPIRES)
    for connection_id in probing.due(now):
        probe.apply_async([connection_id], expires=EXPIRES)


@shared_task(name="connections.check")  # type: ignore[untyped-decorator]  # -- as above
def check(check_id: int) -> None:
    """Goes on with one check, if it is still due and nobody else is at it."""
    checking.run(check_id)


@shared_task(name="connections.probe")  # type: ignore[untyped-decorator]  # -- as above
def probe(connection_id: int) -> None:
    """Tries refused credentials once, if they are still due and nobody else is at it."""
    probing.probe(connection_id)
