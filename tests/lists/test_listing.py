"""The one list engine, by way of the list of orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backoffice.lists import selecting
from backoffice.lists.models import Habit, SavedView, Selection
from backoffice.lists.state import LONGEST_SEARCH
from backoffice.users import rights
from backoffice.users.models import Scope, User
from orders.listing import COLUMNS as ORDER_COLUMNS
from orders.models import Order
from tests.cast import browser_of, manager, somebody
from tests.htmx import Answer, Element, parsed, to
from tests.orders.rows import ADDRESS, MORNING, line, payload, place, place_all
from tests.outbox.asking import order_to_accept

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
POLL = to("results", **{"X-Poll": "1"})


@pytest.fixture(autouse=True)
def noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def numbers(response: Answer) -> list[str]:
    return [link.text for link in parsed(response).all("a", "row-link")]


def told(response: Answer) -> list[str]:
    return [message.text for message in parsed(response).one(id="messages").all(class_="notice")]


def said(response: object) -> list[str]:
    """Messages that wait for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]  # -- the test client adds it


def state_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def results(browser: Client, query: str) -> Element:
    return parsed(browser.get(f"/orders/?{query}")).one(id="results")


# --- filters --------------------------------------------------------------------------------------


@pytest.fixture
def three(db: None) -> list[Order]:
    """A from France, shipped; B from Austria, closed, another channel; C to accept, a day later, anonymised."""
    france = {"address": ADDRESS | {"country_iso_code": "FRA"}}
    other = {"channel_id": "channel-2", "channel_name": "Rivoli"}
    return place_all(
        [
            payload(channel_order_id="A", status="SHIPPED", shipping_info=france),
            payload(channel_order_id="B", status="CLOSED", origin=other),
            payload(channel_order_id="C", created_at=MORNING + timedelta(days=1), anonymized_at=NOON),
        ]
    )


@pytest.mark.parametrize(
    ("query", "expected", "chip"),
    [
        ("status=SHIPPED,CLOSED", ["B", "A"], "Status: Shipped, Closed"),
        ("status=CLOSED&status=SHIPPED", ["B", "A"], "Status: Shipped, Closed"),
        ("country=fra", ["A"], "Country: FRA"),
        ("country=fra,%20AUT", ["C", "B", "A"], "Country: FRA, AUT"),
        ("created_from=2026-11-21", ["C"], "Created: from 21 Nov 2026"),
        ("created_to=2026-11-20", ["B", "A"], "Created: until 20 Nov 2026"),
        ("created_from=2026-11-20&created_to=2026-11-21", ["C", "B", "A"], "Created: 20 Nov 2026 – 21 Nov 2026"),
        ("anonymised=yes", ["C"], "Customer data removed: Yes"),
        ("anonymised=no", ["B", "A"], "Customer data removed: No"),
        ("fulfillment=FULFILLED_BY_SELLER&status=CLOSED", ["B"], "Status: Closed"),
    ],
)
def test_filters_keep_what_they_say(
    annas_browser: Client, three: list[Order], query: str, expected: list[str], chip: str
) -> None:
    response = annas_browser.get(f"/orders/?view=all&{query}")

    assert numbers(response) == expected
    assert chip in [" ".join(one.text.split()[: len(chip.split())]) for one in parsed(response).all(class_="chip")]
    assert told(response) == []


def test_channels_are_chosen_among_those_that_the_person_may_see(annas_browser: Client, three: list[Order]) -> None:
    rivoli = three[1].channel_id

    response = annas_browser.get(f"/orders/?view=all&channels={rivoli}")

    assert numbers(response) == ["B"]
    editor = parsed(response).one(id="chip-channels")
    assert [(box.attributes["value"], "checked" in box.attributes) for box in editor.all("input", name="channels")] == [
        (str(three[0].channel_id), False),
        (str(rivoli), True),
    ]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("status=INVENTED", "Status: “INVENTED” is not one of the values. It was left out."),
        ("channels=999", "Channel: “999” is not one of the values. It was left out."),
        ("channels=%00", "Channel: “” is not one of the values. It was left out."),
        ("created_from=yesterday", "Created: “yesterday” is no date. The filter was left out."),
        ("created_to=2026-02-31", "Created: “2026-02-31” is no date. The filter was left out."),
        ("created_to=9999-12-31", "Created: “9999-12-31” is no date. The filter was left out."),
        (
            "created_from=2026-11-21&created_to=2026-11-20",
            "Created: the first day lies after the last. The filter was left out.",
        ),
        ("view=nonsense", "The link names a view that this list does not have. This is the standard view."),
        ("view=12", "That view is not there any more, or not shared with you. This is the standard view."),
        ("view=all&sort=customer", "This view cannot be sorted as the link says. It is sorted as usual."),
        ("view=all&after=nonsense", "That link to a page of the list is damaged. This is the first page."),
        ("view=all&selection=nonsense", "That choice of rows is not kept any more. Choose them again."),
        ("view=all&ids=nonsense", "What was pasted is not kept any more. Paste it again."),
    ],
)
def test_what_a_link_cannot_ask_is_left_out_and_said(annas_browser: Client, query: str, sentence: str) -> None:
    place(channel_order_id="A")

    response = annas_browser.get(f"/orders/?{query}")

    assert told(response) == [sentence]
    assert numbers(response) == ["A"]
    # The links on the page no longer ask for it.
    assert "nonsense" not in parsed(response).one(id="results").attributes["data-state"]


