"""The broker only wakes workers: a message may be lost or come five times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis

from backoffice.celery import app, broker_url
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action
from backoffice.sync.models import Cursor
from tests.broker import Broker
from tests.outbox.asking import asked, at_mirakl, let_go
from tests.sandbox_server import RunningSandbox
from tests.waiting import until
from tests.workers import WORKER, celery

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(own_broker: Broker, cursor: Cursor) -> Iterator[Broker]:
    """A real worker on the test's database, and the broker that wakes it."""
    with celery(own_broker, *WORKER):
        yield own_broker


def wake(broker: Broker, task: str, *arguments: int, times: int = 1) -> None:
    with app.connection_for_write(broker_url(broker.url)) as connection:
        for _ in range(times):
            app.send_task(task, arguments, connection=connection)


def test_a_message_that_comes_five_times_or_never_sends_an_action_once(
    worker: Broker, sandbox: RunningSandbox, cursor: Cursor
) -> None:
    doubled, lost = asked(at_mirakl(sandbox, cursor)), asked(at_mirakl(sandbox, cursor))

    let_go(doubled)
    wake(worker, "outbox.send", cursor.connection_id, times=5)
    until(lambda: Action.objects.filter(pk=doubled.pk, state=State.SENT).exists(), seconds=30)

    let_go(lost)
    wake(worker, "outbox.send", cursor.connection_id)
    with redis.Redis.from_url(worker.url) as client:
        client.flushall()
    wake(worker, "outbox.due")
    until(lambda: not Action.objects.filter(pk=lost.pk, state=State.WAITING).exists(), seconds=30)
    until(lambda: not Action.objects.exclude(state__in=[State.SENT, State.CONFIRMED]).exists(), seconds=30)

    assert len(sandbox.writes()) == 2
