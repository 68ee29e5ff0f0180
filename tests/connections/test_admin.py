from __future__ import annotations

import pytest
from django.test import Client

from backoffice.connections.fields import opened
from backoffice.connections.models import Connection
from tests.htmx import parsed

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Nord",
    "family": "connect",
    "base_url": "https://mirakl.example/api",
    "token_url": "https://auth.mirakl.example/oauth/token",
    "client_id": "me",
    "secret": "",
    "speed": "1",
    "state": "active",
}


@pytest.fixture
def nord(db: None) -> Connection:
    addresses = {name: FORM[name] for name in ("base_url", "token_url")}
    return Connection.objects.create(name="Nord", secret="hush-hush", **addresses)


def test_stored_secret_is_never_shown(boriss_browser: Client, nord: Connection) -> None:
    response = boriss_browser.get(f"/admin/connections/connection/{nord.pk}/change/")

    assert "hush-hush" not in response.content.decode()
    field = parsed(response).one("input", name="secret")
    assert (field.attributes["type"], "value" in field.attributes) == ("password", False)


def test_secret_left_empty_is_kept(boriss_browser: Client, nord: Connection) -> None:
    response = boriss_browser.post(f"/admin/connections/connection/{nord.pk}/change/", {**FORM, "name": "Süd"})

    nord.refresh_from_db()
    assert (response.status_code, nord.name, opened(nord.secret)) == (302, "Süd", "hush-hush")


def test_secret_that_is_entered_replaces_the_old_one_and_is_not_echoed(
    boriss_browser: Client, nord: Connection
) -> None:
    url = f"/admin/connections/connection/{nord.pk}/change/"

    refused = boriss_browser.post(url, {**FORM, "secret": "brand-new", "base_url": "nonsense"})
    taken = boriss_browser.post(url, {**FORM, "secret": "brand-new"})

    nord.refresh_from_db()
    assert "brand-new" not in refused.content.decode()
    assert (taken.status_code, opened(nord.secret)) == (302, "brand-new")


def test_new_connection_needs_a_secret(boriss_browser: Client) -> None:
    response = boriss_browser.post("/admin/connections/connection/add/", FORM)

    assert (response.status_code, Connection.objects.count()) == (200, 0)
    assert boriss_browser.post("/admin/connections/connection/add/", {**FORM, "secret": "x"}).status_code == 302
