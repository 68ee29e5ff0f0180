from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.htmx import parsed, to
from tests.orders.rows import place

pytestmark = pytest.mark.django_db

URL = "/orders/?view=all"


def test_page_is_whole_for_a_browser(annas_browser: Client) -> None:
    root = parsed(annas_browser.get(URL))

    assert [len(root.all(name)) for name in ("html", "main", "h1")] == [1, 1, 1]
    assert root.one(id="results").name == "section"


def test_page_is_the_fragment_that_htmx_replaces(annas_browser: Client) -> None:
    place()

    root = parsed(annas_browser.get(URL, headers=to("results")))

    assert (len(root.all("html")), len(root.all(id="results"))) == (0, 1)
    assert [child.name for child in root.children if not isinstance(child, str)] == ["section"]


@pytest.mark.parametrize("target", ["nope", "../../base", "results#x", "content"])
def test_target_that_is_no_fragment_sends_the_browser_to_the_page(annas_browser: Client, target: str) -> None:
    response = annas_browser.get(URL, headers=to(target))

    assert (response["HX-Redirect"], response.content) == (URL, b"")


def test_answer_to_a_form_that_is_no_fragment_replaces_the_body(annas_browser: Client) -> None:
    response = annas_browser.post("/actions/again/", headers=to("nope"))

    assert (response.status_code, response["HX-Retarget"], response["HX-Reswap"]) == (422, "body", "innerHTML")
    assert parsed(response).one("main").attributes["id"] == "content"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_page_is_whole_when_htmx_replaces_everything(annas_browser: Client, header: str) -> None:
    response = annas_browser.get(URL, headers=to("results", **{header: "true"}))

    assert parsed(response).one("main").attributes["id"] == "content"
    assert "HX-Retarget" not in response


def test_base_carries_the_one_htmx_configuration(annas_browser: Client) -> None:
    root = parsed(annas_browser.get(URL))

    config = json.loads(root.one("meta", name="htmx-config").attributes["content"])
    body = root.one("body")
    assert config == {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "historyCacheSize": 0,
        "historyRestoreAsHxRequest": False,
        "selfRequestsOnly": True,
        "timeout": 20000,
        "disableInheritance": True,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    }
    assert body.attributes["hx-inherit"] == "hx-headers"
    assert list(json.loads(body.attributes["hx-headers"])) == ["x-csrftoken"]
