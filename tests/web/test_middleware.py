from __future__ import annotations

import json

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from backoffice.users.models import User
from tests.cast import browser_of
from tests.htmx import parsed, to
from tests.orders.rows import place

pytestmark = pytest.mark.django_db

DAMAGED = "/orders/?view=all&after=nonsense"
SENTENCE = "That link to a page of the list is damaged. This is the first page."


@pytest.mark.parametrize("headers", [{}, to("results")])
def test_answers_vary_by_hx_request(annas_browser: Client, headers: dict[str, str]) -> None:
    response = annas_browser.get("/orders/", headers=headers)

    assert "HX-Request" in response["Vary"].split(", ")


def test_messages_become_toasts_for_htmx(annas_browser: Client) -> None:
    response = annas_browser.get(DAMAGED, headers=to("results"))

    assert json.loads(response["HX-Trigger"]) == {"toasts": {"items": [{"level": "warning", "message": SENTENCE}]}}
    assert SENTENCE not in annas_browser.get("/orders/").content.decode()


def test_messages_stand_on_the_page_without_htmx(annas_browser: Client) -> None:
    response = annas_browser.get(DAMAGED)

    assert "HX-Trigger" not in response
    assert parsed(response).one(id="messages").text == SENTENCE


def test_messages_wait_while_htmx_is_redirected(annas_browser: Client) -> None:
    response = annas_browser.get("/", headers=to("results"))

    assert (response.status_code, "HX-Trigger" in response) == (302, False)
    assert list(get_messages(response.wsgi_request)) == []


@pytest.mark.parametrize("more", [{}, {"X-Poll": "1"}])
def test_htmx_of_somebody_logged_out_hears_so_and_replaces_nothing(client: Client, more: dict[str, str]) -> None:
    response = client.get("/orders/?view=all", headers=to("results", **more))

    assert (response.status_code, response.content, "HX-Redirect" in response) == (401, b"", False)


def test_somebody_logged_out_is_redirected_without_htmx(client: Client) -> None:
    response = client.get("/orders/?view=late")

    assert (response.status_code, response["Location"]) == (302, "/login/?next=/orders/%3Fview%3Dlate")


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Paris", "20 Nov 2026, 09:00 CET"),
        ("UTC", "20 Nov 2026, 08:00 UTC"),
        ("../etc", "20 Nov 2026, 08:00 UTC"),
    ],
)
def test_times_are_in_the_viewers_zone(anna: User, zone: str, shown: str) -> None:
    User.objects.filter(pk=anna.pk).update(time_zone=zone)
    order = place()

    root = parsed(browser_of(anna).get(f"/orders/{order.pk}/"))

    assert shown in [time.text for time in root.all("time")]
