from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.lists import state as list_state
from backoffice.outbox import listing, queue
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Attempt, Batch
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from tests.cast import browser_of
from tests.htmx import Answer, Element, parsed, to
from tests.outbox.asking import MOMENT, action_in, asked, decision, order_to_accept
from tests.outbox.kinds import COSTLY

pytestmark = pytest.mark.django_db

NOW = "just now (21 Nov 2026, 08:00 UTC)"
HOSTILE = "<script>alert('x')</script>"
VERBS = ("undo", "send_now", "again", "give_up", "resolve", "settle", "approve", "refuse")


@pytest.fixture(autouse=True)
def at_the_moment() -> object:
    with time_machine.travel(MOMENT, tick=False):
        yield


def press(browser: Client, verb: str, action: Action, **fields: str) -> tuple[int, list[str], str]:
    """Presses a button: status, what the person is told last, the state of the action afterwards."""
    response = browser.post(reverse(f"actions:{verb}", args=[action.pk]), {"next": "/actions/", **fields})
    told = [str(message) for message in get_messages(response.wsgi_request)][-1:]
    action.refresh_from_db()
    return response.status_code, told, action.state


def rows(response: Answer) -> list[str]:
    """The ids of the rows of the list, in their order."""
    return [row.attributes["id"] for row in parsed(response).all("tr") if "id" in row.attributes]


def counts(response: Answer) -> dict[str, str]:
    links = parsed(response).all("a", "tabs__link")
    return {link.attributes["id"].removeprefix("tab-"): link.one(class_="tabs__count").text for link in links}


def failed(**fields: Any) -> Action:
    return action_in(State.FAILED, **{"cause": Cause.CHANNEL, "code": "OUT_OF_STOCK", "place": "Nordlicht", **fields})


def batch_of(number: int, by: User) -> Batch:
    orders = [order_to_accept() for _ in range(number)]
    wishes = [queue.Wish(order, decision(order)) for order in orders]
    skipped = [{"label": "N-0", "url": "/orders/1/", "reason": "It is closed."}]
    return queue.ask_many(ACCEPT_LINES, wishes, by=by, token="form-1", skipped=skipped, now=MOMENT)


# --- who may, and how -----------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/actions/", "/actions/strip/", "/actions/1/", "/actions/batches/1/"])
def test_pages_are_for_people_who_are_logged_in(client: Client, url: str) -> None:
    response = client.get(url)

    assert (response.status_code, response["Location"]) == (302, f"/login/?next={url}")


@pytest.mark.parametrize("verb", VERBS)
def test_buttons_are_for_people_who_are_logged_in(client: Client, verb: str) -> None:
    action = action_in(State.HELD)

    response = client.post(reverse(f"actions:{verb}", args=[action.pk]), {"reason": "x"})

    assert response["Location"].startswith("/login/")
    assert Action.objects.get().state == State.HELD