def test_known_part_of_a_filter_counts_though_another_does_not(annas_browser: Client, three: list[Order]) -> None:
    response = annas_browser.get("/orders/?view=all&status=SHIPPED,INVENTED")

    assert numbers(response) == ["A"]
    assert told(response) == ["Status: “INVENTED” is not one of the values. It was left out."]


def test_a_poll_says_nothing_about_its_address(annas_browser: Client) -> None:
    annas_browser.get("/orders/?view=nonsense", headers=POLL)

    assert told(annas_browser.get("/orders/")) == []


def test_days_are_those_of_the_person_who_looks(three: list[Order], chloe: User) -> None:
    Order.objects.filter(number="A").update(created_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))  # the 20th in Paris

    assert numbers(browser_of(chloe).get("/orders/?view=all&created_to=2026-11-19")) == []


def test_clearing_leads_to_the_view_alone(annas_browser: Client, three: list[Order]) -> None:
    root = results(annas_browser, "view=all&status=SHIPPED&country=FRA&q=kettle&size=25")

    assert root.one(id="clear-all").attributes["href"] == "?view=all&size=25"
    assert root.one(id="chip-country").one("a").attributes["href"] == "?view=all&q=kettle&size=25&status=SHIPPED"


def test_sorting_is_a_link_and_says_how_it_is_sorted(annas_browser: Client, three: list[Order]) -> None:
    root = results(annas_browser, "view=all")
    head = root.one("th", aria_sort="descending")
    assert head.text == "Created"
    link = head.one("a").attributes["href"]

    assert numbers(annas_browser.get(f"/orders/{link}")) == ["A", "B", "C"]
    assert results(annas_browser, link[1:]).one("th", aria_sort="ascending").text == "Created"


# --- nothing --------------------------------------------------------------------------------------


def test_nothing_matches_names_the_filter_that_leaves_out_most(annas_browser: Client, three: list[Order]) -> None:
    nothing = results(annas_browser, "view=all&status=SHIPPED,CLOSED&country=DEU").one(id="nothing")

    assert "Most is left out by “Country: DEU”. Without it: 2." in nothing.text
    assert nothing.all("a")[0].attributes["href"] == "?view=all&status=SHIPPED%2CCLOSED"


def test_somebody_without_any_connection_is_told_whom_to_ask(three: list[Order]) -> None:
    nobody = manager("new@example.test", all_connections=False)

    nothing = parsed(browser_of(nobody).get("/orders/")).one(id="nothing")

    assert "You do not work for any connection yet" in nothing.text


# --- search and numbers ---------------------------------------------------------------------------


def test_several_numbers_are_looked_up_and_what_is_missing_is_said(annas_browser: Client, three: list[Order]) -> None:
    response = annas_browser.get("/orders/", {"q": f"A, {three[2].remote_id};nobody"})

    assert numbers(response) == ["C", "A"]
    assert parsed(response).one(id="looked-up").text == "1 number was not found: nobody"


def test_ten_thousand_pasted_numbers_are_cut_and_said(annas_browser: Client, three: list[Order]) -> None:
    pasted = "\n".join(["B", *(f"N-{at}" for at in range(9_999))])

    answer = annas_browser.post("/orders/lookup/?view=to_accept", {"q": pasted})

    assert said(answer) == ["Only the first 1,000 of 10,000 numbers are looked up."]
    assert state_of(answer["Location"]).keys() == {"view", "ids"}
    response = annas_browser.get(answer["Location"])
    assert numbers(response) == ["B"]
    assert parsed(response).one(id="chip-ids").text == "Pasted: 1000 numbers (9000 more were left out)"
    assert "999 numbers were not found: N-0, N-1, N-2, N-3, N-4…" in parsed(response).one(id="looked-up").text


