from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import Client, override_settings
from django.urls import path

from backoffice import access
from backoffice.urls import urlpatterns as real_patterns
from tests.htmx import parsed

pytestmark = pytest.mark.django_db


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


urlpatterns = [*real_patterns, path("broken/", broken, name="broken"), path("forbidden/", forbidden, name="forbidden")]
handler403 = "backoffice.web.refusals.refused"
handler500 = "backoffice.web.refusals.failed"


@pytest.fixture(autouse=True)
def _listed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("broken", "forbidden"):
        monkeypatch.setitem(access.TABLE, name, access.Access(safe=access.ANYBODY))


@pytest.mark.parametrize("url", ["/orders/999999/", "/nowhere/", "/orders/99999999999999999999999/"])
def test_unknown_page_says_so_and_shows_a_way_out(annas_browser: Client, url: str) -> None:
    response = annas_browser.get(url)

    root = parsed(response)
    assert (response.status_code, root.one("h1").text) == (404, "This page is not here")
    assert root.one("a", "btn-primary").attributes["href"] == "/orders/"


@override_settings(ROOT_URLCONF="tests.web.test_errors")
def test_fault_of_ours_is_admitted_without_details_and_with_a_reference(
    annas_browser: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    annas_browser.raise_request_exception = False

    response = annas_browser.get("/broken/")

    root = parsed(response)
    assert (response.status_code, root.one("h1").text) == (500, "That was our fault")
    assert "secret detail" not in response.content.decode()
    assert root.one("code").text == response["X-Reference"]
    assert response["X-Reference"] in capsys.readouterr().out


@override_settings(ROOT_URLCONF="tests.web.test_errors")
def test_missing_right_is_explained(annas_browser: Client) -> None:
    response = annas_browser.get("/forbidden/")

    assert (response.status_code, parsed(response).one("h1").text) == (403, "You may not see this")


def test_form_without_its_token_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/login/", {"username": "a@b.c", "password": "x"})

    assert (response.status_code, parsed(response).one("h1").text) == (403, "This form has expired")


def test_fault_page_needs_no_context() -> None:
    assert "That was our fault" in get_template("500.html").render()