@pytest.mark.parametrize("verb", VERBS)
def test_buttons_need_the_token_of_a_form(anna: User, verb: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(anna)
    action = action_in(State.UNKNOWN)

    assert browser.post(reverse(f"actions:{verb}", args=[action.pk]), {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("verb", VERBS)
def test_looking_changes_nothing(annas_browser: Client, verb: str) -> None:
    action = action_in(State.UNKNOWN)

    assert annas_browser.get(reverse(f"actions:{verb}", args=[action.pk])).status_code == 405


@pytest.mark.parametrize("verb", VERBS)
def test_action_that_is_not_here_is_not_found(annas_browser: Client, verb: str) -> None:
    assert annas_browser.post(reverse(f"actions:{verb}", args=[4]), {"reason": "x"}).status_code == 404


# --- the list -------------------------------------------------------------------------------------


def test_every_state_has_its_tab_and_its_count(annas_browser: Client) -> None:
    made = {state: action_in(state) for state in State}
    differing = action_in(State.CONFIRMED, differs_at=MOMENT)
    settled = action_in(State.CONFIRMED, differs_at=MOMENT, settled_at=MOMENT, reason="I saw it.")
    followed = failed(code="UNAVAILABLE")
    queue.repeat_by_itself(followed, not_before=MOMENT, now=MOMENT)

    found = {tab.key: rows(annas_browser.get(f"/actions/?view={tab.key}")) for tab in listing.VIEWS}

    def ids(*actions: Action) -> list[str]:
        return [f"action-{action.pk}" for action in sorted(actions, key=lambda one: -one.pk)]

    assert found["held"] == ids(made[State.HELD])
    assert found["waiting"] == ids(made[State.WAITING], made[State.SENDING], Action.objects.get(follows=followed))
    assert found["sent"] == ids(made[State.SENT])
    assert found["attention"] == ids(made[State.TO_APPROVE], made[State.FAILED], made[State.UNKNOWN], differing)
    assert found["done"] == ids(made[State.CONFIRMED], settled)
    assert found["undone"] == ids(made[State.UNDONE], made[State.GIVEN_UP])
    assert len(found["all"]) == 14
    assert counts(annas_browser.get("/actions/")) == {key: str(len(ids)) for key, ids in found.items()}


def test_needs_attention_counts_what_the_queue_says_needs_a_person() -> None:
    for state in State:
        action_in(state)
    action_in(State.CONFIRMED, differs_at=MOMENT)
    queue.repeat_by_itself(failed(), not_before=MOMENT, now=MOMENT)

    shown = Action.objects.filter(listing.NEEDS_A_PERSON)

    assert sorted(shown.values_list("pk")) == sorted(queue.needing_a_person().values_list("pk"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "view=attention&group=" + quote('["failed","channel","OUT_OF_STOCK",""]'),
            "Group: Out of stock there. Nothing of it is in this view.",
        ),
        ("view=held&batch=1", "Batch: #1. Nothing of it is in this view."),
    ],
)
def test_part_of_a_list_without_rows_says_nothing_about_the_rest(
    annas_browser: Client, anna: User, query: str, said: str
) -> None:
    batch = batch_of(1, by=anna)
    Action.objects.update(state=State.CONFIRMED)
    action_in(State.HELD)
    failed(code="OTHER")
    query, said = (text.replace(old, new) for text, old, new in (
        (query, "batch=1", f"batch={batch.pk}"), (said, "#1", f"#{batch.pk}"),
    ))  # fmt: skip

    assert said in parsed(annas_browser.get(f"/actions/?{query}")).one(class_="nothing").text


def test_list_begins_with_what_needs_a_person(annas_browser: Client) -> None:
    action_in(State.HELD)

    root = parsed(annas_browser.get("/actions/"))

    assert root.one("a", "tabs__link", aria_current="page").text == "Needs attention 0"
    assert "Nothing needs you." in root.one(class_="nothing").text


@pytest.mark.parametrize("tab", [view.key for view in listing.VIEWS if view.key != "all"])
def test_empty_view_says_why(annas_browser: Client, tab: str) -> None:
    action_in(State.CONFIRMED if tab != "done" else State.UNDONE)
    said = parsed(annas_browser.get(f"/actions/?view={tab}")).one(class_="nothing").text

    view = listing.ACTIONS.view(tab)
    assert view is not None
    assert str(view.empty) in said


def test_row_shows_what_about_whom_who_and_why(anna: User, annas_browser: Client) -> None:
    action = failed(asked_by=anna, text="Kein Bestand", deadline=MOMENT + timedelta(hours=3))

    cells = [cell.text for cell in parsed(annas_browser.get("/actions/")).one(id=f"action-{action.pk}").all("td")]

    assert cells == [
        f"Accept 1 line {action.label} · Nordlicht",
        f"Anna Berg {NOW}",
        f"Failed {NOW} Out of stock there. Nordlicht says that the item is not available. “Kein Bestand”",
        "0",
        "in 3 h (21 Nov 2026, 11:00 UTC)",
        f"Open the form anew : Accept 1 line, {action.label} Try again : Accept 1 line, {action.label}",
    ]


def test_fragment_is_the_results_alone(annas_browser: Client) -> None:
    action = failed()

    response = annas_browser.get("/actions/", headers=to("results"))

    assert rows(response) == [f"action-{action.pk}"]
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("headers", [{}, to("results")], ids=["page", "fragment"])
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("tab", "cost"), [("held", 9), ("waiting", 11), ("attention", 10), ("all", 9)])
def test_list_costs_the_same_for_any_number_of_rows(  # noqa: PLR0913, PLR0917 -- one for each thing that varies
    annas_browser: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    headers: dict[str, str],
    number: int,
    tab: str,
    cost: int,
) -> None:
    state = {"held": State.HELD, "waiting": State.WAITING}.get(tab, State.FAILED)
    for _ in range(number):
        action_in(state)

    # Session, person, rights; saved views and habits; rows and the newest id; all counts; the connections that can be
    # chosen; groups, or what connections keep. The page has the frame besides, and one more for what can be undone.
    frame = 7 if tab == "held" else 6
    with django_assert_num_queries(cost if headers else cost + frame):
        response = annas_browser.get(f"/actions/?view={tab}", headers=headers)

    assert len(rows(response)) == number


def test_pages_of_the_list_follow_each_other(annas_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_state, "SIZE", 2)
    made = [f"action-{failed().pk}" for _ in range(5)][::-1]

    def link(response: Answer, name: str) -> str:
        return "/actions/" + parsed(response).one("a", id=f"page-{name}").attributes["href"]

    first = annas_browser.get("/actions/?view=attention")
    second = annas_browser.get(link(first, "next"))
    third = annas_browser.get(link(second, "next"))
    back = annas_browser.get(link(third, "previous"))

    assert [rows(page) for page in (first, second, third, back)] == [made[:2], made[2:4], made[4:], made[2:4]]
    assert rows(annas_browser.get(link(back, "previous"))) == made[:2]
    assert parsed(third).all("a", id="page-next") == []


@pytest.mark.parametrize("query", ["after=x", "before=99999999999999999999", "batch=x", "after=1", "view=nonsense"])
def test_link_that_was_damaged_leads_to_the_beginning(annas_browser: Client, query: str) -> None:
    action = failed()

    assert rows(annas_browser.get(f"/actions/?{query}")) == [f"action-{action.pk}"]


def test_zero_byte_in_the_link_to_a_group_is_left_out_and_said(annas_browser: Client) -> None:
    failed()

    damaged = annas_browser.get("/actions/?view=attention&group=" + quote('["failed","","\\u0000",""]'))

    assert len(rows(damaged)) == 1
    assert parsed(damaged).one(id="messages").text == "The link to a group is damaged. It was left out."


# --- groups ---------------------------------------------------------------------------------------


def groups(response: Answer) -> list[str]:
    return [group.one("h2").text for group in parsed(response).all("li", "group")]


def test_actions_that_failed_for_the_same_reason_are_grouped(annas_browser: Client) -> None:
    for _ in range(3):
        failed()
    for _ in range(2):
        failed(place="Rivoli")
    failed(code="UNAVAILABLE")

    response = annas_browser.get("/actions/")

    # A group of one says nothing that its row does not.
    assert groups(response) == ["3 × Out of stock there · Nordlicht", "2 × Out of stock there · Rivoli"]
    assert "Nordlicht says that the item is not available." in parsed(response).all("li", "group")[0].text
    assert len(rows(response)) == 6


def test_group_narrows_the_list_to_itself(annas_browser: Client) -> None:
    mine = [failed(place="Rivoli"), failed(place="Rivoli")]
    failed()
    link = parsed(annas_browser.get("/actions/")).one("li", "group").all("a")[0].attributes["href"]

    response = annas_browser.get(link)

    assert rows(response) == [f"action-{action.pk}" for action in reversed(mine)]
    assert groups(response) == ["2 × Out of stock there · Rivoli"]


def test_one_press_asks_for_all_of_a_group_again(anna: User, annas_browser: Client) -> None:
    mine = [failed(), failed()]
    other = failed(code="UNAVAILABLE")
    form = parsed(annas_browser.get("/actions/")).one("form", action="/actions/again/")
    assert form.one("button").text == "Try all 2 again : Out of stock there"

    response = annas_browser.post("/actions/again/", fields_of(form))

    assert [str(one) for one in get_messages(response.wsgi_request)] == ["2 asked again."]
    again = Action.objects.filter(follows__in=mine)
    assert {(one.state, one.asked_by_id) for one in again} == {(State.HELD, anna.pk)}
    assert (again.count(), Action.objects.filter(follows=other).exists()) == (2, False)


def fields_of(form: Element) -> dict[str, str]:
    return {one.attributes["name"]: one.attributes["value"] for one in form.all("input")}


def test_those_of_a_group_that_cannot_be_asked_again_are_told(annas_browser: Client) -> None:
    gone, fine = failed(), failed()
    Action.objects.filter(pk=gone.pk).update(target_id=0)

    response = annas_browser.post("/actions/again/", {"cause": "channel", "code": "OUT_OF_STOCK", "place": "Nordlicht"})

    told = [str(one) for one in get_messages(response.wsgi_request)]
    text = "What this was about is not here any more."
    assert told == [f"1 asked again. 1 could not be: {gone.label}: {text}"]
    assert Action.objects.get(follows=fine).state == State.HELD


def test_group_is_asked_again_in_portions(annas_browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_AGAIN", 2)
    for _ in range(3):
        failed()

    form = parsed(annas_browser.get("/actions/")).one("form", action="/actions/again/")
    annas_browser.post("/actions/again/", fields_of(form))

    assert form.one("button").text.startswith("Try all 2 again")
    assert Action.objects.exclude(follows=None).count() == 2


def test_group_that_makes_no_sense_changes_nothing(annas_browser: Client) -> None:
    failed()

    response = annas_browser.post("/actions/again/", {"cause": "", "batch": "x"})

    assert (response.status_code, Action.objects.count()) == (422, 1)


def test_unknown_actions_are_never_asked_again_together(annas_browser: Client) -> None:
    for _ in range(2):
        action_in(State.UNKNOWN, cause=Cause.LOST, code="", place="")

    annas_browser.post("/actions/again/", {"cause": "lost", "code": "", "place": ""})

    assert parsed(annas_browser.get("/actions/")).all("form", action="/actions/again/") == []
    assert Action.objects.count() == 2


# --- undo -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.TO_APPROVE, State.HELD, State.WAITING])
def test_what_has_not_left_is_undone(anna: User, annas_browser: Client, state: State) -> None:
    action = action_in(state)

    assert press(annas_browser, "undo", action) == (
        302,
        [f"Undone: Accept 1 line, {action.label}. Nothing was sent."],
        State.UNDONE,
    )
    assert action.ended_by == anna


@pytest.mark.parametrize(
    ("state", "fields", "told"),
    [
        (State.SENDING, {}, "Too late: it left at 08:00:00. This is how it stands now."),
        (State.SENDING, {"departed_at": None}, "Too late: it is being sent at this moment."),
        (State.SENT, {}, "Too late: it left at 08:00:00. This is how it stands now."),
        (State.CONFIRMED, {}, "Too late: it left at 08:00:00. This is how it stands now."),
        (State.UNKNOWN, {}, "Too late: it left at 08:00:00. This is how it stands now."),
        (State.FAILED, {"departed_at": None}, "Too late: it has ended already. This is how it stands now."),
        # Harmless twice: it left once, its answer was lost, and it waits to be sent again.
        (State.WAITING, {"departed_at": MOMENT}, "Too late: it left at 08:00:00. This is how it stands now."),
    ],
)
def test_undo_that_comes_too_late_says_when_it_left(
    annas_browser: Client, state: State, fields: dict[str, Any], told: str
) -> None:
    action = action_in(state, **fields)

    assert press(annas_browser, "undo", action) == (302, [told], state)


def test_second_undo_says_who_was_first(boris: User, annas_browser: Client) -> None:
    action = action_in(State.HELD)
    press(browser_of(boris), "undo", action)

    told = "Boris had undone it already, at 08:00:00. Nothing was sent."
    assert press(annas_browser, "undo", action) == (302, [told], State.UNDONE)


# --- try again, give up, settle -------------------------------------------------------------------


def test_again_makes_an_action_that_follows(annas_browser: Client) -> None:
    action = failed()

    told = press(annas_browser, "again", action)[1]

    new = Action.objects.get(follows=action)
    assert told == [f"Asked again: Accept 1 line, {action.label}. It leaves at 08:00:20."]
    assert (new.state, new.request) == (State.HELD, action.request)


@pytest.mark.parametrize("verb", ["again", "send_now"])
def test_nothing_is_said_to_leave_through_a_paused_connection(annas_browser: Client, verb: str) -> None:
    action = failed()
    if verb == "send_now":
        action = queue.repeat_by_itself(action, not_before=MOMENT + timedelta(minutes=5), now=MOMENT)
    Connection.objects.update(state=ConnectionState.PAUSED)

    (told,) = press(annas_browser, verb, action)[1]

    assert "is paused: nothing leaves until an administrator lets the connection go on." in told
    assert "It leaves" not in told


def test_again_from_its_own_page_leads_to_the_new_action(annas_browser: Client) -> None:
    action = failed()

    response = annas_browser.post(f"/actions/{action.pk}/again/")

    assert response["Location"] == f"/actions/{Action.objects.get(follows=action).pk}/"


def test_again_pressed_twice_is_one_action(annas_browser: Client) -> None:
    action = failed()
    press(annas_browser, "again", action)

    told = press(annas_browser, "again", action)[1]

    assert (told, Action.objects.count()) == (["Not asked again: This was already tried again."], 2)


def test_again_of_a_kind_that_is_not_known_is_an_objection(annas_browser: Client) -> None:
    action = failed()
    Action.objects.filter(pk=action.pk).update(kind="tests.gone")

    told = press(annas_browser, "again", action)[1]

    assert told == ["Not asked again: This version of the program does not know how to do this."]


def test_send_now_lets_a_repetition_leave(annas_browser: Client) -> None:
    new = queue.repeat_by_itself(failed(), not_before=MOMENT + timedelta(minutes=5), now=MOMENT)

    assert press(annas_browser, "send_now", new)[1:] == (
        [f"Not waiting for its time any more: Accept 1 line, {new.label}. It leaves within seconds."],
        State.WAITING,
    )
    assert new.not_before == MOMENT


def test_send_now_of_what_left_says_so(annas_browser: Client) -> None:
    action = action_in(State.SENT)

    told = press(annas_browser, "send_now", action)[1]

    assert told == [f"Accept 1 line, {action.label} does not wait for its time any more."]


@pytest.mark.parametrize(
    ("verb", "state", "after"),
    [
        ("give_up", State.FAILED, State.GIVEN_UP),
        ("give_up", State.UNKNOWN, State.GIVEN_UP),
        ("resolve", State.UNKNOWN, State.CONFIRMED),
    ],
)
def test_person_ends_an_action_with_a_reason(
    anna: User, annas_browser: Client, verb: str, state: State, after: State
) -> None:
    action = action_in(state)

    status, _told, now = press(annas_browser, verb, action, reason=" Seen at the channel. ")

    assert (status, now, action.reason, action.ended_by) == (302, after, "Seen at the channel.", anna)


def test_what_two_readings_do_not_show_is_settled_with_a_reason(anna: User, annas_browser: Client) -> None:
    action = action_in(State.CONFIRMED, differs_at=MOMENT)

    press(annas_browser, "settle", action, reason="The channel shows it.")

    assert (action.state, action.reason, action.ended_by) == (State.CONFIRMED, "The channel shows it.", anna)
    assert rows(annas_browser.get("/actions/?view=attention")) == []


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("give_up", State.FAILED),
        ("give_up", State.UNKNOWN),
        ("resolve", State.UNKNOWN),
        ("settle", State.CONFIRMED),
        ("refuse", State.TO_APPROVE),
    ],
)
def test_reason_that_is_missing_or_too_long_comes_back_with_what_was_typed(
    annas_browser: Client, verb: str, state: State
) -> None:
    action = action_in(state, differs_at=MOMENT if state == State.CONFIRMED else None)
    url = reverse(f"actions:{verb}", args=[action.pk])

    empty = annas_browser.post(url, {"reason": "  "}, headers=to("action"))
    long = annas_browser.post(url, {"reason": "y" * 501}, headers=to("action"))

    for response in (empty, long):
        assert response.status_code == 422
        assert "<html" not in response.content.decode()
    assert parsed(empty).one(class_="field__error").text == "Say why: your colleagues will read it."
    field = parsed(long).one("textarea", aria_invalid="true")
    assert (field.text, field.attributes["name"]) == ("y" * 501, "reason")
    action.refresh_from_db()
    assert (action.state, action.reason) == (state, "")


