from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.test import Client

from backoffice.users.models import User
from tests.cast import PASSWORD
from tests.htmx import parsed


def log_in(client: Client, email: str, password: str = PASSWORD, to: str = "") -> tuple[int, str]:
    response = client.post("/login/", {"username": email, "password": password, "next": to})
    return response.status_code, response.headers.get("Location", "")


def test_log_in_leads_to_the_start(client: Client, anna: User) -> None:
    assert log_in(client, "anna@example.test") == (302, "/")
    assert client.get("/orders/").status_code == 200


def test_capital_letters_in_the_address_do_not_matter(client: Client, anna: User) -> None:
    assert log_in(client, "Anna@Example.TEST") == (302, "/")


def test_second_account_that_differs_in_capital_letters_is_refused(anna: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("ANNA@example.test", PASSWORD)


def test_log_in_leads_back_to_the_page_that_was_wanted(client: Client, anna: User) -> None:
    assert log_in(client, "anna@example.test", to="/orders/?view=late") == (302, "/orders/?view=late")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_log_in_leads_nowhere_else(client: Client, anna: User, elsewhere: str) -> None:
    assert log_in(client, "anna@example.test", to=elsewhere) == (302, "/")


@pytest.mark.parametrize(
    ("email", "password"), [("anna@example.test", "wrong"), ("nobody@example.test", PASSWORD), ("<script>", "x")]
)
def test_refusal_is_the_same_for_every_wrong_entry(client: Client, anna: User, email: str, password: str) -> None:
    response = client.post("/login/", {"username": email, "password": password})

    root = parsed(response)
    assert (response.status_code, root.one(role="alert").text) == (
        422,
        "This e-mail address and password do not belong together. Check both; capital letters in the password matter.",
    )
    assert root.one(id="id_username").attributes["value"] == email


def test_refusal_of_a_closed_account_tells_nothing_more(client: Client, anna: User) -> None:
    User.objects.update(is_active=False)

    assert log_in(client, "anna@example.test") == (422, "")


def test_empty_form_says_what_is_missing(client: Client, db: None) -> None:
    response = client.post("/login/", {})

    assert [error.text for error in parsed(response).all(class_="field__error")] == ["This field is required."] * 2


def test_log_in_page_is_skipped_by_who_is_logged_in(annas_browser: Client) -> None:
    assert annas_browser.get("/login/").headers["Location"] == "/"


@pytest.mark.parametrize("onward", ["/login/", "/login/?next=/login/"])
def test_log_in_page_does_not_lead_to_itself(client: Client, annas_browser: Client, anna: User, onward: str) -> None:
    assert annas_browser.get("/login/", {"next": onward}).headers["Location"] == "/"
    assert log_in(client, "anna@example.test", to=onward) == (302, "/")


def test_log_out_forgets_the_person(annas_browser: Client) -> None:
    response = annas_browser.post("/logout/")

    assert response.headers["Location"] == "/login/"
    assert annas_browser.get("/orders/").status_code == 302


def test_log_out_needs_a_form(annas_browser: Client) -> None:
    response = annas_browser.get("/logout/")

    assert (response.status_code, parsed(response).one("h1").text) == (405, "There is no page at this address")
    assert annas_browser.get("/orders/").status_code == 200
