from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.outbox import following, queries, queue, words
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Valve
from backoffice.outbox.shown import Shown, shown
from backoffice.outbox.words import Offer
from tests.outbox.asking import MOMENT, action_in, asked, order_to_accept
from tests.outbox.kinds import SHARED

pytestmark = pytest.mark.django_db

# getActionStatus, as Mirakl Connect's contract enumerates them (domain.md §2.5).
CODES = [
    *("INVALID_INPUT", "DATA_NOT_FOUND", "UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST", "ACTION_NOT_SUPPORTED"),
    *("ORDER_IN_WRONG_STATE", "RETURN_IN_WRONG_STATE", "INVALID_PRODUCT_ID", "OUT_OF_STOCK"),
    *("ORDER_FULFILLED_BY_PARTNER", "PAYMENT_REQUIRED", "SYNCHRONIZATION_DEACTIVATED", "CARRIER_NOT_SUPPORTED"),
    *("MISSING_CARRIER", "WAREHOUSE_ID_REQUIRED", "WAREHOUSE_ID_NOT_FOUND", "OTHER"),
]
# What a step names in quotes, and the offer that has a button of that name.
BUTTONS = {"Done there already": Offer.ELSEWHERE, "Try again": Offer.AGAIN}


@pytest.fixture(autouse=True)
def at_the_moment() -> object:
    with time_machine.travel(MOMENT, tick=False):
        yield


def seen(action: Action) -> Shown:
    """The action as a page would show it."""
    return shown(queries.with_company(Action.objects.filter(pk=action.pk)).get(), MOMENT)


def explained(code: str, place: str = "Nordlicht", cause: str = Cause.CHANNEL) -> words.Explanation:
    entry = words.entry_of(cause, code)
    return words.explain(entry, cause=cause, code=code, place=place, about="MR-1", text="Kein Bestand")


def test_table_holds_every_code_of_the_contract() -> None:
    assert sorted(words.CODES) == sorted(CODES)


@pytest.mark.parametrize("code", [*CODES, "SOMETHING_NEW", ""])
def test_every_code_has_a_title_a_sentence_and_a_step_that_name_the_channel(code: str) -> None:
    said = explained(code)

    assert said.title
    assert said.sentence.endswith(".")
    assert said.step.endswith(".")
    assert "Nordlicht" in said.sentence
    assert "%(" not in said.sentence + said.step
    assert said.who == "Nordlicht did not do it"
    assert (said.own_label, said.own_text) == ("Nordlicht in its own words", "Kein Bestand")


@pytest.mark.parametrize("code", [*CODES, "SOMETHING_NEW"])
def test_every_code_offers_a_way_on_and_giving_up(code: str) -> None:
    said = explained(code)

    assert Offer.GIVE_UP in said.offers
    assert len(set(said.offers)) == len(said.offers) > 1
    assert all(offer in said.offers for name, offer in BUTTONS.items() if name in said.step)
    assert ("form" not in said.step) or Offer.FORM in said.offers


def test_two_codes_never_say_the_same() -> None:
    said = {explained(code).sentence for code in CODES}

    assert len(said) == len(CODES) - 1  # the two of a wrong state mean the same


def test_code_that_nobody_knows_keeps_code_and_text() -> None:
    said = explained("SOMETHING_NEW")

    assert (said.title, said.code, said.own_text) == ("A reason that is new to us", "SOMETHING_NEW", "Kein Bestand")


@pytest.mark.parametrize("code", CODES)
def test_channel_without_a_name_still_makes_a_sentence(code: str) -> None:
    said = explained(code, place="")

    assert said.sentence[0].isupper()
    assert said.step[0].isupper()


def test_name_at_the_beginning_is_written_as_it_is() -> None:
    assert explained("UNAVAILABLE", place="eShop").sentence == "eShop is not answering."