@pytest.mark.parametrize("verb", ["give_up", "resolve", "settle", "refuse"])
def test_verb_that_comes_too_late_says_that_somebody_was_faster(annas_browser: Client, verb: str) -> None:
    action = action_in(State.CONFIRMED)

    status, told, state = press(annas_browser, verb, action, reason="Late.")

    assert (status, told) == (302, ["Somebody dealt with this meanwhile. This is how it stands now."])
    assert state == State.CONFIRMED


# --- approval -------------------------------------------------------------------------------------


def test_colleague_agrees(anna: User, boriss_browser: Client) -> None:
    action = asked(order_to_accept(), COSTLY, by=anna, now=MOMENT)

    assert press(boriss_browser, "approve", action)[2] == State.HELD


def test_asker_does_not_agree_and_does_not_refuse_but_takes_it_back(anna: User, annas_browser: Client) -> None:
    action = asked(order_to_accept(), COSTLY, by=anna, now=MOMENT)
    names = [
        button.text for button in parsed(annas_browser.get(f"/actions/{action.pk}/")).one(id="action").all("button")
    ]

    assert press(annas_browser, "approve", action)[1:] == (
        ["Somebody else than the asker has to agree."],
        State.TO_APPROVE,
    )
    assert press(annas_browser, "refuse", action, reason="No.")[2] == State.TO_APPROVE
    assert names == [f"Take it back : Accept 1 line, {action.label}"]
    assert press(annas_browser, "undo", action)[2] == State.UNDONE


