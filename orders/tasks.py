"""What Celery calls."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from backoffice.connections.clients import shared_memory
from orders import deadlines, reporting
from shops.deadlines import acceptances, fingerprint

# So often, a minute apart, all orders to accept are looked at after policies changed: a reading that was under way may
# still store what the old ones ask for. Then once an hour, in case somebody wrote past all of this.
PASSES, HOURLY = 5, 60
_PASSED = "orders:deadlines"


@shared_task(name="orders.renew_deadlines")  # type: ignore[untyped-decorator]  # -- Celery ships no types
def renew_deadlines() -> None:
    """Fits the deadlines of what is to be accepted to the policies: asked once a minute, so that neither a change of a
    policy nor a reading that still went by the old one needs a message that could be lost."""
    if _is_worth_it(fingerprint()):
        deadlines.renew(acceptances())


def _is_worth_it(policies: str) -> bool:
    """Whether an order may not fit these policies. A memory that was lost costs a few passes."""
    memory = shared_memory()
    if memory.hget(_PASSED, "policies") != policies.encode():
        memory.hset(_PASSED, mapping={"policies": policies, "passes": 0})
    passes = int(memory.hincrby(_PASSED, "passes", 1))
    return passes <= PASSES or passes % HOURLY == 0


@shared_task(name="orders.report")  # type: ignore[untyped-decorator]  # -- as above
def report() -> None:
    """Wakes a worker for every connection that has results to tell."""
    now = timezone.now()
    reporting.forget(now)
    for connection_id in reporting.due(now):
        report_batch.apply_async([connection_id], expires=30)


@shared_task(name="orders.report_batch")  # type: ignore[untyped-decorator]  # -- as above
def report_batch(connection_id: int) -> None:
    """Tells Connect one batch of results, if they are still due and nobody else is at it."""
    if connection_id in reporting.due(timezone.now()):  # a message that comes late finds them told, or put off
        reporting.report(connection_id)
