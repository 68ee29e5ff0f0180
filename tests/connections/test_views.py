from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.connections.enums import State, Trouble
from backoffice.connections.models import Connection
from backoffice.sync.enums import RunState
from backoffice.sync.models import Cursor, Parked, Run
from tests.htmx import Element, parsed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def connect(name: str = "Nord", **fields: Any) -> Connection:
    fields = {"base_url": "https://mirakl.example:8443/api", "secret": "s3cret", "state": State.ACTIVE, **fields}
    return Connection.objects.create(name=name, **fields)


def follow(connection: Connection, **fields: object) -> Cursor:
    return Cursor.objects.create(connection=connection, resource="orders", **{"next_at": NOON, **fields})


def facts(root: Element) -> dict[str, str]:
    facts = root.one(class_="facts")
    return dict(zip([one.text for one in facts.all("dt")], [one.text for one in facts.all("dd")], strict=True))


def test_list_without_connections_says_what_one_is(annas_browser: Client, boriss_browser: Client) -> None:
    anna = parsed(annas_browser.get("/connections/")).one(class_="nothing")
    boris = parsed(boriss_browser.get("/connections/")).one(class_="nothing")

    assert (anna.one("h2").text, anna.all("p")[-1].text) == ("No connections yet", "An administrator can add one.")
    assert boris.one("a").attributes["href"] == "/admin/connections/connection/add/"


@pytest.mark.parametrize(
    ("fields", "health"),
    [
        ({}, "Not tried yet"),
        ({"last_success_at": NOON - timedelta(minutes=2)}, "Works last success 2 min ago (20 Nov 2026, 11:58 UTC)"),
        ({"trouble": Trouble.BROKEN}, "Trouble"),
        ({"state": State.PAUSED, "trouble": Trouble.BROKEN}, "Paused"),
        ({"state": State.OBSERVE}, "Not tried yet observes only: nothing is sent"),
    ],
)
def test_connection_shows_how_it_is(annas_browser: Client, fields: dict[str, Any], health: str) -> None:
    connect(**fields)

    root = parsed(annas_browser.get("/connections/"))

    assert root.one(class_="connection__health").text == health
    assert root.one(class_="connection__head").one("p").text == "Mirakl Connect · mirakl.example:8443"


@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_says_what_since_when_and_what_to_do(annas_browser: Client, trouble: Trouble) -> None:
    connect(trouble=trouble, trouble_text="<b>401</b>", trouble_since=NOON - timedelta(hours=3))

    notice = parsed(annas_browser.get("/connections/")).one(class_="notice--error")

    advice, answer = [part.text for part in notice.all("p")]
    assert (notice.one("strong").text, notice.one("time").text) == (str(trouble.label), "09:00:00")
    assert answer == "What was answered: <b>401</b>"
    assert len(advice) > 40


def test_reading_shows_how_far_it_came(annas_browser: Client) -> None:
    cursor = follow(
        connect(), complete_to=NOON - timedelta(minutes=1), next_at=NOON + timedelta(minutes=4), here=412, there=412
    )
    Run.objects.create(
        cursor=cursor, started_at=NOON - timedelta(hours=2), ended_at=NOON, state=RunState.DONE, created=99
    )
    Run.objects.create(
        cursor=cursor, started_at=NOON - timedelta(minutes=1), ended_at=NOON, state=RunState.DONE,
        created=3, changed=12, unchanged=30,
    )  # fmt: skip
    Run.objects.create(cursor=cursor, started_at=NOON)

    assert facts(parsed(annas_browser.get("/connections/"))) == {
        "Complete up to": "11:59:00",
        "Next": "12:04:00",
        "Compared with Mirakl": "412 here, 412 there",
        "Could not be stored": "none",
        "Last run": "1 min ago (20 Nov 2026, 11:59 UTC) : 3 new, 12 changed, 30 unchanged",
    }


def test_reading_shows_what_is_not_right(annas_browser: Client) -> None:
    cursor = follow(connect(), here=411, there=412, failures=2)
    Run.objects.create(cursor=cursor, started_at=NOON, ended_at=NOON, state=RunState.FAILED)
    for remote_id in ("a", "b"):
        Parked.objects.create(cursor=cursor, remote_id=remote_id, reason="r", payload="{}", first_at=NOON, last_at=NOON)

    assert facts(parsed(annas_browser.get("/connections/"))) == {
        "Complete up to": "not read yet",
        "Next": "now",
        "Compared with Mirakl": "411 here, 412 there some are missing here",
        "Could not be stored": "2 records",
        "Last run": "just now (20 Nov 2026, 12:00 UTC) : Failed (2 times in a row)",
    }


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_for_any_number_of_connections(
    annas_browser: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(number):
        cursor = follow(connect(f"Connection {at}"))
        Run.objects.create(cursor=cursor, started_at=NOON, ended_at=NOON)
        Parked.objects.create(cursor=cursor, remote_id="a", reason="r", payload="{}", first_at=NOON, last_at=NOON)

    with django_assert_num_queries(6):
        root = parsed(annas_browser.get("/connections/"))

    assert len(root.all(class_="facts")) == number


def test_check_now_makes_the_reading_due_and_says_when(annas_browser: Client) -> None:
    cursor = follow(connect(), next_at=NOON + timedelta(minutes=4))

    response = annas_browser.post(f"/connections/readings/{cursor.pk}/check/", follow=True)

    cursor.refresh_from_db()
    assert (cursor.next_at, cursor.asked_at) == (NOON, NOON)
    assert response.redirect_chain == [("/connections/", 302)]
    assert (
        parsed(response).one(id="messages").text
        == "Asked. Nord is checked from 12:00:00 on, as soon as Mirakl's call frequency allows."
    )


def test_check_now_leads_back_to_the_page_it_was_asked_on(annas_browser: Client) -> None:
    cursor = follow(connect())
    url = f"/connections/readings/{cursor.pk}/check/"

    assert annas_browser.post(url, {"next": "/orders/?tab=late"})["Location"] == "/orders/?tab=late"
    assert annas_browser.post(url, {"next": "https://evil.example/"})["Location"] == "/connections/"


def test_check_now_of_a_paused_connection_says_why_not(annas_browser: Client) -> None:
    cursor = follow(connect(state=State.PAUSED))

    response = annas_browser.post(f"/connections/readings/{cursor.pk}/check/", follow=True)

    cursor.refresh_from_db()
    assert cursor.asked_at is None
    assert parsed(response).one(id="messages").text == "Nord is paused: nothing is read from it."


def test_check_now_needs_a_form_and_a_reading(annas_browser: Client) -> None:
    cursor = follow(connect())

    assert annas_browser.get(f"/connections/readings/{cursor.pk}/check/").status_code == 405
    assert annas_browser.post("/connections/readings/99999/check/").status_code == 404
