"""One measured process: `python -m tests.benchmarks.pages_process pages`. Prints p50 and p95 by page, as JSON."""

from __future__ import annotations

import json
import os
import re
import statistics
import time
from http import HTTPStatus

import django

django.setup()

from django.conf import settings  # noqa: E402 -- Django must be set up before models are imported
from django.core.management import call_command  # noqa: E402 -- as above
from django.db import connection as database  # noqa: E402 -- as above
from django.test import Client  # noqa: E402 -- as above

from backoffice.celery import keep_startup_out_of_collections  # noqa: E402 -- as above
from backoffice.users.models import User  # noqa: E402 -- as above
from orders.models import Order  # noqa: E402 -- as above

REPEATS = int(os.environ.get("BENCH_REPEATS", "30"))


class _Person(Client):
    """Somebody who is logged in and looks at pages."""

    def timed(self, url: str) -> float:
        """Milliseconds of the server."""
        start = time.perf_counter()
        answer = self.get(url, HTTP_HOST="localhost", secure=True)
        seconds = time.perf_counter() - start
        assert answer.status_code == HTTPStatus.OK, f"{url}: {answer.status_code}"
        return seconds * 1000


def pages() -> dict[str, tuple[float, float]]:
    """By the name of a page: p50 and p95 of its milliseconds."""
    call_command("collectstatic", interactive=False, verbosity=0)
    keep_startup_out_of_collections()
    with database.cursor() as cursor:
        # As autovacuum leaves a table that was read a while ago.
        cursor.execute("VACUUM (ANALYZE)" if database.vendor == "postgresql" else "ANALYZE")
    person = _Person()
    person.force_login(User.objects.create_superuser("bench@demo.test", "demo"))
    urls = _urls(person)
    times: dict[str, list[float]] = {name: [] for name in urls}
    for url in urls.values():
        person.timed(url)
        person.timed(url)
    for _ in range(REPEATS):  # in turn, so that a disturbance of the machine meets all of them
        for name, url in urls.items():
            times[name].append(person.timed(url))
    return {name: (statistics.median(all_of), _p95(all_of)) for name, all_of in times.items()}


def _urls(person: _Person) -> dict[str, str]:
    middle = Order.objects.order_by("created_at")[Order.objects.count() // 2]
    page = person.get("/orders/", HTTP_HOST="localhost", secure=True).content.decode()
    views = dict.fromkeys(re.findall(r'href="\?view=([a-z_]+)"', page))
    assert views, "the list of orders names no views"
    word = middle.customer.split()[-1]
    return {
        "orders": "/orders/",
        **{f"view {key}": f"/orders/?view={key}" for key in views},
        "page 2": _next(person),
        "search, a customer": f"/orders/?q={word}",
        "search, a number": f"/orders/?q={middle.number}",
        "filter, channel": f"/orders/?view=all&channel={middle.channel_id}",
        "newest first": "/orders/?view=to_ship&sort=-created",
        "detail": f"/orders/{middle.pk}/",
        "changelist": "/reference/orders/order/",
        "changelist, searched": f"/reference/orders/order/?q={word}",
        "changelist of 50 rows": "/shorter/orders/order/",
    }


def _next(person: _Person) -> str:
    page = person.get("/orders/?view=all", HTTP_HOST="localhost", secure=True).content.decode()
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found, "the list of orders has no second page"
    return "/orders/" + found[1].replace("&amp;", "&")


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    settings.ROOT_URLCONF = "tests.benchmarks.pages_urls"
    print(json.dumps(pages()))