def test_colleague_refuses_with_a_reason(anna: User, boris: User, boriss_browser: Client) -> None:
    action = asked(order_to_accept(), COSTLY, by=anna, now=MOMENT)

    press(boriss_browser, "refuse", action, reason="Too dear.")

    assert (action.state, action.reason, action.ended_by) == (State.UNDONE, "Too dear.", boris)
    assert "Boris took it back at 08:00:00: Too dear." in page_of(boriss_browser, action).text


def test_refusing_takes_back_nothing_that_was_agreed_on(anna: User, boriss_browser: Client) -> None:
    action = asked(order_to_accept(), COSTLY, by=anna, now=MOMENT)
    press(boriss_browser, "approve", action)

    assert press(boriss_browser, "refuse", action, reason="Too dear.")[2] == State.HELD


# --- one action -----------------------------------------------------------------------------------


def page_of(browser: Client, action: Action) -> Element:
    return parsed(browser.get(f"/actions/{action.pk}/")).one(id="action")


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_for_any_number_of_calls(
    annas_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, state: State, number: int
) -> None:
    action = action_in(state)
    for _ in range(number):
        Attempt.objects.create(action=action, at=MOMENT, operation="v2-acceptOrderLines", status=202, outcome="ok")
    # Session, person, rights, the action, calls, dependents, and 7 for the frame. Evidence: order, channel, lines, how
    # far all is read. What is held may be the viewer's to undo.
    cost = {State.UNKNOWN: 17, State.HELD: 14}.get(state, 13)

    with django_assert_num_queries(cost):
        root = page_of(annas_browser, action)

    assert len(root.one("table", "calls").all("tr")) == number + 1


