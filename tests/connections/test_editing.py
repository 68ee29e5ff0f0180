"""Adding and changing a connection: what is typed is put right or told, the secret is never sent back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backoffice.connections import addresses, editing, states
from backoffice.connections.enums import CheckState, Family, State
from backoffice.connections.fields import opened
from backoffice.connections.models import Change, Connection, ConnectionCheck
from backoffice.users.models import User
from tests.htmx import parsed

pytestmark = pytest.mark.django_db

TYPED = {
    "name": "Nord",
    "family": "connect",
    "base_url": "miraklconnect.com/",
    "token_url": "https://auth.mirakl.net/oauth/token",
    "client_id": "me",
    "secret": "hush-hush",
    "audience": "company-1",
    "shop_id": "",
    "observe": "on",
}


@pytest.fixture
def nord(db: None) -> Connection:
    fields = {name: TYPED[name] for name in ("name", "token_url", "client_id", "secret", "audience")}
    return Connection.objects.create(base_url="https://miraklconnect.com/api", state=State.ACTIVE, **fields)


def test_new_connection_only_observes_is_checked_at_once_and_recorded(boriss_browser: Client, boris: User) -> None:
    response = boriss_browser.post("/connections/add/", TYPED, follow=True)

    connection = Connection.objects.get()
    assert response.redirect_chain == [(f"/connections/{connection.pk}/", 302)]
    assert (connection.state, connection.base_url) == (State.OBSERVE, "https://miraklconnect.com/api")
    assert opened(connection.secret) == "hush-hush"
    check = ConnectionCheck.objects.get()
    assert (check.state, check.asked_by, check.revision) == (CheckState.WAITING, boris, 1)
    assert [(one.what, one.by) for one in Change.objects.all()] == [("added", boris)]
    root = parsed(response)
    assert root.one(id="messages").text == "Nord is stored, and is being checked now."
    poll = root.one(id="connection").one(class_="poll").one("a")
    assert poll.attributes["hx-get"] == f"/connections/{connection.pk}/"


def test_form_offers_the_addresses_of_production_and_observing(boriss_browser: Client) -> None:
    root = parsed(boriss_browser.get("/connections/add/"))

    assert root.one("input", name="base_url").attributes["value"] == "https://miraklconnect.com/api"
    assert root.one("input", name="token_url").attributes["value"] == "https://auth.mirakl.net/oauth/token"
    assert "checked" in root.one("input", name="observe").attributes


def test_whoever_unticks_observing_lets_it_send_from_the_start(boriss_browser: Client) -> None:
    boriss_browser.post("/connections/add/", {**TYPED, "observe": ""})

    assert Connection.objects.get().state == State.ACTIVE


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "This field is required."),
        ("base_url", "http://mirakl.example/api", "The address must start with https://"),
        ("base_url", "not an address", "This is not an address."),
        ("base_url", "https://me:pass@mirakl.example/api", "The address must hold no user name"),
        ("token_url", "", "Mirakl Connect needs this."),
        ("client_id", "", "Mirakl Connect needs this."),
        ("family", "telepathy", "Select a valid choice."),
        ("shop_id", "<script>", "Enter a whole number."),
    ],
)
def test_what_is_wrong_is_told_beside_the_field_and_all_but_the_secret_is_kept(
    field: str, value: str, said: str, boriss_browser: Client
) -> None:
    response = boriss_browser.post("/connections/add/", {**TYPED, "audience": "<b>kept</b>", field: value})

    root = parsed(response)
    assert (response.status_code, Connection.objects.count()) == (422, 0)
    assert said in root.one(id=f"id_{field}_error").text
    assert root.one("input", name="audience").attributes["value"] == "<b>kept</b>"
    assert "hush-hush" not in response.content.decode()
    assert "Please enter the secret once more" in root.one(id="form-errors").text


def test_a_name_that_is_taken_is_told(nord: Connection, boriss_browser: Client) -> None:
    root = parsed(boriss_browser.post("/connections/add/", TYPED))

    assert "already exists" in root.one(id="id_name_error").text


def test_an_empty_secret_keeps_the_stored_one_which_is_never_shown(nord: Connection, boriss_browser: Client) -> None:
    url = f"/connections/{nord.pk}/edit/"
    assert "hush-hush" not in boriss_browser.get(url).content.decode()

    response = boriss_browser.post(url, {**TYPED, "secret": "", "name": "Süd"}, follow=True)

    nord.refresh_from_db()
    assert (nord.name, opened(nord.secret), nord.revision, nord.state) == ("Süd", "hush-hush", 1, State.ACTIVE)
    assert not ConnectionCheck.objects.exists()
    assert parsed(response).one(id="messages").text == "Süd is stored."
    assert [(one.what, one.text) for one in Change.objects.all()] == [("edited", "name")]


@pytest.mark.parametrize("address", ["base_url", "token_url"])
def test_a_stored_secret_is_sent_to_no_other_host(address: str, nord: Connection, boriss_browser: Client) -> None:
    url, elsewhere = f"/connections/{nord.pk}/edit/", {**TYPED, address: "https://elsewhere.example/x"}

    refused = boriss_browser.post(url, {**elsewhere, "secret": ""})
    same_host = boriss_browser.post(url, {**TYPED, "token_url": "https://auth.mirakl.net/other", "secret": ""})
    entered = boriss_browser.post(url, elsewhere)

    assert (refused.status_code, same_host.status_code, entered.status_code) == (422, 302, 302)
    assert "enter the secret for it" in parsed(refused).one(id="id_secret_error").text


def test_new_credentials_are_checked_and_recorded_without_their_value(nord: Connection, boriss_browser: Client) -> None:
    boriss_browser.post(f"/connections/{nord.pk}/edit/", {**TYPED, "secret": "brand-new"})

    nord.refresh_from_db()
    assert (opened(nord.secret), nord.revision) == ("brand-new", 2)
    assert nord.secret_at is not None
    assert ConnectionCheck.objects.get().revision == 2
    assert [one.text for one in Change.objects.all()] == ["client secret or shop key"]


def test_a_wrong_change_leaves_the_title_and_the_row_as_they_were(nord: Connection, boriss_browser: Client) -> None:
    response = boriss_browser.post(f"/connections/{nord.pk}/edit/", {**TYPED, "name": "Süd", "base_url": "x y"})

    root = parsed(response)
    assert (response.status_code, root.one("h1").text) == (422, "Change Nord")
    assert root.one("input", name="name").attributes["value"] == "Süd"
    assert Connection.objects.get().name == "Nord"


def test_what_a_worker_writes_meanwhile_is_not_overwritten(nord: Connection, boris: User) -> None:
    form = Connection.objects.get()  # as the form has read it
    states.refused(nord, "401", now=timezone.now())
    form.name = "Süd"

    editing.store(form, {"name"}, by=boris, now=timezone.now())

    nord.refresh_from_db()
    assert (nord.name, nord.state) == ("Süd", State.STOPPED)


def test_nothing_changed_is_no_change(nord: Connection, boris: User) -> None:
    assert not editing.store(nord, set(), by=boris, now=timezone.now())

    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("typed", "family", "expected"),
    [
        (" miraklconnect.com ", "connect", "https://miraklconnect.com/api"),
        ("HTTPS://MiraklConnect.com/api/", "connect", "https://miraklconnect.com/api"),
        ("https://miraklconnect.com/api/v2/orders", "connect", "https://miraklconnect.com/api"),
        ("miraklconnect.com", "channel", "https://miraklconnect.com/api/channel-platform"),
        ("connectpartner-test.mirakl.net", "connect", "https://connectpartner-test.mirakl.net/api"),
        ("https://proxy.example:8443/mirakl/", "connect", "https://proxy.example:8443/mirakl"),
        ("operator.mirakl.net/api/", "marketplace", "https://operator.mirakl.net"),
        ("http://127.0.0.1:9100/connect", "connect", "http://127.0.0.1:9100/connect"),
        ("https://[broken", "connect", "https://[broken"),
        ("", "connect", ""),
    ],
)
def test_addresses_are_brought_into_one_form(typed: str, family: str, expected: str) -> None:
    assert addresses.base_url(typed, family) == expected


def test_a_shop_key_needs_no_token_url_and_has_no_spaces(boriss_browser: Client) -> None:
    fields: dict[str, Any] = {**TYPED, "family": Family.MARKETPLACE, "token_url": "", "client_id": ""}

    wrong = boriss_browser.post("/connections/add/", {**fields, "secret": "two words"})
    right = boriss_browser.post("/connections/add/", fields)

    assert (wrong.status_code, right.status_code) == (422, 302)


@pytest.mark.parametrize("path", ["add/", "{pk}/edit/"])
def test_only_those_with_the_right_may_set_up_connections(path: str, nord: Connection, annas_browser: Client) -> None:
    url = f"/connections/{path.format(pk=nord.pk)}"

    assert (annas_browser.get(url).status_code, annas_browser.post(url, TYPED).status_code) == (403, 403)
