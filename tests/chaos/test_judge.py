"""The judge of `make chaos` is fed damage, each kind by itself, and has to object; and it accepts what is in order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.evidence import Answer, Evidence, Ours, Pressed, Taken, Write
from tests.chaos.judge import Violation, figures, judge

Lines = dict[str, tuple[str, str]]
LINES = {"O1-1": True, "O1-2": False}
DONE = {"O1-1": ("AWAITING_SHIPMENT", ""), "O1-2": ("CLOSED", "REFUSED")}
OPEN = {"O1-1": ("AWAITING_ACCEPTANCE", ""), "O1-2": ("AWAITING_ACCEPTANCE", "")}

CONFIRMED = Ours(1, "confirmed", "O1", LINES, token="t", remote_id="A", remote_status="SUCCESS")
BY_EVIDENCE = Ours(1, "confirmed", "O1", LINES, token="t", cause="lost")
FAILED = Ours(1, "failed", "O1", LINES, token="t", remote_id="A", cause="channel", code="OTHER")
UNKNOWN = Ours(1, "unknown", "O1", LINES, token="t", cause="lost")
UNDONE = Ours(1, "undone", "O1", LINES, token="t", departed=False, departures=0)
SENT = Ours(1, "sent", "O1", LINES, token="t", remote_id="A")
CONFLICT = Ours(1, "failed", "O1", LINES, token="t", departed=False, departures=0, cause="conflict")

SUCCESS = Taken("A", "O1", LINES, "SUCCESS")
FAILURE = Taken("A", "O1", LINES, "FAILED", code="OTHER")
PENDING = Taken("A", "O1", LINES, "PENDING", endless=True)


def evidence(*ours: Ours, taken: tuple[Taken, ...] = (), lines: Lines = OPEN, **more: Any) -> Evidence:
    """Consistent but for what a test damages: every action that was taken has its write, and the form was answered."""
    writes = [Write(number, one.order_id, 202, one.id) for number, one in enumerate(taken, 1)]
    made = Evidence(list(ours), list(taken), writes, {"O1": lines}, [Pressed("t", {"O1": LINES}, Answer.TAKEN)])
    return replace(made, **more)


def rules(violations: list[Violation]) -> set[str]:
    return {violation.rule for violation in violations}


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(evidence(CONFIRMED, taken=(SUCCESS,), lines=DONE), id="confirmed"),
        pytest.param(evidence(BY_EVIDENCE, taken=(SUCCESS,), lines=DONE), id="answer-lost-and-confirmed-by-a-reading"),
        pytest.param(evidence(FAILED, taken=(FAILURE,)), id="failed-at-the-channel"),
        pytest.param(evidence(UNKNOWN, taken=(FAILURE,)), id="answer-lost-and-it-failed"),
        pytest.param(evidence(UNKNOWN), id="nobody-knows-and-it-never-arrived"),
        pytest.param(evidence(UNDONE, undo_pressed={1}), id="undone"),
        pytest.param(evidence(SENT, taken=(PENDING,)), id="pending-for-ever"),
        pytest.param(evidence(CONFLICT), id="conflict"),
        pytest.param(evidence(presses=[Pressed("t", {"O1": LINES}, Answer.OBJECTED)]), id="objected"),
        pytest.param(evidence(presses=[Pressed("t", {"O1": LINES}, Answer.LOST)]), id="lost-form-without-an-action"),
        pytest.param(
            evidence(CONFIRMED, taken=(SUCCESS,), lines=DONE, presses=[Pressed("t", {"O1": LINES}, Answer.LOST)]),
            id="lost-form-with-its-action",
        ),
        pytest.param(
            evidence(
                FAILED,
                replace(CONFIRMED, pk=2, token="", follows=1, automatic=True, remote_id="B"),
                taken=(FAILURE, replace(SUCCESS, id="B")),
                lines=DONE,
            ),
            id="repeated-by-itself",
        ),
        pytest.param(
            evidence(
                replace(CONFIRMED, token="", batch="t"),
                taken=(SUCCESS,),
                lines=DONE,
                presses=[Pressed("t", {"O1": {}, "O2": {}}, Answer.TAKEN)],
                skipped={"t": 1},
            ),
            id="batch-that-left-one-out",
        ),
    ],
)
def test_judge_accepts_what_is_in_order(sound: Evidence) -> None:
    assert judge(sound) == []


@pytest.mark.parametrize(
    ("rule", "damaged"),
    [
        pytest.param(
            "doubled", evidence(CONFIRMED, taken=(SUCCESS, replace(SUCCESS, id="B")), lines=DONE), id="doubled-write"
        ),
        pytest.param(
            "doubled",
            evidence(CONFIRMED, replace(BY_EVIDENCE, pk=2), taken=(SUCCESS,), lines=DONE),
            id="two-actions-of-one-form",
        ),
        pytest.param(
            "doubled",
            evidence(CONFIRMED, replace(CONFIRMED, pk=2, follows=1, automatic=True), taken=(SUCCESS,), lines=DONE),
            id="two-actions-with-one-remote-id",
        ),
        pytest.param(
            "doubled",
            evidence(CONFLICT, taken=(SUCCESS,), lines=DONE),
            id="write-of-an-action-that-says-it-never-left",
        ),
        pytest.param(
            "doubled",
            evidence(replace(UNKNOWN, departures=1), writes=[Write(n, "O1", 500, None) for n in (1, 2)]),
            id="write-that-was-not-written-down-before-it-left",
        ),
        pytest.param("lost", evidence(), id="lost-action"),
        pytest.param("lost", evidence(UNDONE), id="undone-by-nobody"),
        pytest.param("lost", evidence(replace(UNKNOWN, state="given_up")), id="given-up-by-nobody"),
        pytest.param(
            "lost",
            evidence(
                replace(CONFIRMED, token="", batch="t"),
                taken=(SUCCESS,),
                lines=DONE,
                presses=[Pressed("t", {"O1": {}, "O2": {}}, Answer.TAKEN)],
            ),
            id="batch-that-lost-one",
        ),
        pytest.param("untrue", evidence(BY_EVIDENCE, lines=OPEN), id="confirmed-and-nothing-was-taken"),
        pytest.param("untrue", evidence(CONFIRMED, taken=(SUCCESS,), lines=OPEN), id="confirmed-and-not-shown"),
        pytest.param("untrue", evidence(CONFIRMED, taken=(FAILURE,)), id="confirmed-and-it-failed"),
        pytest.param(
            "untrue",
            evidence(replace(CONFIRMED, seen=False, differs=True), taken=(SUCCESS,), lines=DONE),
            id="it-happened-and-staff-are-told-it-did-not",
        ),
        pytest.param("untrue", evidence(FAILED, taken=(SUCCESS,), lines=DONE), id="failed-and-it-happened"),
        pytest.param("untrue", evidence(FAILED, taken=(replace(FAILURE, code="UNEXPECTED"),)), id="another-code"),
        pytest.param(
            "untrue",
            evidence(replace(FAILED, cause="refused"), taken=(FAILURE,)),
            id="refused-at-the-door-and-it-was-taken",
        ),
        pytest.param("untrue", evidence(UNKNOWN, taken=(SUCCESS,), lines=DONE), id="unknown-though-the-order-shows-it"),
        pytest.param(
            "untrue", evidence(replace(UNKNOWN, departed=False, departures=0)), id="unknown-though-nothing-left"
        ),
        pytest.param(
            "untrue", evidence(replace(UNDONE, departed=True), undo_pressed={1}), id="undone-after-the-departure"
        ),
        pytest.param(
            "untrue", evidence(replace(UNDONE, remote_id="A"), taken=(SUCCESS,), undo_pressed={1}), id="undone-and-sent"
        ),
        pytest.param(
            "untrue",
            evidence(CONFIRMED, taken=(replace(SUCCESS, decided={"O1-1": True, "O1-2": True}),), lines=DONE),
            id="something-else-was-sent",
        ),
        pytest.param(
            "untrue",
            evidence(CONFIRMED, taken=(SUCCESS,), lines=DONE, presses=[Pressed("t", {"O1": {}}, Answer.TAKEN)] * 0),
            id="nobody-pressed",
        ),
        pytest.param(
            "untrue",
            evidence(
                CONFIRMED,
                taken=(SUCCESS,),
                lines=DONE,
                presses=[Pressed("t", {"O1": {"O1-1": False, "O1-2": False}}, Answer.TAKEN)],
            ),
            id="not-what-was-pressed",
        ),
        pytest.param("untrue", evidence(replace(SENT, remote_id="Z")), id="id-that-the-sandbox-does-not-know"),
        pytest.param("untrue", evidence(CONFIRMED, taken=(SUCCESS,), lines=DONE, writes=[]), id="sandbox-disagrees"),
        pytest.param("restless", evidence(replace(SENT, state="waiting")), id="still-waiting"),
        pytest.param("restless", evidence(SENT, taken=(SUCCESS,), lines=DONE), id="sent-and-never-followed"),
        pytest.param("restless", evidence(replace(SENT, state="sending")), id="still-sending"),
    ],
)
def test_judge_objects_to_damage(rule: str, damaged: Evidence) -> None:
    assert rule in rules(judge(damaged))


def test_figures_count_what_needs_a_person_and_what_a_reading_confirmed() -> None:
    failed = replace(FAILED, pk=3, remote_id="C")
    followed = replace(CONFIRMED, pk=4, follows=3, remote_id="D")

    counted = figures(evidence(BY_EVIDENCE, replace(UNKNOWN, pk=2), failed, followed, taken=(SUCCESS,), lines=DONE))

    assert counted.by_state == {"confirmed": 2, "unknown": 1, "failed": 1}
    assert (counted.needing_a_person, counted.by_evidence, counted.answers_lost) == (1, 1, 1)
