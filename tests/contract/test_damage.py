"""What the contract forbids is refused by the sandbox with the envelope and changes nothing; and by the judge."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from backoffice.mirakl.errors import NotAuthorised
from tests.contract.damaging import damages
from tests.contract.drives import FULLEST
from tests.contract.driving import MakeStage, allowed
from tests.contract.judge import Judge, changed, conforms
from tests.contract.mutating import mutations
from tests.contract.recording import Exchange

pytestmark = pytest.mark.contract

# With nothing but an id in the path there is nothing to spoil.
SPOILT = sorted(
    FULLEST.keys() - {"v2-getActionStatus", "v2-getOrderTracking", "getConversationActionStatus"},
)
REFUSALS = {400, 411, 413, 415}
NAMES_NOTHING = "entity.id = ''"  # an empty id may as well be unknown: 404


@pytest.mark.parametrize("operation_id", SPOILT)
def test_request_that_the_contract_forbids_is_refused(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    with allowed(operation_id):
        drive.call(stage.api, stage.ids)
    [good] = [one for one in stage.exchanges if judge.operation_id(one) == operation_id][:1]
    stage.sandbox.settle()
    before = stage.everything()

    taken, allowed_by_judge, count = [], [], 0
    for place, changes in damages(judge, good):
        stage.exchanges.clear()
        stage.send(good, **changes)
        [refused] = stage.exchanges
        count += 1
        if refused.status not in REFUSALS | ({404} if NAMES_NOTHING in place else set()):
            taken.append((place, refused.status, refused.body[:200]))
        else:
            judge.answer(refused)
        if not judge.forbids(refused):
            allowed_by_judge.append(place)

    assert (taken, allowed_by_judge) == ([], [])
    assert count > 0
    assert stage.everything() == before


@pytest.mark.parametrize("operation_id", ["v2-acknowledgeReturnReception", "v2-closeReturn"])
def test_call_without_the_length_of_nothing_is_refused(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    drive.call(stage.api, stage.ids)
    [good] = stage.exchanges
    stage.sandbox.settle()
    before = stage.everything()

    stage.exchanges.clear()
    answer = raw(stage.sandbox.url, f"PUT {good.path} HTTP/1.1", stage.headers)

    [refused] = stage.exchanges
    assert answer.startswith(b"HTTP/1.1 411 ")
    judge.answer(refused)
    assert judge.forbids(refused)
    assert stage.everything() == before


def raw(url: str, first_line: str, headers: dict[str, str]) -> bytes:
    """The answer to a request without a body and without its length."""
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    lines = [first_line, f"Host: {address.netloc}", "Connection: close", *(f"{k}: {v}" for k, v in headers.items())]
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize("operation_id", sorted(FULLEST))
def test_every_mutation_of_an_answer_is_rejected(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    with allowed(operation_id):
        drive.call(stage.api, stage.ids)
    [good] = [one for one in stage.exchanges if judge.operation_id(one) == operation_id][:1]

    broken = list(spoilt(judge, operation_id, good))

    assert conforms(judge, good)
    assert [place for place, answer in broken if conforms(judge, answer)] == []
    assert len(broken) >= 4


def spoilt(judge: Judge, operation_id: str, good: Exchange) -> list[tuple[str, Exchange]]:
    """The exchange with answers that are not of the contract."""
    status = 200 if judge.success(operation_id) != 200 else 202
    found = [(f"status {status}", with_(good, status=status)), ("a redirect", with_(good, status=301))]
    responses = judge.operations[operation_id]["responses"][str(good.status)]
    content_type = next(iter(responses.get("content", {"": ""})))
    if not content_type:
        return [*found, ("a body", with_(good, body=b"{}")), ("status 500", with_(good, status=500))]
    for other in ("text/html", ""):
        headers = good.answer_headers.copy()
        headers["Content-Type"] = other
        found.append((f"content type {other!r}", with_(good, answer_headers=headers)))
    if content_type == "application/json":
        schema = judge.answered_schema(operation_id, good.status)
        found += [(place, changed(good, body)) for place, body in mutations(judge, json.loads(good.body), schema)]
        return [*found, ("no JSON", with_(good, body=good.body[:-1])), ("NaN", with_(good, body=b'{"a": NaN}'))]
    return [*found, *_spoilt_archives(good)]


def _spoilt_archives(good: Exchange) -> list[tuple[str, Exchange]]:
    headers = good.answer_headers.copy()
    headers["Content-Disposition"] = 'attachment; filename="documents.zip"'
    inline = good.answer_headers.copy()
    inline["Content-Disposition"] = inline["Content-Disposition"].replace("attachment", "inline")
    middle = len(good.body) // 4
    flipped = good.body[:middle] + bytes([good.body[middle] ^ 0xFF]) + good.body[middle + 1 :]
    return [
        ("another name", with_(good, answer_headers=headers)),
        ("inline", with_(good, answer_headers=inline)),
        ("cut", with_(good, body=good.body[:-30])),
        ("flipped", with_(good, body=flipped)),
        ("JSON", with_(good, body=b"{}")),
    ]


def with_(exchange: Exchange, **changes: Any) -> Exchange:
    return Exchange(**{**vars(exchange), **changes})


@pytest.mark.parametrize("operation_id", sorted(FULLEST))
def test_every_mutation_of_a_refusal_is_rejected(staged: MakeStage, judge: Judge, operation_id: str) -> None:
    drive = FULLEST[operation_id]
    stage = staged(drive)
    stage.sandbox.fault(operation_id, kind="403")
    with allowed(operation_id), pytest.raises(NotAuthorised):
        drive.call(stage.api, stage.ids)
    [refusal] = stage.exchanges
    envelope = {
        **json.loads(refusal.body),
        "errors": [{"message": "m", "field": "f", "extensions": {}}],
        "extensions": {},
    }
    full = changed(refusal, envelope)
    page = refusal.answer_headers.copy()
    page["Content-Type"] = "text/html"

    broken = [changed(full, body) for _, body in mutations(judge, envelope, judge.schema("Error"))]
    broken += [with_(full, body=b"<html>"), with_(full, body=b""), with_(full, answer_headers=page)]

    assert (conforms(judge, refusal), conforms(judge, full)) == (True, True)
    assert len(broken) > 15
    assert [one.body for one in broken if conforms(judge, one)] == []