def test_life_shows_only_moments_that_were(annas_browser: Client) -> None:
    action = action_in(State.SENT, sent_at=MOMENT + timedelta(seconds=3), ask_at=MOMENT + timedelta(seconds=13))

    steps = [step.text for step in page_of(annas_browser, action).one("ol", "life").all("li")]

    assert steps == ["Asked 08:00:00", "Left us 08:00:00", "Taken by Mirakl 08:00:03", "Next question 08:00:13"]


def test_failure_shows_the_channels_own_text_and_the_code(annas_browser: Client) -> None:
    root = page_of(annas_browser, failed(text="Kein Bestand\nArtikel 7"))

    assert root.one("h2", id="state").text == "Out of stock there"
    assert root.one("figcaption").text == "Nordlicht in its own words · OUT_OF_STOCK"
    assert root.one("blockquote").text == "Kein Bestand Artikel 7"


def test_what_comes_from_outside_is_escaped(annas_browser: Client) -> None:
    action = failed(text=HOSTILE, code=HOSTILE, place=HOSTILE, label=HOSTILE, remote_status=HOSTILE, remote_id=HOSTILE)
    failed(text=HOSTILE, code=HOSTILE, place=HOSTILE, label=HOSTILE)
    fields = {"outcome": HOSTILE, "code": HOSTILE, "text": HOSTILE, "request_id": HOSTILE}
    Attempt.objects.create(action=action, at=MOMENT, operation="v2-x", **fields)

    for url in ("/actions/", f"/actions/{action.pk}/"):
        text = annas_browser.get(url).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_conflict_shows_both_sides(annas_browser: Client) -> None:
    action = failed(cause=Cause.CONFLICT, code="", departed_at=None)
    line = next(iter(action.seen["lines"]))
    now = {"lines": {line: [*action.seen["lines"][line][:3], "CLOSED"]}}
    Action.objects.filter(pk=action.pk).update(now=now)

    root = page_of(annas_browser, action)

    table = root.one(class_="sides")
    assert [cell.text for cell in table.all("tr")[0].all("th")] == [
        "What differs",
        "What you saw",
        "Just before sending",
    ]
    assert [row.text for row in table.all("tr")[1:]] == ["KETTLE-1: status To accept Closed"]
    links = {link.text: link.attributes["href"] for link in root.one(class_="offers").all("a")}
    assert links["Open the form anew"] == f"/orders/{action.target_id}/accept/?follows={action.pk}"


