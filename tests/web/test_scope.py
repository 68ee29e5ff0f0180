"""The scope switch: one connection or one channel, in the URL of every page."""

from __future__ import annotations

from typing import Any, cast

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from backoffice.connections.models import Connection
from backoffice.users.models import Scope as Limit
from backoffice.users.models import User
from backoffice.web.scope import Scope
from shops.models import Channel
from tests.htmx import Element, parsed, to

pytestmark = pytest.mark.django_db

LEFT_OUT = "The address names a connection or channel that is not there or not yours to see."
OTHER_PAGE = "http://testserver/connections/"


@pytest.fixture
def north(db: None) -> Connection:
    return Connection.objects.create(name="North", base_url="https://north.example/api", secret="x")


@pytest.fixture
def south(db: None) -> Connection:
    return Connection.objects.create(name="South", base_url="https://south.example/api", secret="x")


@pytest.fixture
def fjord(north: Connection) -> Channel:
    return Channel.objects.create(connection=north, remote_id="fjord", name="Fjord")


@pytest.fixture
def harbour(south: Connection) -> Channel:
    return Channel.objects.create(connection=south, remote_id="harbour", name="Harbour")


def scope_of(browser: Client, url: str, **more: Any) -> Scope:
    return cast("Scope", browser.get(url, **more).wsgi_request.scope)  # type: ignore[attr-defined]  # -- set by the middleware


def switch_of(browser: Client, url: str) -> Element:
    return parsed(browser.get(url)).one("details", id="scope-menu")


def test_page_without_a_choice_shows_everything(annas_browser: Client, fjord: Channel, harbour: Channel) -> None:
    assert scope_of(annas_browser, "/connections/") == Scope()
    assert "All channels" in switch_of(annas_browser, "/connections/").one("summary").text


def test_page_is_narrowed_to_what_its_url_names(annas_browser: Client, fjord: Channel, harbour: Channel) -> None:
    url = f"/connections/?connection={fjord.connection_id}&channel={fjord.pk}"

    assert scope_of(annas_browser, url) == Scope(fjord.connection_id, fjord.pk)
    assert "Fjord" in switch_of(annas_browser, url).one("summary").text


def test_navigation_keeps_the_scope(annas_browser: Client, fjord: Channel, harbour: Channel) -> None:
    page = parsed(annas_browser.get(f"/connections/?channel={fjord.pk}"))

    links = [link.attributes["href"] for link in page.one("nav", "rail").all("a")]

    assert links[0] == f"/orders/?channel={fjord.pk}"
    assert all(link.endswith(f"?channel={fjord.pk}") for link in links)


def test_switch_offers_connections_with_their_channels_and_keeps_the_filters(
    annas_browser: Client, fjord: Channel, harbour: Channel
) -> None:
    switch = switch_of(annas_browser, f"/connections/?q=lamp&after=9&connection={fjord.connection_id}")

    north, south = fjord.connection_id, harbour.connection_id
    assert [(link.text, link.attributes["href"]) for link in switch.one("nav").all("a")] == [
        ("All channels", "/connections/?q=lamp"),
        ("North", f"/connections/?q=lamp&connection={north}"),
        ("Fjord", f"/connections/?q=lamp&connection={north}&channel={fjord.pk}"),
        ("South", f"/connections/?q=lamp&connection={south}"),
        ("Harbour", f"/connections/?q=lamp&connection={south}&channel={harbour.pk}"),
    ]
    assert switch.one("a", aria_current="true").text == "North"


def test_switch_is_not_shown_where_there_is_nothing_to_choose(annas_browser: Client, fjord: Channel) -> None:
    assert parsed(annas_browser.get("/connections/")).all(id="scope-menu") == []


@pytest.mark.parametrize("query", ["connection=999999", "channel=x", "connection=1e3", "channel=-1", "channel=%00"])
def test_place_that_is_not_there_is_left_out_and_said(
    annas_browser: Client, fjord: Channel, harbour: Channel, query: str
) -> None:
    response = annas_browser.get(f"/connections/?{query}")

    assert response.wsgi_request.scope == Scope()  # type: ignore[attr-defined]  # -- set by the middleware
    assert LEFT_OUT in parsed(response).one(id="messages").text


