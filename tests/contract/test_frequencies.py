"""Call frequencies, apart from all else: once too often is 429, with the envelope and how long to wait."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from backoffice.mirakl.connect.operations import OPERATIONS
from backoffice.mirakl.errors import Invalid, TooSoon
from tests.contract.drives import FULLEST
from tests.contract.driving import MakeStage, allowed, judged
from tests.contract.judge import Judge

pytestmark = pytest.mark.contract

PACED = sorted(one.id for one in OPERATIONS.values() if one.pace)
UNPACED = sorted(OPERATIONS.keys() - set(PACED))


@pytest.mark.parametrize("operation_id", PACED)
def test_second_call_within_the_minute_is_429(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    stage.sandbox.configure(limits="on")

    with allowed(operation_id):
        drive.call(stage.api, stage.ids)
        with pytest.raises(TooSoon) as caught:
            drive.call(stage.api, stage.ids)
        stage.sandbox.advance(caught.value.retry_after)
        drive.call(stage.api, stage.ids)

    success = judge.success(operation_id)
    assert judged(judge, stage.exchanges) == [success, 429, success]
    assert 0 < int(stage.exchanges[1].answer_headers["Retry-After"]) <= 60
    assert caught.value.retry_after == int(stage.exchanges[1].answer_headers["Retry-After"])


@pytest.mark.parametrize("operation_id", UNPACED)
def test_call_on_need_is_not_counted(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    stage.sandbox.configure(limits="on", settle_seconds=3600)

    for _ in range(2):
        # The old writes answer at once: what was accepted or shipped cannot be so again.
        with allowed(operation_id), suppress(Invalid):
            drive.call(stage.api, stage.ids)

    statuses = judged(judge, stage.exchanges)
    assert (len(statuses), statuses[0], 429 in statuses) == (2, judge.success(operation_id), False)


@pytest.mark.parametrize("operation_id", sorted(one.id for one in OPERATIONS.values() if one.pace and one.pace.per))
def test_frequency_is_counted_for_each_id(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    other = replace(stage.ids, action=stage.api.acknowledge_return_reception(stage.ids.return_))
    stage.sandbox.configure(limits="on", settle_seconds=0)
    stage.exchanges.clear()

    with allowed(operation_id):
        for ids in (stage.ids, other):
            drive.call(stage.api, ids)
        for ids in (stage.ids, other):
            with pytest.raises(TooSoon):
                drive.call(stage.api, ids)

    assert judged(judge, stage.exchanges) == [200, 200, 429, 429]