def test_search_that_is_too_long_for_an_address_is_cut_and_said(annas_browser: Client, three: list[Order]) -> None:
    response = annas_browser.get("/orders/", {"q": " ".join(["A", *(f"N-{at}" for at in range(10_000))])})

    assert numbers(response) == ["A"]
    assert told(response) == ["That search is too long for an address: only its beginning was used."]
    assert len(parsed(response).one(id="list-q").attributes["value"]) <= LONGEST_SEARCH


def test_what_was_pasted_is_nobody_elses(annas_browser: Client, chloes_browser: Client, three: list[Order]) -> None:
    url = annas_browser.post("/orders/lookup/", {"q": "A B"})["Location"]

    assert told(chloes_browser.get(url)) == ["What was pasted is not kept any more. Paste it again."]


def test_who_may_not_see_customers_neither_sees_nor_finds_them(three: list[Order]) -> None:
    viewer = browser_of(somebody(rights.VIEWER))

    page = viewer.get("/orders/?view=all").content.decode()

    assert "Ferrari" not in page
    assert page.count("Hidden") == 3
    assert numbers(viewer.get("/orders/?q=ferrari")) == []
    assert numbers(viewer.get("/orders/?q=kettle")) == ["C", "B", "A"]


# --- choosing rows --------------------------------------------------------------------------------


def test_all_matching_rows_are_fixed_when_they_are_chosen(annas_browser: Client) -> None:
    chosen = [order_to_accept() for _ in range(3)]
    place(status="SHIPPED")

    url = annas_browser.post("/orders/select/?view=to_accept")["Location"]
    order_to_accept()

    root = parsed(annas_browser.get(url))
    assert root.one(id="bulk").attributes["data-count"] == "3"
    assert root.one(id="bulk").one(class_="bulk__count").text == "3 chosen"
    assert [button.text for button in root.one(id="bulk").all("button")] == ["Accept (3 of 3)", "Refuse (3 of 3)"]
    boxes = root.all("input", name="pick")
    assert {int(box.attributes["value"]) for box in boxes if "checked" in box.attributes} == {one.pk for one in chosen}
    assert len(boxes) == 4


def test_rows_that_changed_meanwhile_are_no_longer_counted_for_a_verb(annas_browser: Client) -> None:
    orders = [order_to_accept() for _ in range(3)]
    url = annas_browser.post("/orders/select/?view=to_accept")["Location"]
    Order.objects.filter(pk=orders[0].pk).update(stage="shipped")
    Order.objects.filter(pk=orders[1].pk).delete()

    buttons = parsed(annas_browser.get(url)).one(id="bulk").all("button")

    assert [button.text for button in buttons] == ["Accept (1 of 3)", "Refuse (1 of 3)"]


def test_more_rows_than_one_choice_takes_are_left_out_and_said(
    annas_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "MOST_ROWS", 2)
    place_all([payload() for _ in range(3)])

    answer = annas_browser.post("/orders/select/?view=all")

    assert said(answer) == ["More than 2 rows match. The first 2 are chosen; the others come after them."]
    assert len(Selection.objects.get().ids) == 2


def test_many_rows_picked_by_hand_go_to_the_sheet_under_a_token(annas_browser: Client) -> None:
    orders = [order_to_accept() for _ in range(2)]

    answer = annas_browser.post(
        "/orders/select/?view=to_accept&size=25",
        {"pick": [orders[1].pk, "x", "9" * 30, orders[1].pk, 0], "verb": "refuse", "decision": "refuse"},
    )

    path, query = answer["Location"].split("?")
    token = Selection.objects.get().token
    assert path == "/orders/accept/"
    assert state_of(answer["Location"]) == {
        "selection": token, "back": "view=to_accept&size=25", "decision": "refuse",
    }  # fmt: skip
    assert "Will be refused: 1 order" in parsed(annas_browser.get(f"{path}?{query}")).text


def test_a_choice_is_nobody_elses(annas_browser: Client, chloes_browser: Client) -> None:
    order_to_accept()
    url = annas_browser.post("/orders/select/?view=to_accept")["Location"]
    token = Selection.objects.get().token

    assert told(chloes_browser.get(url)) == ["That choice of rows is not kept any more. Choose them again."]
    assert "Nothing was chosen." in parsed(chloes_browser.get(f"/orders/accept/?selection={token}")).text


