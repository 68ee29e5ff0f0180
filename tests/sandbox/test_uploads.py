"""v2-uploadOrderDocument, and multipart bodies."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
import requests

from backoffice.sandbox.worlds.papers import sheets
from tests.sandbox.returning import PDF, Returner, fields_at_fault, file, metadata, unpacked
from tests.sandbox_server import RunningSandbox

MEGABYTE = 1024 * 1024
BOUNDARY = "XyZ"
FORM = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Returner:
    return Returner(sandbox)


@pytest.fixture(scope="module")
def refused_caller(refusing: RunningSandbox) -> Returner:
    return Returner(refusing)


@pytest.fixture
def order_id(sandbox: RunningSandbox) -> str:
    found: str = sandbox.place_order(status="DELIVERED")["id"]
    return found


def made(wanted: sheets.Format) -> bytes:
    return sheets.made(wanted, sheets.Sheet("Label", ("one",), "12"))


@pytest.mark.parametrize(
    ("content", "filename", "media_type"),
    [
        (PDF, "no suffix", "application/pdf"),
        (made("broken-pdf"), "label.pdf", "application/pdf"),
        (made("png"), "中国邮政_774602727890.png", "image/png"),
        (made("jpeg"), "scan.jpg", "image/jpeg"),
        ("sku;price\r\nÄ;1\r\n".encode(), "prices.CSV", "text/csv"),
        ("sku;price\r\nÄ;1 €\r\n".encode("cp1252"), "prices.csv", "text/csv"),
    ],
)
def test_document_is_listed_and_downloaded_as_it_was_uploaded(
    caller: Returner, order_id: str, content: bytes, filename: str, media_type: str
) -> None:
    answer = caller.upload(order_id, [file(content, "of the part.bin"), metadata(filename=filename)])

    assert caller.ends(answer) is None
    (found,) = caller.documents()
    (kept,) = caller.sandbox.documents()
    assert (found["name"], found["type"], found["order_id"]) == (filename, "CUSTOMER_INVOICE", order_id)
    assert (found["file_format"], found["size_in_bytes"]) == (media_type, len(content))
    assert unpacked(caller.download(order_id, document_ids=found["id"])) == {filename: content}
    assert kept["sha256"] == sha256(content).hexdigest()
    assert caller.sandbox.actions()[-1]["result"] == found["id"]


def test_document_waits_until_the_marketplace_took_it(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    sandbox.configure(settle_seconds=3600)
    before = caller.order(order_id)["updated_at"]
    action_id = caller.upload(order_id, [file(), metadata()]).json()["action_id"]

    pending = caller.documents()
    sandbox.settle()

    assert (pending, len(caller.documents())) == ([], 1)
    assert caller.end(action_id) == ("SUCCESS", None)
    assert caller.order(order_id)["updated_at"] == before


def test_refused_document_is_forgotten(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    sandbox.script_action(kind="UPLOAD_DOCUMENT", code="INVALID_INPUT")

    assert caller.ends(caller.upload(order_id, [file(), metadata()])) == "INVALID_INPUT"
    assert (caller.documents(), sandbox.documents()) == ([], [])


def test_same_document_twice_is_two_documents(caller: Returner, order_id: str) -> None:
    for _ in range(2):
        caller.upload(order_id, [file(), metadata()])

    assert list(unpacked(caller.download(order_id))) == ["invoice.pdf", "invoice(1).pdf"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("REQUEST_INITIATED", "RETURN_IN_WRONG_STATE"),
        ("REQUEST_DECLINED", "RETURN_IN_WRONG_STATE"),
        ("OPENED", None),
        ("RECEIVED", "RETURN_IN_WRONG_STATE"),
        ("CLOSED", "RETURN_IN_WRONG_STATE"),
    ],
)
def test_label_of_a_return_is_taken_while_it_is_open(
    sandbox: RunningSandbox, caller: Returner, order_id: str, status: str, code: str | None
) -> None:
    found = sandbox.open_return(order_id, status=status, label_url="https://labels.example/1.pdf")
    about = {"type": "RETURN", "id": found["id"]}

    end = caller.ends(caller.upload(order_id, [metadata(type="RETURN_LABEL", entity=about), file()]))

    assert end == code
    assert [row["type"] for row in caller.documents()] == ([] if code else ["RETURN_LABEL"])
    assert caller.returned(found["id"])["label_url"] == "https://labels.example/1.pdf"


def test_invoice_of_a_return_is_taken_whenever(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    about = {"type": "RETURN", "id": sandbox.open_return(order_id, status="CLOSED")["id"]}

    assert caller.ends(caller.upload(order_id, [file(), metadata(entity=about)])) is None


def test_partners_order_takes_no_document(sandbox: RunningSandbox, caller: Returner) -> None:
    order = sandbox.place_order(status="SHIPPED", fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert caller.ends(caller.upload(order["id"], [file(), metadata()])) == "ORDER_FULFILLED_BY_PARTNER"
    assert caller.documents() == []


def test_unknown_order_and_unknown_return_are_404(sandbox: RunningSandbox, caller: Returner, order_id: str) -> None:
    of_other = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"])["id"]

    entities = [{"type": "RETURN", "id": return_id} for return_id in ("unknown", of_other, "")]

    answers = [
        caller.upload("un/known", [file(), metadata()]),
        *(caller.upload(order_id, [file(), metadata(entity=entity)]) for entity in entities),
    ]

    assert [(answer.status_code, answer.json()["errors"][0]["field"]) for answer in answers] == [
        (404, "order_id"),
        *[(404, "metadata.entity.id")] * 3,
    ]
    assert sandbox.actions() == []


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ([file()], ["metadata"]),
        ([metadata()], ["file"]),
        ([metadata(), ("files", ("a.pdf", PDF, "application/pdf"))], ["files"]),
        ([metadata(), file(), ("note", (None, "x", "text/plain"))], ["note"]),
        ([metadata(), file(), file()], ["file"]),
        ([metadata(), metadata(), file()], ["metadata"]),
        ([metadata(content_type="text/plain"), file()], ["metadata"]),
        ([("metadata", (None, "{not json", "application/json")), file()], ["metadata"]),
        ([metadata([]), file()], ["metadata"]),
        ([metadata({}), file()], ["metadata.type", "metadata.filename"]),
        ([metadata(type="DELIVERY_SLIP"), file()], ["metadata.type"]),
        ([metadata(type="CHANNEL_SPECIFIC"), file()], ["metadata.type"]),
        ([metadata(type=None), file()], ["metadata.type"]),
        ([metadata(filename=""), file()], ["metadata.filename"]),
        ([metadata(filename="x" * 256), file()], ["metadata.filename"]),
        ([metadata(entity=None), file()], ["metadata.entity"]),
        ([metadata(entity={}), file()], ["metadata.entity.type", "metadata.entity.id"]),
        ([metadata(entity={"type": "ORDER", "id": 7}), file()], ["metadata.entity.type", "metadata.entity.id"]),
        ([metadata(), file(b"")], ["file"]),
        ([metadata(), file(b"no PDF at all")], ["file"]),
        ([metadata(filename="a.csv"), file(b"text\0with NUL")], ["file"]),
        ([metadata(), file(b"PK\x03\x04")], ["file"]),
    ],
)
def test_faulty_upload_is_refused_naming_the_part(
    refusing: RunningSandbox, refused_caller: Returner, parts: list[tuple[str, Any]], fields: list[str]
) -> None:
    order_id = refusing.place_order(status="DELIVERED")["id"]

    assert fields_at_fault(refused_caller.upload(order_id, parts)) == fields
    assert refusing.actions() == []


def test_charset_beside_the_json_part_does_no_harm(caller: Returner, order_id: str) -> None:
    part = metadata(content_type="application/json;charset=utf-8")

    assert caller.ends(caller.upload(order_id, [part, file()])) is None


def test_name_of_255_signs_is_taken(caller: Returner, order_id: str) -> None:
    assert caller.ends(caller.upload(order_id, [metadata(filename="ü" * 255), file()])) is None


def test_ten_megabytes_are_taken_and_one_byte_more_is_not(
    sandbox: RunningSandbox, caller: Returner, order_id: str
) -> None:
    largest = (PDF + b"x" * (10 * MEGABYTE))[: 10 * MEGABYTE]

    assert caller.ends(caller.upload(order_id, [metadata(), file(largest)])) is None
    assert fields_at_fault(caller.upload(order_id, [metadata(), file(largest + b"x")])) == ["file"]
    assert [row["size_in_bytes"] for row in sandbox.documents()] == [10 * MEGABYTE]


def test_upload_is_kept_among_the_writes_without_its_bytes(
    sandbox: RunningSandbox, caller: Returner, order_id: str
) -> None:
    caller.upload(order_id, [metadata(), file()])

    (write,) = sandbox.writes()
    assert write["action_id"] == sandbox.actions()[0]["id"]
    assert [part["name"] for part in write["body"]["parts"]] == ["metadata", "file"]
    assert write["body"]["parts"][1]["sha256"] == sha256(PDF).hexdigest()


def part(head: str, content: bytes = b"x") -> bytes:
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b"{}", (415, [])),
        ("", b"", (415, [])),
        ("multipart/form-data", b"x", (400, ["$"])),
        (FORM, b"", (400, ["$"])),
        (FORM, b"nothing of that kind", (400, ["$"])),
        (FORM, part("Content-Type: text/plain") + END, (400, ["$"])),
        (FORM, part("Content-Disposition: form-data") + END, (400, ["$"])),
        (FORM, part('Content-Disposition: form-data; name="file"'), (400, ["$"])),
        (FORM, part('Content-Disposition: form-data; name="ÿ"') + END, (400, ["ÿ"])),
        (FORM, END, (400, ["metadata"])),
    ],
)
def test_body_that_is_no_form_is_refused(
    caller: Returner, order_id: str, content_type: str, body: bytes, expected: tuple[int, list[str]]
) -> None:
    headers = {**caller.headers, **({"Content-Type": content_type} if content_type else {})}

    answer = requests.post(f"{caller.url}/{order_id}/documents", data=body, headers=headers, timeout=30)

    assert (answer.status_code, [error["field"] for error in answer.json().get("errors", [])]) == expected


def test_form_of_a_thousand_parts_is_refused(caller: Returner, order_id: str) -> None:
    answer = caller.upload(order_id, [(f"part{number}", (None, "x", "text/plain")) for number in range(1000)])

    assert fields_at_fault(answer) == ["part0"]