def test_done_there_already_gives_it_up_with_that_reason(annas_browser: Client) -> None:
    action = failed(code="ORDER_IN_WRONG_STATE")
    root = page_of(annas_browser, action)
    form = next(one for one in root.all("form") if one.text == "Done there already")

    annas_browser.post(form.attributes["action"], fields_of(form))

    action.refresh_from_db()
    assert (action.state, action.reason) == (State.GIVEN_UP, "Done there already.")


def test_unknown_shows_the_evidence_and_every_choice(annas_browser: Client) -> None:
    action = action_in(State.UNKNOWN, reads=2, read_to=MOMENT + timedelta(minutes=2))

    root = page_of(annas_browser, action)

    known = [item.text for item in root.one("ul", "known").all("li")]
    assert known[0] == f"“Accept 1 line” for {action.label} left us at 08:00:00 ."
    assert known[1].startswith("2 complete readings since then, the last up to 08:02:00 , do not show it.")
    assert known[2] == f"{action.label} still is as it was when this was asked for."
    assert [choice.one("h3").text for choice in root.all(class_="verdict")] == [
        "It did happen",
        "Send it again",
        "Give up",
    ]
    assert "the channel refuses the second" in root.all(class_="verdict")[1].text


def test_unknown_that_cannot_be_asked_again_has_no_button_for_it(annas_browser: Client) -> None:
    action = action_in(State.UNKNOWN)
    order = ACCEPT_LINES.targets().get(pk=action.target_id)
    order.lines.update(status="AWAITING_SHIPMENT")

    root = page_of(annas_browser, action)

    again = root.all(class_="verdict")[1]
    assert "No line of this order waits to be accepted any more." in again.text
    assert again.all("button") == []
    assert [row.text for row in root.one(class_="sides").all("tr")[1:]] == ["KETTLE-1: status To accept To ship"]