@pytest.mark.parametrize(
    ("cause", "who"),
    [
        (Cause.CONFLICT, "We stopped it"),
        (Cause.CHECK, "We stopped it"),
        (Cause.REFUSED, "Mirakl refused it"),
        (Cause.RIGHTS, "Mirakl refused it"),
        (Cause.ADDRESS, "We stopped it"),
        (Cause.AFTER, "We stopped it"),
        (Cause.OURS, "We stopped it"),
        (Cause.LOST, "Nobody can tell"),
        (Cause.STOPPED, "Nobody can tell"),
        (Cause.GONE, "Nobody can tell"),
        (Cause.SILENT, "Nobody can tell"),
    ],
)
def test_every_cause_says_who_why_and_what_now(cause: Cause, who: str) -> None:
    said = explained("", cause=cause)

    assert (said.who, said.title in {"", "It did not happen"}) == (who, False)
    assert said.sentence.endswith(".")
    assert said.step.endswith(".")
    assert Offer.GIVE_UP in said.offers


def test_no_cause_is_without_an_entry() -> None:
    assert set(words.CAUSES) == set(Cause) - {Cause.CHANNEL}


def test_our_own_check_is_the_sentence_and_not_a_quotation() -> None:
    said = words.explain(words.entry_of(Cause.CHECK, ""), cause=Cause.CHECK, about="MR-1", text="It is closed.")

    assert said.sentence == "Just before sending it turned out: It is closed. Nothing was sent."
    assert said.own_text == ""


@pytest.mark.parametrize(
    ("state", "fields", "sentence"),
    [
        (State.TO_APPROVE, {}, "→ Accepted, waiting for a colleague to agree"),
        (State.HELD, {}, "→ Accepted, held until 08:00:20"),
        (State.WAITING, {}, "→ Accepted, waiting to be sent"),
        (State.SENDING, {}, "→ Accepted, being sent"),
        (State.SENT, {}, "→ Accepted, waiting for Mirakl"),
        (State.CONFIRMED, {}, "→ Accepted, confirmed; the next reading will show it"),
        (State.CONFIRMED, {"seen_at": MOMENT}, "Accepted: confirmed, and seen in a reading"),
        (State.CONFIRMED, {"differs_at": MOMENT}, "→ Accepted, confirmed, but not seen in two readings"),
        (State.FAILED, {}, "→ Accepted, failed"),
        (State.UNKNOWN, {}, "→ Accepted, unknown whether it arrived"),
        (State.UNDONE, {}, "→ Accepted, undone: nothing was sent"),
        (State.GIVEN_UP, {}, "→ Accepted, given up"),
    ],
)
def test_every_state_has_a_sentence_that_is_true(state: State, fields: dict[str, Any], sentence: str) -> None:
    said = seen(action_in(state, **fields))

    assert said.sentence == sentence
    # A wish begins with an arrow as long as no reading shows that it came true.
    assert sentence.startswith("→") == ("seen_at" not in fields)


@pytest.mark.parametrize("state", list(State))
def test_every_state_says_why_it_is_where_it_is(state: State) -> None:
    said = seen(action_in(state, seen_at=MOMENT if state == State.CONFIRMED else None))

    assert bool(said.waits or said.explanation) == (state != State.CONFIRMED)


@pytest.mark.parametrize(
    ("seconds", "sentence", "waits"),
    [
        (20, "→ Accepted, held until 08:00:20", "It can be undone until 08:00:20; nothing has left."),
        (0, "→ Accepted, waiting to be sent", "Nothing has left; it can still be undone."),
    ],
)
def test_held_names_its_end_until_that_is_over(seconds: int, sentence: str, waits: str) -> None:
    said = seen(action_in(State.HELD, not_before=MOMENT + timedelta(seconds=seconds)))

    assert (said.sentence, said.waits) == (sentence, waits)


