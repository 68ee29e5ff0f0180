"""How the pages look to one person."""

from __future__ import annotations

import pytest
from django.test import Client

from backoffice.users.models import User
from tests.cast import browser_of, somebody
from tests.htmx import parsed

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "language": "en-gb",
    "time_zone": "Europe/Vienna",
    "theme": "dark",
    "density": "compact",
    "single_keys": "no",
}
FIELDS = tuple(EVERYTHING)


def stored(user: User) -> tuple[object, ...]:
    row: tuple[object, ...] = User.objects.values_list(*FIELDS).get(pk=user.pk)
    return row


def test_preferences_are_saved_and_the_page_comes_back_with_them(anna: User, annas_browser: Client) -> None:
    answer = annas_browser.post("/preferences/", EVERYTHING)

    assert (answer.status_code, answer["Location"]) == (302, "/preferences/")
    assert stored(anna) == ("en-gb", "Europe/Vienna", "dark", "compact", False)
    response = annas_browser.get("/preferences/")
    page = parsed(response)
    assert page.one("html").attributes["lang"] == response["Content-Language"] == "en-gb"
    assert page.one("html").attributes["data-theme"] == "dark"
    assert "Times are shown in Europe/Vienna." in page.one("footer").text
    assert page.one("input", name="time_zone").attributes["value"] == "Europe/Vienna"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"theme": "light"}, ("en", "UTC", "light", "comfortable", True)),
        ({"density": "compact"}, ("en", "UTC", "auto", "compact", True)),
        ({"single_keys": "no"}, ("en", "UTC", "auto", "comfortable", False)),
    ],
)
def test_menu_changes_one_thing_and_goes_back_to_the_page(
    anna: User, annas_browser: Client, sent: dict[str, str], expected: tuple[object, ...]
) -> None:
    answer = annas_browser.post("/preferences/", {**sent, "next": "/connections/?q=x"})

    assert answer["Location"] == "/connections/?q=x"
    assert stored(anna) == expected


def test_going_back_leads_to_no_foreign_page(annas_browser: Client) -> None:
    answer = annas_browser.post("/preferences/", {"theme": "dark", "next": "https://evil.example/"})

    assert answer["Location"] == "/preferences/"


@pytest.mark.parametrize("typed", ["europe/vienna", "Europe / Vienna".replace(" ", ""), " EUROPE/VIENNA "])
def test_time_zone_may_be_typed_carelessly(anna: User, annas_browser: Client, typed: str) -> None:
    annas_browser.post("/preferences/", {"time_zone": typed})

    assert stored(anna)[1] == "Europe/Vienna"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_zone", "Europe/Atlantis"),
        ("time_zone", "../etc/passwd"),
        ("time_zone", "<script>alert(1)</script>"),
        ("time_zone", ""),
        ("time_zone", "x" * 500),
        ("language", "tlh"),
        ("theme", "pink"),
        ("density", ""),
        ("single_keys", "maybe"),
    ],
)
def test_value_that_there_is_not_changes_nothing_and_is_explained(
    anna: User, annas_browser: Client, name: str, value: str
) -> None:
    response = annas_browser.post("/preferences/", {**EVERYTHING, name: value})

    page = parsed(response)
    assert response.status_code == 422
    assert stored(anna) == ("en", "UTC", "auto", "comfortable", True)
    assert page.one("p", "field__error").attributes["id"] == f"id_{name}_error"
    assert page.one(aria_invalid="true").attributes["name"] == name
    # What else was chosen is still there, and the page does not yet look like it.
    assert page.one("html").attributes["data-theme"] == "auto"
    if name != "density":
        assert page.one("select", name="density").one("option", selected="").text == "Compact"


def test_zone_that_was_typed_wrongly_is_still_in_its_field(annas_browser: Client) -> None:
    response = annas_browser.post("/preferences/", {"time_zone": '"><script>alert(1)</script>'})

    assert parsed(response).one("input", name="time_zone").attributes["value"] == '"><script>alert(1)</script>'


def test_zone_of_old_that_the_list_does_not_have_stops_no_other_choice(anna: User, annas_browser: Client) -> None:
    User.objects.filter(pk=anna.pk).update(time_zone="US/Eastern")

    annas_browser.post("/preferences/", {"theme": "dark"})

    assert stored(anna)[1:3] == ("US/Eastern", "dark")


def test_nobody_changes_the_rights_of_anybody_here(anna: User, annas_browser: Client) -> None:
    annas_browser.post("/preferences/", {"theme": "dark", "is_superuser": "on", "email": "x@example.test"})

    anna.refresh_from_db()
    assert (anna.is_superuser, anna.email) == (False, "anna@example.test")


def test_person_without_a_role_has_preferences_too() -> None:
    assert browser_of(somebody("")).get("/preferences/").status_code == 200


def test_language_that_is_gone_is_read_as_english(anna: User, annas_browser: Client) -> None:
    User.objects.filter(pk=anna.pk).update(language="xx")

    assert parsed(annas_browser.get("/preferences/")).one("html").attributes["lang"] == "en"