def test_who_may_not_act_has_nothing_to_choose_for(three: list[Order]) -> None:
    root = parsed(browser_of(somebody(rights.VIEWER)).get("/orders/?view=all"))

    assert root.all("input", name="pick") == []
    assert root.all(id="bulk") == []


# --- looking again --------------------------------------------------------------------------------


def test_a_poll_gets_an_answer_only_when_something_changed(annas_browser: Client) -> None:
    order = place(status="SHIPPED")
    url = results(annas_browser, "view=shipped").one(class_="poll").one("a").attributes["href"]

    assert annas_browser.get(url, headers=POLL).status_code == 204
    assert annas_browser.get(url, headers=to("results")).status_code == 200  # somebody asked
    Order.objects.filter(pk=order.pk).update(digest=order.digest + 1)
    assert annas_browser.get(url, headers=POLL).status_code == 200


def test_a_poll_tells_how_many_rows_are_new_and_only_those_that_match(annas_browser: Client) -> None:
    place_all([payload(status="SHIPPED")])
    url = results(annas_browser, "view=shipped").one(class_="poll").one("a").attributes["href"]
    place_all([payload(status="SHIPPED"), payload(status="SHIPPED"), payload()])

    root = parsed(annas_browser.get(url, headers=POLL))

    assert root.one(id="results").attributes["data-fresh"] == "2"
    assert root.one(id="fresh").text == "2 new, show"
    again = root.one(class_="poll").one("a").attributes["href"]
    assert annas_browser.get(again, headers=POLL).status_code == 204
    assert results(annas_browser, root.one(id="fresh").attributes["href"][1:]).attributes["data-fresh"] == "0"


# --- saved views ----------------------------------------------------------------------------------


def save(browser: Client, query: str, name: str = "Mine", **fields: str) -> SavedView:
    browser.post(f"/orders/views/?{query}", {"name": name, **fields})
    return SavedView.objects.latest("pk")


def change(browser: Client, view: SavedView, do: str, query: str = "", **fields: str) -> tuple[int, list[str]]:
    answer = browser.post(f"/orders/views/{view.pk}/?{query}", {"do": do, **fields})
    return answer.status_code, said(answer)[-1:] if answer.status_code == 302 else []


def test_saved_view_shows_what_was_saved(annas_browser: Client, three: list[Order]) -> None:
    view = save(annas_browser, "view=all&status=CLOSED,SHIPPED&sort=created&size=25&connection=", "Ended")

    response = annas_browser.get(f"/orders/?view={view.pk}")

    assert numbers(response) == ["A", "B"]
    root = parsed(response)
    tab = root.one("a", "tabs__link", aria_current="page")
    assert (tab.text, tab.attributes["href"]) == ("Ended 2", f"?view={view.pk}")
    assert root.all(class_="tabs__mark") == []
    assert root.one(id="results").attributes["data-state"] == f"view={view.pk}"


def test_every_tab_says_how_many_rows_it_leads_to(annas_browser: Client, three: list[Order]) -> None:
    view = save(annas_browser, "view=all&status=CLOSED,SHIPPED", "Ended")

    plain = parsed(annas_browser.get("/orders/?view=all"))
    filtered = parsed(annas_browser.get("/orders/?view=all&status=CLOSED"))

    def count(page: Element, tab: str) -> str:
        return page.one(id=tab).one(class_="tabs__count").text

    assert [count(plain, tab) for tab in ("tab-all", "tab-closed", f"view-{view.pk}")] == ["3", "1", "2"]
    assert [count(filtered, tab) for tab in ("tab-all", "tab-closed", f"view-{view.pk}")] == ["1", "1", "2"]


def test_changing_a_saved_view_marks_it_until_it_is_saved_or_reset(annas_browser: Client, three: list[Order]) -> None:
    view = save(annas_browser, "view=all&status=CLOSED,SHIPPED")
    root = results(annas_browser, f"view={view.pk}")
    fewer = root.one(id="chip-status").one("a").attributes["href"]

    changed = results(annas_browser, fewer[1:])
    assert changed.one("a", "tabs__link", aria_current="page").text.startswith("Mine •")
    assert changed.one(id="reset").attributes["href"] == f"?view={view.pk}"
    form = next(one for one in changed.all("form") if one.attributes["action"].startswith(f"/orders/views/{view.pk}/"))
    annas_browser.post(form.attributes["action"], {"do": "save"})

    assert numbers(annas_browser.get(f"/orders/?view={view.pk}")) == ["C", "B", "A"]