def test_channel_of_another_connection_is_left_out(annas_browser: Client, fjord: Channel, harbour: Channel) -> None:
    url = f"/connections/?connection={fjord.connection_id}&channel={harbour.pk}"

    assert scope_of(annas_browser, url) == Scope(fjord.connection_id)


def test_place_that_somebody_does_not_work_for_is_neither_offered_nor_followed(
    anna: User, annas_browser: Client, fjord: Channel, harbour: Channel
) -> None:
    Channel.objects.create(connection=fjord.connection, remote_id="bay", name="Bay")
    User.objects.filter(pk=anna.pk).update(all_connections=False)
    Limit.objects.create(user=anna, connection_id=fjord.connection_id)

    response = annas_browser.get(f"/connections/?channel={harbour.pk}")

    offered = [link.text for link in parsed(response).one("details", id="scope-menu").one("nav").all("a")]
    assert offered == ["All channels", "North", "Bay", "Fjord"]
    assert LEFT_OUT in parsed(response).one(id="messages").text


def test_page_that_looks_again_by_itself_does_not_repeat_the_warning(annas_browser: Client) -> None:
    annas_browser.get("/actions/strip/?channel=999", headers=to("strip", **{"X-Poll": "1"}))

    assert parsed(annas_browser.get("/connections/")).one(id="messages").text == ""


def test_form_leads_to_a_page_in_the_scope_it_was_sent_from(
    annas_browser: Client, fjord: Channel, harbour: Channel
) -> None:
    came_from = f"{OTHER_PAGE}?channel={fjord.pk}"

    answer = annas_browser.post("/preferences/", {"theme": "dark"}, headers={"Referer": came_from})

    assert answer["Location"] == f"/preferences/?channel={fjord.pk}"


def test_form_of_a_foreign_page_brings_no_scope_that_is_not_there(annas_browser: Client) -> None:
    answer = annas_browser.post("/preferences/", {"theme": "dark"}, headers={"Referer": "http://[broken/?channel=7"})

    assert answer["Location"] == "/preferences/"


def test_administration_reads_its_own_parameters(boriss_browser: Client, fjord: Channel) -> None:
    assert scope_of(boriss_browser, f"/admin/shops/channel/?connection={fjord.connection_id}") == Scope()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/orders/", "/orders/?connection=3&channel=7"),
        ("/orders/?tab=late", "/orders/?tab=late&connection=3&channel=7"),
        ("/orders/?channel=9", "/orders/?channel=9"),
        ("/orders/7/#lines", "/orders/7/?connection=3&channel=7#lines"),
        ("?", "?connection=3&channel=7"),
    ],
)
def test_link_keeps_the_scope_unless_it_names_one(url: str, expected: str) -> None:
    request = RequestFactory().get("/")
    request.scope = Scope(3, 7)  # type: ignore[attr-defined]  # -- set by the middleware
    link = Template("{% load shell %}{% autoescape off %}{% scoped url %} {{ url|keeping:request }}{% endautoescape %}")

    assert link.render(Context({"request": request, "url": url})) == f"{expected} {expected}"


def test_link_in_a_page_without_a_request_stays_as_it_is() -> None:
    assert Template("{% load shell %}{% scoped url %}").render(Context({"url": "/orders/"})) == "/orders/"


@pytest.mark.parametrize("number", [1, 3])
def test_frame_costs_the_same_queries_however_many_places_there_are(
    annas_browser: Client, north: Connection, number: int
) -> None:
    from django.db import connection  # noqa: PLC0415 -- a name that the fixtures use too

    for one in range(number):
        Channel.objects.create(connection=north, remote_id=str(one))
        Connection.objects.create(name=str(one), base_url="https://x.example/api", secret="x")

    with CaptureQueriesContext(connection) as asked:
        annas_browser.get("/preferences/")

    # Session, person (the form has its own), rights, places (2), navigation (3), strip, health.
    assert len(asked) == 11, [query["sql"][:90] for query in asked.captured_queries]
