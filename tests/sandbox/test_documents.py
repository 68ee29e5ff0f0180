"""v2-listOrderDocuments and v2-downloadOrderDocuments."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.returning import PDF, Returner, fields_at_fault, unpacked
from tests.sandbox_server import RunningSandbox

ODD_IDS = ["0001_A/B", "100%", "a+b c", 'say "hi"', "Bestellung-ü-日本", "back\\slash", "line\r\nbreak"]


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Returner:
    return Returner(sandbox)


@pytest.fixture
def order_id(sandbox: RunningSandbox) -> str:
    found: str = sandbox.place_order(status="SHIPPED")["id"]
    return found


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["name"] for row in rows]


def test_document_is_listed_as_it_was_put(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    moment = "2026-01-01T00:00:00Z"
    fields = {"type": "CHANNEL_SPECIFIC", "channel_type": "CN23", "filename": "form.pdf", "updated_at": moment}
    sandbox.add_document(order_id, content=PDF, **fields)

    (found,) = caller.documents()

    assert found.pop("id")
    assert found == {
        "order_id": order_id,
        "name": "form.pdf",
        "type": "CHANNEL_SPECIFIC",
        "channel_type": "CN23",
        "file_format": "application/pdf",
        "size_in_bytes": len(PDF),
        "updated_at": moment,
    }


def test_document_without_channel_type_leaves_it_out(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    sandbox.add_document(order_id)

    assert "channel_type" not in caller.documents()[0]


@pytest.fixture
def shelf(sandbox: RunningSandbox, order_id: str) -> list[str]:
    """Documents of two orders, the newest first: the names say type and channel type."""
    other = sandbox.place_order(status="SHIPPED")["id"]
    put = [
        (order_id, "CUSTOMER_INVOICE", ""),
        (order_id, "RETURN_LABEL", ""),
        (other, "CUSTOMER_INVOICE", "FACTURE"),
        (order_id, "CHANNEL_SPECIFIC", ""),
        (order_id, "CHANNEL_SPECIFIC", "CN23"),
        (other, "CHANNEL_SPECIFIC", "WEEE"),
    ]
    for day, (owner, kind, channel_type) in enumerate(put, 1):
        name, moment = f"{kind} {channel_type}".strip(), f"2026-01-{day:02}T00:00:00Z"
        sandbox.add_document(owner, type=kind, channel_type=channel_type, filename=name, updated_at=moment)
    return [f"{kind} {channel_type}".strip() for _, kind, channel_type in put[::-1]]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"types": "CUSTOMER_INVOICE"}, [3, 5]),
        ({"types": ["RETURN_LABEL", "CHANNEL_SPECIFIC"]}, [0, 1, 2, 4]),
        ({"types": "CHANNEL_SPECIFIC", "channel_types": "CN23"}, [1]),
        ({"types": ["CHANNEL_SPECIFIC", "CUSTOMER_INVOICE"], "channel_types": ["WEEE", "FACTURE"]}, [0, 3, 5]),
        ({"types": "CHANNEL_SPECIFIC", "channel_types": "none"}, []),
        ({"types": "RETURN_LABEL", "channel_types": "CN23"}, [4]),
        ({"channel_types": "CN23"}, [0, 1, 2, 3, 4, 5]),
        ({"updated_from": "2026-01-05T00:00:00Z"}, [0, 1]),
        ({"order_ids": [f"o{number}" for number in range(101)]}, []),
    ],
)
def test_documents_are_filtered_and_the_newest_comes_first(
    caller: Returner, shelf: list[str], params: dict[str, Any], expected: list[int]
) -> None:
    assert names(caller.documents(**params)) == [shelf[position] for position in expected]


def test_documents_are_filtered_by_order(caller: Returner, shelf: list[str], order_id: str) -> None:
    assert names(caller.documents(order_ids=[order_id, "none"])) == [shelf[1], shelf[2], shelf[4], shelf[5]]


def test_walk_of_documents_ignores_what_stands_beside_the_token(caller: Returner, shelf: list[str]) -> None:
    first = caller.list_documents(types="CHANNEL_SPECIFIC", limit=2).json()

    second = caller.list_documents(page_token=first["next_page_token"], types="RETURN_LABEL", limit="x").json()

    assert names(first["documents"] + second["documents"]) == shelf[:3]
    assert "next_page_token" not in second


def test_fifty_documents_are_a_page(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    for _ in range(51):
        sandbox.add_document(order_id, content=PDF)

    page = caller.list_documents().json()

    assert len(page["documents"]) == 50
    assert len(caller.list_documents(page_token=page["next_page_token"]).json()["documents"]) == 1


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"types": "INVOICE"}, "types"),
        ({"updated_from": "x"}, "updated_from"),
        ({"limit": 101}, "limit"),
        ({"page_token": "x"}, "page_token"),
    ],
)
def test_faulty_question_is_refused_naming_the_parameter(caller: Returner, params: dict[str, Any], field: str) -> None:
    assert fields_at_fault(caller.list_documents(**params)) == [field]


def test_all_documents_of_an_order_come_in_one_zip(
    sandbox: RunningSandbox, caller: Returner, order_id: str, shelf: list[str]
) -> None:
    answer = caller.download(order_id)

    assert list(unpacked(answer)) == [shelf[1], shelf[2], shelf[4], shelf[5]]
    assert answer.headers["Content-Type"] == "application/zip"
    moment = re.fullmatch(
        rf'attachment; filename="{order_id}_documents_(\d{{13}})\.zip"', answer.headers["Content-Disposition"]
    )
    assert moment
    assert abs(int(moment[1]) / 1000 - sandbox.now().timestamp()) < 60


def test_single_document_comes_in_a_zip_too(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    found = sandbox.add_document(order_id, content=PDF, filename="a.pdf")

    assert unpacked(caller.download(order_id, document_ids=found["id"])) == {"a.pdf": PDF}


def test_same_name_twice_is_numbered_from_the_newest_on(
    sandbox: RunningSandbox, caller: Returner, order_id: str
) -> None:
    for day, name in enumerate(["a.pdf", "a.pdf", "a(1).pdf", "a.pdf", "README", "README", "../up.pdf"], 1):
        sandbox.add_document(order_id, content=b"%d" % day, filename=name, updated_at=f"2026-01-{day:02}T00:00:00Z")

    assert unpacked(caller.download(order_id)) == {
        "../up.pdf": b"7",  # names are the uploader's own: whoever unpacks them must look
        "README": b"6",
        "README(1)": b"5",
        "a.pdf": b"4",
        "a(1).pdf": b"3",
        "a(2).pdf": b"2",
        "a(3).pdf": b"1",
    }


def test_download_is_narrowed_by_types_or_by_ids(
    sandbox: RunningSandbox, caller: Returner, order_id: str, shelf: list[str]
) -> None:
    ids = {row["name"]: row["id"] for row in caller.documents()}
    of_other, mine = ids["CUSTOMER_INVOICE FACTURE"], ids["RETURN_LABEL"]

    by_type = caller.download(order_id, types=["RETURN_LABEL", "CUSTOMER_INVOICE"])
    by_id = caller.download(order_id, document_ids=[mine, of_other, "unknown"])

    assert list(unpacked(by_type)) == ["RETURN_LABEL", "CUSTOMER_INVOICE"]
    assert list(unpacked(by_id)) == ["RETURN_LABEL"]


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"types": "RETURN_LABEL", "document_ids": "d"}, "document_ids"),
        ({"types": "INVOICE"}, "types"),
        ({"document_ids": ["d"] * 101}, "document_ids"),
    ],
)
def test_faulty_download_is_refused_naming_the_parameter(
    caller: Returner, order_id: str, params: dict[str, Any], field: str
) -> None:
    assert fields_at_fault(caller.download(order_id, **params)) == [field]


@pytest.mark.parametrize("params", [{}, {"types": "DELIVERY_SLIP"}, {"document_ids": ["unknown"]}])
def test_download_of_nothing_is_404(
    sandbox: RunningSandbox, caller: Returner, order_id: str, params: dict[str, Any]
) -> None:
    if params:
        sandbox.add_document(order_id)

    for answer in (caller.download(order_id, **params), caller.download("unknown", **params)):
        assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")


@pytest.mark.parametrize("order_id", ODD_IDS)
def test_documents_of_an_odd_order_id_are_found_and_named(
    sandbox: RunningSandbox, caller: Returner, order_id: str
) -> None:
    sandbox.place_order(id=order_id)
    sandbox.add_document(order_id, content=PDF, filename="ä/ü.pdf")

    answer = caller.download(order_id)

    header = answer.headers["Content-Disposition"]
    plain = "".join(sign if " " <= sign <= "~" else "_" for sign in order_id)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    assert unpacked(answer) == {"ä/ü.pdf": PDF}
    assert header.startswith(f'attachment; filename="{escaped}_documents_')
    assert (f"filename*=UTF-8''{quote(order_id, safe='')}_documents_" in header) == (plain != order_id)
    assert names(caller.documents(order_ids=order_id)) == ["ä/ü.pdf"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"order_id": "none"}, "404 .*no order 'none'"),
        ({"format": "papyrus"}, "400 .*no format 'papyrus'"),
        ({"content": "not base64!"}, "400 .*base64"),
        ({"type": 7}, "400 .*type is a text"),
        ({"updated_at": "today"}, "400 .*date-time"),
        ({"colour": "red"}, "400 .*colour"),
    ],
)
def test_document_that_cannot_be_is_not_put(
    sandbox: RunningSandbox, order_id: str, wish: dict[str, Any], words: str
) -> None:
    with pytest.raises(AssertionError, match=words):
        sandbox._do("add-document", **{"order_id": order_id, **wish})

    assert sandbox.documents() == []
