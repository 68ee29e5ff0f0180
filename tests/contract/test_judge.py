"""The judge itself: what it reads from the official words, and that each of its rules can say no."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from werkzeug.datastructures import Headers, MultiDict

from tests.contract import prose
from tests.contract.contradictions import CONTRADICTIONS, Contradiction, objects_in
from tests.contract.drives import FULLEST
from tests.contract.driving import MakeStage
from tests.contract.judge import Judge, NotOfTheContractError, may_be_asked
from tests.contract.recording import Exchange
from tests.contract.rules import FORMATS, ORDERS, RULES, Asked, OrderRule, Rule, order_faults
from tests.contract.tally import Tally
from tests.contract.test_damage import with_


@pytest.mark.contract
@pytest.mark.parametrize("contradiction", CONTRADICTIONS, ids=lambda one: one.name)
def test_contradiction_is_there_and_gets_put_right(judge: Judge, contradiction: Contradiction) -> None:
    contract = deepcopy(judge.official)
    for one in CONTRADICTIONS[: CONTRADICTIONS.index(contradiction)]:
        one.put_right(contract)
    before = deepcopy(contract)

    contradiction.put_right(contract)

    assert contract != before
    assert contradiction.said
    assert contradiction.read


@pytest.mark.contract
def test_every_enumeration_of_the_words_is_read(judge: Judge) -> None:
    by_words = [schema["enum"] for schema in enumerated(judge.contract["components"]["schemas"])]

    assert list(prose.unread(judge.contract)) == []
    assert len(by_words) == judge.enumerations == 33
    assert all(len(set(values)) == len(values) for values in by_words)


def enumerated(value: Any) -> list[dict[str, Any]]:
    return [one for one in objects_in(value) if isinstance(one.get("enum"), list)]


def words_about(judge: Judge, operation_id: str) -> str:
    """The official words about an operation, and about what it refers to."""
    text = ""
    waiting: list[Any] = [prose.operation_of(judge.official, operation_id)]
    seen = set()
    while waiting:
        part = waiting.pop()
        text += "\n" + prose.descriptions(part)
        for one in objects_in(part):
            name = str(one.get("$ref", "")).rpartition("/")[2]
            if name and name not in seen:
                seen.add(name)
                waiting.append(judge.official["components"]["schemas"][name])
    return text


@pytest.mark.contract
@pytest.mark.parametrize("rule", [*RULES, *ORDERS], ids=lambda rule: f"{rule.operation} {rule.words[:12]}")
def test_rule_stands_in_the_official_words(judge: Judge, rule: Rule | OrderRule) -> None:
    assert re.search(rule.words, words_about(judge, rule.operation))


def asked(query: str = "", body: Any = None, **headers: str) -> Asked:
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    return Asked(MultiDict(pairs), Headers(list(headers.items())), body)


GOOD_AND_BAD = [
    (asked(**{"Content-Length": "0"}), asked()),
    (asked(**{"Content-Length": "0"}), asked(**{"Content-Length": "2"})),
    (asked("types=A"), asked("types=A&document_ids=1")),
    (asked("types=A&types=CHANNEL_SPECIFIC&channel_types=x"), asked("types=A&channel_types=x")),
    (asked("page_token=x"), asked("limit=1")),
    (asked("conversation_ids=x"), asked("entity_ids=x&entity_type=ORDER")),
    (asked("page_token=x&entity_ids=1"), asked("updated_from=x&entity_ids=1")),
    (
        asked(body={"actions": [{"status": "FAILED", "errors": [{}]}, {"status": "SUCCESS"}]}),
        asked(body={"actions": [{"status": "SUCCESS"}, {"status": "FAILED", "errors": []}]}),
    ),
]


@pytest.mark.parametrize(("rule", "examples"), list(zip(RULES, GOOD_AND_BAD, strict=True)))
def test_rule_takes_the_good_and_refuses_the_bad(rule: Rule, examples: tuple[Asked, Asked]) -> None:
    good, bad = examples

    assert list(rule.faults(good)) == []
    assert list(rule.faults(bad)) != []


@pytest.mark.parametrize("rule", ORDERS, ids=lambda rule: rule.operation)
def test_order_of_rows_is_judged_also_within_a_second(rule: OrderRule) -> None:
    keys = ["2026-01-31T10:00:00Z", "2026-01-31T10:00:00.1Z", "2026-01-31T10:00:00.12Z"]
    if not rule.descending:
        keys = ["A", "B", "a"]
    rows = [{rule.key: key} for key in keys]
    good = rows[::-1] if rule.descending else rows

    assert order_faults(rule.operation, {rule.rows: good}) == []
    assert order_faults(rule.operation, {rule.rows: good[::-1]}) != []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [("iso-4217", "EUR", "eur"), ("iso-3166-1 alpha-3", "FRA", "FR"), ("iso-639", "en_GB", "en-GB")],
)
def test_format_that_no_validator_knows_is_judged(name: str, good: str, bad: str) -> None:
    assert (FORMATS[name](good), FORMATS[name](bad)) == (True, False)
    assert FORMATS[name](None)  # what is no text has no format: its type is judged elsewhere


def driven(staged: MakeStage, judge: Judge, operation_id: str) -> Exchange:
    stage = staged(FULLEST[operation_id])
    FULLEST[operation_id].call(stage.api, stage.ids)
    return next(one for one in stage.exchanges if judge.operation_id(one) == operation_id)


@pytest.mark.contract
@pytest.mark.parametrize(
    ("operation_id", "field", "texts"),
    [
        ("v2-listOrders", "query", (b"limit=1", b"limit=1&sort=updated_at")),
        ("v2-listOrderDocuments", "query", (b"types=CHANNEL_SPECIFIC&channel_types=a", b"channel_types=a")),
        ("v2-reportOrderActions", "sent", (b".789Z", b".789+00:00")),
        ("createMessage", "sent", (b'; filename="b.pdf"', b"")),
    ],
)
def test_more_is_wanted_of_our_own_requests(
    staged: MakeStage, judge: Judge, operation_id: str, field: str, texts: tuple[bytes, bytes]
) -> None:
    good, bad = texts
    exchange = driven(staged, judge, operation_id)
    if field == "query":
        ours, others = with_(exchange, query=good.decode()), with_(exchange, query=bad.decode())
    else:
        assert good in exchange.sent
        ours, others = exchange, with_(exchange, sent=exchange.sent.replace(good, bad))

    assert may_be_asked(judge, ours)
    assert not may_be_asked(judge, others)
    assert judge.forbids(others) == ""


@pytest.mark.contract
@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("GET", "/connect/v2/orders/actions/accept", "v2-getActionStatus"),
        ("POST", "/connect/v2/orders/actions", "v2-reportOrderActions"),
        ("GET", "/connect/v2/orders/documents", "v2-listOrderDocuments"),
        ("GET", "/connect/v2/orders/a%2Fdocuments/documents", "v2-downloadOrderDocuments"),
        ("GET", "/connect/conversations/actions/attachments", "getConversationActionStatus"),
        ("GET", "/connect/conversations/actions", "getConversationMessages"),
    ],
)
def test_literal_parts_of_a_path_win(staged: MakeStage, judge: Judge, method: str, path: str, wanted: str) -> None:
    exchange = driven(staged, judge, "listProducts")

    assert judge.operation_id(with_(exchange, method=method, path=path)) == wanted
    with pytest.raises(NotOfTheContractError):
        judge.operation_id(with_(exchange, method="PATCH", path=path))


def test_tally_tells_what_was_not_judged() -> None:
    tally = Tally(operations=["a", "b"], seed=7)
    for count in (tally.request, tally.answer, tally.error):
        count("a")
    tally.attack("a").cases = 1_200
    tally.attack("a").failures = 3
    with tally.silent():
        tally.request("b")

    assert tally.unjudged() == ["b: no requests", "b: no answers", "b: no error answers", "b: not attacked"]
    lines = list(tally.table())
    assert lines[1].split() == ["a", "1", "1", "1", "1,200", "3"]
    assert lines[3].split() == ["2", "1", "1", "1", "1,200", "3"]
    assert "seed 7" in lines[4]