def test_waiting_says_that_it_leaves_at_once() -> None:
    assert seen(action_in(State.WAITING)).waits == "It leaves within seconds."


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (ConnectionState.PAUSED, "Nord is paused: nothing leaves until an administrator lets the connection go on."),
        (
            ConnectionState.STOPPED,
            (
                "Mirakl refuses the credentials of Nord: nothing leaves. Nothing is lost; "
                "it goes on by itself once they are accepted again."
            ),
        ),
        (
            ConnectionState.OBSERVE,
            "Nord only observes: nothing leaves until an administrator lets the connection send.",
        ),
    ],
)
def test_waiting_says_that_the_connection_does_not_send(state: ConnectionState, said: str) -> None:
    action = action_in(State.WAITING)
    Connection.objects.update(state=state)

    assert seen(action).waits == said


def test_waiting_says_since_when_mirakl_cannot_be_reached_and_when_the_next_try_is() -> None:
    action = action_in(State.WAITING)
    Connection.objects.update(trouble=Trouble.UNREACHABLE, trouble_since=MOMENT - timedelta(minutes=5))
    Valve.objects.create(connection=action.connection, shut_until=MOMENT + timedelta(minutes=2), failures=3)

    expected = "Mirakl cannot be reached (Nord, since 07:55:00). Nothing is lost; the next try is at 08:02:00."
    assert seen(action).waits == expected


def test_waiting_names_the_action_before_it_in_its_lane() -> None:
    order = order_to_accept()
    first = asked(order, SHARED, now=MOMENT)
    second = asked(order, SHARED, now=MOMENT)
    Action.objects.update(state=State.WAITING, not_before=MOMENT)

    assert (seen(first).waits, seen(second).waits) == (
        "It leaves within seconds.",
        f"Action #{first.pk} about the same goes first.",
    )


def test_waiting_names_the_action_whose_end_it_waits_for() -> None:
    first = action_in(State.SENT)
    action = action_in(State.WAITING, after=first)

    assert seen(action).waits == f"It waits for the end of action #{first.pk}."


def test_waiting_after_a_try_says_when_the_next_one_is() -> None:
    action = action_in(State.WAITING, not_before=MOMENT + timedelta(seconds=30))

    assert seen(action).waits == "Mirakl did not take it yet; the next try is at 08:00:30."


def test_failed_action_that_is_tried_again_by_itself_says_when_and_how_often() -> None:
    deadline = MOMENT + timedelta(hours=3)
    failed = action_in(State.FAILED, code="UNAVAILABLE", place="Nordlicht", deadline=deadline)
    new = queue.repeat_by_itself(failed, not_before=MOMENT + following.REPEAT_AFTER[0], now=MOMENT)

    before, after = seen(failed), seen(new)

    step = "We try again by ourselves at 08:01:00 (repetition 1 of 5), and never after the deadline, 11:00:00."
    assert before.explanation is not None
    assert before.explanation.step == step
    assert (before.retried, before.offers, before.needs_a_person) == (True, (), False)
    assert (after.waits, after.can_undo) == (f"Nordlicht is not answering. {step}", True)


def test_sent_action_names_a_status_that_nobody_knows_and_a_wait_that_is_too_long() -> None:
    taken = MOMENT - timedelta(hours=25)
    action = action_in(State.SENT, sent_at=taken, remote_status="SOMEWHERE", ask_at=MOMENT + timedelta(hours=1))

    assert seen(action).waits == (
        "Mirakl took it at 20 Nov 2026, 07:00:00. Its status there is “SOMEWHERE”, a word that we do not know. "
        "That is 1 day ago, longer than usual. We ask what became of it at 09:00:00."
    )


def test_unknown_action_offers_only_what_settles_it() -> None:
    said = seen(action_in(State.UNKNOWN))

    assert said.offers == (Offer.HAPPENED, Offer.AGAIN, Offer.GIVE_UP)
    assert (said.can_retry, said.needs_a_person) == (False, True)


def test_action_of_a_kind_that_is_not_known_is_shown_by_its_name() -> None:
    action = action_in(State.FAILED)
    Action.objects.filter(pk=action.pk).update(kind="tests.gone")

    said = seen(action)

    assert (said.words, said.target_url, said.form_url) == ("tests.gone", "", "")