def test_views_of_the_list_itself_are_marked_too(annas_browser: Client, three: list[Order]) -> None:
    root = results(annas_browser, "view=shipped&status=SHIPPED")

    assert root.one("a", "tabs__link", aria_current="page").text == "Shipped • (changed and not saved) 1"
    assert root.one(id="reset").attributes["href"] == "?view=shipped"


def test_private_view_is_seen_by_its_owner_alone(annas_browser: Client, chloes_browser: Client) -> None:
    view = save(annas_browser, "view=all&status=CLOSED")

    assert parsed(chloes_browser.get("/orders/")).all(id=f"view-{view.pk}") == []
    assert change(chloes_browser, view, "delete")[0] == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_shared_view_is_seen_by_everybody_and_changed_by_those_who_may_share(
    annas_browser: Client, chloes_browser: Client
) -> None:
    view = save(annas_browser, "view=all&status=CLOSED", shared="yes")
    agent = browser_of(somebody(rights.AGENT))

    assert len(parsed(agent.get("/orders/")).all(id=f"view-{view.pk}")) == 1
    assert [change(agent, view, do, name="Ours")[0] for do in ("rename", "save", "delete", "default")] == [403] * 4
    assert change(chloes_browser, view, "rename", name="  Ours \0 now ")[0] == 302
    view.refresh_from_db()
    assert (view.name, view.query) == ("Ours now", "view=all&status=CLOSED")
    assert change(chloes_browser, view, "unshare")[1] == ["Only its owner can take this view back. You can delete it."]


def test_sharing_needs_the_right(three: list[Order]) -> None:
    agent = browser_of(somebody(rights.AGENT))
    assert agent.post("/orders/views/?view=all", {"name": "X", "shared": "yes"}).status_code == 403
    view = save(agent, "view=all")

    assert change(agent, view, "share")[0] == 403
    assert change(agent, view, "duplicate") == (302, ["This is your own copy: “Mine, copy”."])


def test_view_of_a_colleague_who_left(annas_browser: Client, three: list[Order]) -> None:
    bob = manager("bob@example.test")
    bobs = browser_of(bob)
    shared = save(bobs, "view=all&status=CLOSED", "Shared", shared="yes")
    private = save(bobs, "view=all&status=CLOSED", "Private")

    bob.delete()

    assert list(SavedView.objects.all()) == [shared]
    response = annas_browser.get(f"/orders/?view={shared.pk}")
    assert numbers(response) == ["B"]
    assert "Shared by somebody who has left." in parsed(response).one(id="save-view").text
    assert told(annas_browser.get(f"/orders/?view={private.pk}")) == [
        "That view is not there any more, or not shared with you. This is the standard view."
    ]


def test_list_begins_with_what_somebody_wishes_else_with_what_is_there_for_all(
    annas_browser: Client, chloes_browser: Client, three: list[Order]
) -> None:
    ended = save(annas_browser, "view=all&status=CLOSED", "Ended", shared="yes")
    change(annas_browser, ended, "default")
    chloes_browser.post("/orders/begin/?view=shipped")

    assert numbers(annas_browser.get("/orders/")) == ["B"]
    assert numbers(chloes_browser.get("/orders/")) == ["A"]
    change(annas_browser, ended, "delete")
    assert numbers(annas_browser.get("/orders/")) == ["C"]
    chloes_browser.post("/orders/begin/?view=shipped")
    assert (numbers(chloes_browser.get("/orders/")), Habit.objects.get().first) == (["C"], "")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "Give the view a name."), (" \0 ", "Give the view a name."), ("x" * 61, "A name has 60 characters at most.")],
)
def test_view_needs_a_name(annas_browser: Client, name: str, sentence: str) -> None:
    answer = annas_browser.post("/orders/views/?view=all&status=CLOSED", {"name": name})

    assert (said(answer), answer["Location"]) == ([sentence], "/orders/?view=all&status=CLOSED")
    assert not SavedView.objects.exists()


def test_button_that_no_list_has_changes_nothing(annas_browser: Client) -> None:
    view = save(annas_browser, "view=all")

    assert change(annas_browser, view, "explode") == (302, ["That button is not known here. Reload the page."])


# --- columns --------------------------------------------------------------------------------------