@pytest.mark.parametrize(
    ("state", "fields", "every"),
    [
        (State.HELD, {}, "every 3s, actionsChanged from:body"),
        (State.WAITING, {}, "every 3s, actionsChanged from:body"),
        (State.SENDING, {}, "every 3s, actionsChanged from:body"),
        (State.SENT, {}, "every 3s, actionsChanged from:body"),
        (State.UNKNOWN, {}, "every 15s, actionsChanged from:body"),
        (State.CONFIRMED, {}, "every 15s, actionsChanged from:body"),
        (State.CONFIRMED, {"seen_at": MOMENT}, None),
        (State.FAILED, {}, None),
        (State.UNDONE, {}, None),
        (State.GIVEN_UP, {}, None),
        (State.TO_APPROVE, {}, None),
    ],
)
def test_page_looks_again_only_while_something_can_change(
    annas_browser: Client, state: State, fields: dict[str, Any], every: str | None
) -> None:
    root = page_of(annas_browser, action_in(state, **fields))

    found = [poll.one("a").attributes["hx-trigger"] for poll in root.all(class_="poll")]
    assert found == ([every] if every else [])


@pytest.mark.parametrize(("person", "shown"), [("anna", False), ("boris", True)])
def test_bodies_are_for_staff_alone(request: pytest.FixtureRequest, person: str, shown: bool) -> None:
    browser = browser_of(request.getfixturevalue(person))
    action = failed()
    Attempt.objects.create(action=action, at=MOMENT, operation="v2-x", sent="the body", received="the answer")

    assert ("the body" in page_of(browser, action).text) == shown


def test_page_names_what_belongs_to_it(anna: User, annas_browser: Client) -> None:
    batch = batch_of(2, anna)
    first, second = Action.objects.order_by("pk")
    Action.objects.filter(pk=second.pk).update(after=first)

    def links(action: Action) -> set[str]:
        return {link.attributes["href"] for link in page_of(annas_browser, action).one(class_="order__side").all("a")}

    assert links(first) == {f"/actions/batches/{batch.pk}/", f"/actions/{second.pk}/"}
    assert links(second) == {f"/actions/batches/{batch.pk}/", f"/actions/{first.pk}/"}


def test_way_back_leads_to_the_same_place_in_the_list(annas_browser: Client) -> None:
    action = failed()
    link = parsed(annas_browser.get("/actions/?view=attention&by=itself")).one(id=f"action-{action.pk}").all("a")[0]

    back = parsed(annas_browser.get(link.attributes["href"])).one("a", "way-back")

    assert back.attributes["href"] == "/actions/?view=attention&by=itself"


# --- batches --------------------------------------------------------------------------------------


