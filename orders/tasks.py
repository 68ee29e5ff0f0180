"""What Celery calls."""

from __future__ import annotations

from celery import shared_task

from orders import deadlines
from shops.deadlines import acceptances


@shared_task(name="orders.renew_deadlines")  # type: ignore[untyped-decorator]  # -- Celery ships no types
def renew_deadlines() -> None:
    """Fits the deadlines of what is to be accepted to the policies: once a minute, so that neither a change of a policy
    nor a reading that still went by the old one needs a message that could be lost."""
    deadlines.renew(acceptances())