def columns(root: Element) -> list[str]:
    return [head.text for head in root.all("th") if "list__pick" not in head.attributes["class"].split()]


STANDARD = ["Order", "Created", "Customer", "Items", "Total", "Status", "Deadline"]


def test_columns_are_chosen_and_moved_for_one_view_and_one_person(
    annas_browser: Client, chloes_browser: Client, three: list[Order]
) -> None:
    order = ["status", "total", "id", "nonsense", "order"]

    annas_browser.post("/orders/columns/?view=all", {"order": order, "column": ["status", "id", "total"], "up": "id"})

    assert columns(results(annas_browser, "view=all")) == ["Order", "Status", "Mirakl id", "Total"]
    assert columns(results(annas_browser, "view=shipped")) == STANDARD
    assert columns(results(chloes_browser, "view=all")) == STANDARD
    annas_browser.post("/orders/columns/?view=all", {"standard": "yes"})
    assert columns(results(annas_browser, "view=all")) == STANDARD


def test_columns_of_a_saved_view_are_kept_in_it(annas_browser: Client, three: list[Order]) -> None:
    view = save(annas_browser, "view=all", shared="yes")

    annas_browser.post(f"/orders/columns/?view={view.pk}", {"order": ["total"], "column": ["total"]})

    assert columns(results(annas_browser, f"view={view.pk}")) == ["Order", "Total"]
    assert columns(results(annas_browser, "view=all")) == STANDARD


# --- what is left ---------------------------------------------------------------------------------


def test_list_of_a_limited_person_is_limited_everywhere(three: list[Order]) -> None:
    user = manager("part@example.test", all_connections=False)
    Scope.objects.create(user=user, connection_id=three[1].connection_id, channel_id=three[1].channel_id)
    browser = browser_of(user)

    assert numbers(browser.get("/orders/?view=all")) == ["B"]
    assert numbers(browser.get("/orders/", {"q": "A B C"})) == ["B"]
    browser.post("/orders/select/?view=all")
    assert Selection.objects.get().ids == [three[1].pk]


def test_scope_switch_goes_along_with_every_link(annas_browser: Client, three: list[Order]) -> None:
    rivoli = three[1]
    scope = f"connection={rivoli.connection_id}&channel={rivoli.channel_id}"

    root = results(annas_browser, f"view=all&{scope}")

    assert [row.attributes["id"] for row in root.all("tr", tabindex="-1")] == [f"order-{rivoli.pk}"]
    assert root.one(id="tab-shipped").attributes["href"] == f"?view=shipped&{scope}"
    assert parse_qs(urlsplit(root.one("a", "row-link").attributes["href"]).query)["back"] == [f"view=all&{scope}"]


@pytest.mark.parametrize("headers", [{}, to("results")], ids=["page", "fragment"])
def test_script_in_any_text_is_shown_as_text(annas_browser: Client, headers: dict[str, str]) -> None:
    attack = "\"><script>alert('x')</script>"
    address = ADDRESS | {"first_name": attack, "country_iso_code": "<b>"}
    place(
        id=attack,
        channel_order_id=attack,
        status=attack,
        status_reason=attack,
        origin={"channel_id": attack, "channel_name": attack},
        shipping_info={"address": address},
        fulfillment={"type": attack},
        order_lines=[line(product={"id": attack, "title": attack})],
    )
    save(annas_browser, "view=all", attack[:50])
    every = {"order": [box.key for box in ORDER_COLUMNS], "column": [box.key for box in ORDER_COLUMNS]}
    annas_browser.post(f"/orders/columns/?view=all&q={quote(attack)}", every)

    for query in ("view=all", f"view=all&q={quote(attack)}", f"view=all&country={quote(attack)}"):
        page = annas_browser.get(f"/orders/?{query}", headers=headers).content.decode()
        assert "<script>alert" not in page


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("narrowed", ["", "&status=CLOSED&q=kettle"], ids=["plain", "narrowed"])
def test_any_number_of_rows_costs_the_same(
    annas_browser: Client, number: int, narrowed: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place_all([payload(status="CLOSED") for _ in range(number)])

    # Session, person, rights; saved views, habits; rows, lines, the newest id, what is asked; readings; two of places;
    # all counts, none where the rows of one page are all there are.
    with django_assert_num_queries(12 if narrowed else 13):
        response = annas_browser.get(f"/orders/?view=all{narrowed}", headers=to("results"))

    assert len(numbers(response)) == number