def numbers(root: Element) -> dict[str, str]:
    return {
        " ".join(one.text.split()[1:]): one.one("strong").text for one in root.one(class_="batch__numbers").all("li")
    }


def test_batch_shows_how_far_it_is(anna: User, annas_browser: Client) -> None:
    batch = batch_of(4, anna)
    _held, sent, done, broken = Action.objects.order_by("pk")
    Action.objects.filter(pk=sent.pk).update(state=State.SENT, departed_at=MOMENT)
    Action.objects.filter(pk=done.pk).update(state=State.CONFIRMED, departed_at=MOMENT)
    Action.objects.filter(pk=broken.pk).update(state=State.FAILED, cause="channel", code="UNAVAILABLE")

    root = parsed(annas_browser.get(f"/actions/batches/{batch.pk}/")).one(id="batch")

    assert root.one("h1").text == "Accept 4 orders"
    assert numbers(root) == {
        "asked for": "5",
        "left out": "1",
        "held": "1",
        "sent": "1",
        "confirmed": "1",
        "failed": "1",
    }
    bar = root.one("progress").attributes
    assert (bar["value"], bar["max"], bar["aria-labelledby"]) == ("2", "4", "batch-progress")
    assert root.one(id="undo-batch").text == "Undo the one that has not left"
    assert root.one("summary").text == "1 × It is closed."
    assert root.attributes["data-announce"] == "50 % of 4 done"
    assert len(root.all(class_="poll")) == 1


def test_batch_counts_the_newest_of_a_chain(anna: User, annas_browser: Client) -> None:
    batch = batch_of(1, anna)
    action = Action.objects.get()
    Action.objects.update(state=State.FAILED, cause="channel", code="UNAVAILABLE")
    queue.repeat_by_itself(action, not_before=MOMENT, now=MOMENT)

    root = parsed(annas_browser.get(f"/actions/batches/{batch.pk}/"))

    assert numbers(root) == {"asked for": "2", "left out": "1", "waiting": "1", "confirmed": "0"}


def test_batch_of_which_all_was_left_out_says_so(anna: User, annas_browser: Client) -> None:
    batch = batch_of(0, anna)

    root = parsed(annas_browser.get(f"/actions/batches/{batch.pk}/")).one(id="batch")

    assert root.one(id="batch-progress").text == "All of it was left out"
    assert root.one(class_="batch__numbers").all("a") == []
    assert numbers(root) == {"asked for": "1", "left out": "1", "confirmed": "0"}


def test_batch_that_ended_does_not_look_again(anna: User, annas_browser: Client) -> None:
    batch = batch_of(2, anna)
    Action.objects.update(state=State.CONFIRMED, departed_at=MOMENT)

    root = parsed(annas_browser.get(f"/actions/batches/{batch.pk}/")).one(id="batch")

    assert root.attributes["data-announce"] == "All 2 ended: 2 confirmed, 0 failed."
    assert (root.all(class_="poll"), root.all(id="undo-batch")) == ([], [])


def test_undo_of_a_batch_takes_back_what_has_not_left(anna: User, annas_browser: Client) -> None:
    batch = batch_of(3, anna)
    left = Action.objects.order_by("pk")[0]
    Action.objects.filter(pk=left.pk).update(state=State.SENT, departed_at=MOMENT)

    first = annas_browser.post(f"/actions/batches/{batch.pk}/undo/")
    second = annas_browser.post(f"/actions/batches/{batch.pk}/undo/")

    told = [str(one) for response in (first, second) for one in get_messages(response.wsgi_request)]
    assert told[0] == "2 undone: they were not sent."
    assert told[-1] == "Too late: nothing of it is left to be undone."
    assert sorted(Action.objects.values_list("state", flat=True)) == [State.SENT, State.UNDONE, State.UNDONE]


@pytest.mark.parametrize("number", [1, 3])
def test_batch_costs_the_same_for_any_number_of_actions(
    anna: User, annas_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    batch = batch_of(number, anna)
    Action.objects.update(state=State.FAILED, cause="channel", code="UNAVAILABLE")

    # Session, person, rights, the batch, its progress, its title, its groups, and 7 for the frame.
    with django_assert_num_queries(14):
        annas_browser.get(f"/actions/batches/{batch.pk}/")


def test_list_of_a_batch_shows_only_its_actions(anna: User, annas_browser: Client) -> None:
    failed()
    batch = batch_of(2, anna)

    response = annas_browser.get(f"/actions/?batch={batch.pk}")

    assert len(rows(response)) == 2
    assert counts(response)["all"] == "2"
