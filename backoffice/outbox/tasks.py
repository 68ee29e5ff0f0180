"""What Celery calls. The rows decide; a message only wakes a worker."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from backoffice.outbox import delivery, following, sweep, valves

EXPIRES = 5  # seconds: a message that nobody took in time is repeated by the next tick


@shared_task(name="outbox.due")  # type: ignore[untyped-decorator]  # -- Celery ships no types
def due() -> None:
    """The outbox's only periodic entry: lets time pass, and wakes workers for what is due."""
    now = timezone.now()
    sweep.tick(now)
    to_send, to_ask = sweep.connections_to_serve(now)
    for connection_id in to_send:
        for _ in range(valves.AT_ONCE):
            send.apply_async([connection_id], expires=EXPIRES)
    for connection_id in to_ask:
        follow.apply_async([connection_id], expires=EXPIRES)


@shared_task(name="outbox.send")  # type: ignore[untyped-decorator]  # -- as above
def send(connection_id: int) -> None:
    """Sends what is due at one connection."""
    delivery.deliver_due(connection_id)


@shared_task(name="outbox.follow")  # type: ignore[untyped-decorator]  # -- as above
def follow(connection_id: int) -> None:
    """Asks what became of what was sent through one connection."""
    following.follow_due(connection_id)
