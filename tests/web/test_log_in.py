"""The log-in over a page whose session ended, and forms that come without one."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from backoffice.users.models import User
from tests.cast import PASSWORD, browser_of
from tests.htmx import parsed, to

AGAIN = {"HX-Request": "true", "X-Poll": "1"}
ANNA = {"username": "anna@example.test", "password": PASSWORD}


def token_in(client: Client) -> str:
    """The token of the form that is sent to somebody who is not logged in."""
    root = parsed(client.get("/login/again/", headers=AGAIN))
    return root.one("input", name="csrfmiddlewaretoken").attributes["value"]


def test_asking_who_is_logged_in_gives_the_person_and_a_token_that_works(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anna)

    response = client.get("/login/again/", headers=AGAIN)

    assert (response.status_code, response["X-Person"]) == (204, str(anna.pk))
    saved = client.post("/preferences/", {"theme": "dark"}, headers={"X-CSRFToken": response["X-Csrf-Token"]})
    assert saved.status_code == 302


def test_log_in_over_a_page_needs_its_token_and_gives_a_new_one(anna: User) -> None:
    client = Client(enforce_csrf_checks=True)
    token = token_in(client)

    refused = client.post("/login/again/", ANNA, headers=AGAIN)
    response = client.post("/login/again/", {**ANNA, "csrfmiddlewaretoken": token}, headers=AGAIN)

    assert refused.status_code == 401
    assert (response.status_code, response["X-Person"]) == (204, str(anna.pk))
    assert client.get("/orders/").status_code == 200


def test_wrong_password_over_a_page_gives_the_form_again_with_what_was_typed(client: Client, anna: User) -> None:
    response = client.post("/login/again/", {**ANNA, "password": "wrong"}, headers=AGAIN)

    root = parsed(response)
    assert response.status_code == 422
    assert root.one(id="id_username").attributes["value"] == "anna@example.test"
    assert "do not belong together" in root.one(role="alert").text
    assert root.all("html") == []


def test_log_in_over_a_page_is_no_page(client: Client, anna: User) -> None:
    assert client.get("/login/again/").headers["Location"].endswith("/login/")


@pytest.mark.parametrize(
    ("referer", "page"),
    [
        ("http://testserver/orders/7/accept/?back=tab%3Dlate", "/orders/7/accept/?back=tab%3Dlate"),
        ("https://evil.example/x", "/"),
        ("", "/"),
    ],
)
def test_form_without_a_session_leads_to_the_log_in_which_knows_where_it_stood(
    client: Client, anna: User, referer: str, page: str
) -> None:
    response = client.post("/orders/7/accept/", {"all": "accept"}, headers={"Referer": referer})

    followed = client.get(response["Location"])
    root = parsed(followed)
    assert root.one("input", name="next").attributes["value"] == page
    assert "it was not sent" in root.one(role="alert").text
    fields = {one.attributes["name"]: one.attributes["value"] for one in root.all("input", type="hidden")}
    entered = client.post("/login/", {**ANNA, **fields})
    assert entered["Location"] == page
    assert ["Your form was not sent" in str(one) for one in get_messages(entered.wsgi_request)] == [True]


def test_logging_out_leads_to_a_log_in_that_says_nothing_of_forms(annas_browser: Client) -> None:
    assert [annas_browser.post("/logout/")["Location"] for _twice in range(2)] == ["/login/", "/login/"]


@pytest.mark.parametrize(("logged_in", "status", "expired"), [(True, 403, "1"), (False, 401, None)])
def test_htmx_form_with_an_old_token_hears_what_it_needs(
    anna: User, logged_in: bool, status: int, expired: str | None
) -> None:
    client = Client(enforce_csrf_checks=True)
    if logged_in:
        client.force_login(anna)

    response = client.post("/actions/7/undo/", headers=to("strip", **{"X-CSRFToken": "x" * 32}))

    assert (response.status_code, response.headers.get("X-Form-Expired")) == (status, expired)


def test_answers_to_htmx_say_whose_they_are(annas_browser: Client, anna: User) -> None:
    assert annas_browser.get("/orders/", headers=to("results"))["X-Person"] == str(anna.pk)
    assert "X-Person" not in annas_browser.get("/orders/")


def test_messages_wait_while_a_log_in_comes_between(anna: User) -> None:
    client = browser_of(anna)
    client.get("/orders/?view=all&after=nonsense", headers=to("results"))
    client.logout()

    assert "HX-Trigger" not in client.get("/orders/", headers=to("results"))
