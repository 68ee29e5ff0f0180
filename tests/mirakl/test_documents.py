"""Documents of orders: what exactly leaves, and what does not. Downloads have a file of their own."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from backoffice.mirakl.connect.inputs.documents import LARGEST, Document, DocumentEntity, DocumentMetadata
from backoffice.mirakl.connect.types import OrderDocument, read
from backoffice.mirakl.errors import Invalid, MiraklError, NotFound, OutcomeUnknown
from tests.mirakl.calling import client_at
from tests.mirakl.serving import Serving, asked, headers, http, sent_parts
from tests.mirakl.watched import Watched

PDF = b"%PDF-1.7\n\x00\xff\r\n--not-a-boundary\r\n"
JPEG = b"\xff\xd8\xff\xe0..."
PNG = b"\x89PNG\r\n\x1a\n..."
TAKEN = http('{"action_id":"a-1","tracking_id":"a-1"}', status="202 Accepted")
EMPTY = http('{"documents":[]}')


def invoice(content: bytes = PDF, filename: str = "invoice.pdf", **more: Any) -> Document:
    return Document(DocumentMetadata(**{"type": "CUSTOMER_INVOICE", "filename": filename, **more}), content)


def upload(document: Document, answer: bytes = TAKEN) -> Serving:
    """The server that it was sent to."""
    with Serving(answer) as server:
        server.client.upload_order_document("O-1", document)
    return server


def test_rows_are_read_under_documents() -> None:
    page = http('{"documents":[ {"id":"D-1","updated_at":"2026-02-03T04:05:06Z"} ],"data":[1],"next_page_token":null}')

    with Serving(page) as server:
        (found,) = server.client.list_order_documents()

    (raw,) = found.data
    assert bytes(raw) == b'{"id":"D-1","updated_at":"2026-02-03T04:05:06Z"}'
    assert read(raw, OrderDocument) == OrderDocument(id="D-1", updated_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC))


def test_filters_are_sent_as_mirakl_wants_them() -> None:
    with Serving(EMPTY) as server:
        list(
            server.client.list_order_documents(
                updated_from=datetime(2026, 2, 3, 4, 5, 6, 700_000, tzinfo=UTC),
                order_ids=["A&B=1", "C+D"],
                types=["RETURN_LABEL", "CHANNEL_SPECIFIC"],
                channel_types=["PACKING SLIP"],
            )
        )

    assert asked(server.requests[0]) == (
        "/v2/orders/documents",
        [
            ("limit", "100"),
            ("updated_from", "2026-02-03T04:05:06.700Z"),
            ("order_ids", "A&B=1"),
            ("order_ids", "C+D"),
            ("types", "RETURN_LABEL"),
            ("types", "CHANNEL_SPECIFIC"),
            ("channel_types", "PACKING SLIP"),
        ],
    )


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"limit": 101}, "limit: a whole number of 1 to 100 is expected."),
        ({"types": ["RECEIPT"]}, "types[0]: one of "),
        ({"order_ids": ["O"] * 101}, "order_ids: a list of at most 100 items is expected."),
        ({"channel_types": ["X"]}, "channel_types: they can be asked for only where types has CHANNEL_SPECIFIC."),
        ({"updated_from": datetime(2026, 2, 3)}, "updated_from: a date-time with a time zone"),  # noqa: DTZ001 -- the mistake
    ],
)
def test_question_that_connect_would_refuse_is_not_asked(arguments: dict[str, Any], fault: str) -> None:
    with Serving(EMPTY) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.list_order_documents(**arguments)

    assert server.connections == 0


def test_upload_is_these_parts() -> None:
    entity = DocumentEntity(id="R-1")

    (request,) = upload(invoice(type="RETURN_LABEL", filename="étiquette.pdf", entity=entity)).requests

    assert request.startswith(b"POST /v2/orders/O-1/documents HTTP/1.1\r\n")
    assert sent_parts(request) == [
        'Content-Disposition: form-data; name="file"; filename="étiquette.pdf"\r\n'.encode()
        + b"Content-Type: application/octet-stream\r\n\r\n"
        + PDF,
        b'Content-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n'
        + '{"type":"RETURN_LABEL","filename":"étiquette.pdf","entity":{"type":"RETURN","id":"R-1"}}'.encode(),
    ]
    assert int(headers(request)["content-length"]) == len(request.partition(b"\r\n\r\n")[2])


def test_smallest_upload_has_type_and_name() -> None:
    (request,) = upload(invoice()).requests

    assert sent_parts(request)[1].endswith(b'\r\n\r\n{"type":"CUSTOMER_INVOICE","filename":"invoice.pdf"}')


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('a".pdf', "a%22.pdf"),
        ("a;b=c\\d.pdf", "a;b=c\\d.pdf"),
        ("中国邮政.pdf", "中国邮政.pdf"),
        ("../up.pdf", "../up.pdf"),
    ],
)
def test_name_stays_inside_its_quotes(name: str, written: str) -> None:
    (request,) = upload(invoice(filename=name)).requests

    first, second = sent_parts(request)
    head = f'Content-Disposition: form-data; name="file"; filename="{written}"\r\nContent-Type: '
    assert first.startswith(head.encode())
    assert f'"filename":"{name.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34))}"' in second.decode()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "without"),
        (JPEG, "photo.jpg"),
        (PNG, "photo.pdf"),
        ("Größe;Preis\r\n1;2\r\n".encode(), "x.csv"),
        ("Größe;Preis\r\n1;2\r\n".encode("cp1252"), "X.CSV"),
        (b"\xef\xbb\xbfa,b\n", "x.csv"),
        (PDF + bytes(LARGEST - len(PDF)), "large.pdf"),
    ],
)
def test_formats_of_the_contract_are_sent_whole(content: bytes, name: str) -> None:
    (request,) = upload(invoice(content, name)).requests

    assert sent_parts(request)[0].partition(b"\r\n\r\n")[2] == content


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (invoice(b""), "content: the file is empty."),
        (invoice(PDF + bytes(LARGEST)), "content: the file is larger than 10 MB."),
        (invoice(b"<html>"), "content: a PDF, JPEG, PNG or CSV file is expected."),
        (invoice(b"PK\x03\x04", "x.csv"), "content: a PDF, JPEG, PNG or CSV file is expected."),
        (invoice(b"a,b", "x.txt"), "content: a PDF, JPEG, PNG or CSV file is expected."),
        (invoice(b"GIF89a"), "content: a PDF, JPEG, PNG or CSV file is expected."),
        (invoice(filename=""), "filename: a file name of 1 to 255 characters"),
        (invoice(filename=" "), "filename: a file name of 1 to 255 characters"),
        (invoice(filename="x" * 256), "filename: a file name of 1 to 255 characters"),
        (invoice(filename="a\r\nX-Evil: 1\r\n\r\n.pdf"), "filename: a file name of 1 to 255 characters"),
        (invoice(filename="a\0.pdf"), "filename: a file name of 1 to 255 characters"),
        (invoice(filename="\udcff.pdf"), "filename: a text without half characters is expected."),
        (invoice(type="DELIVERY_SLIP"), "type: one of CUSTOMER_INVOICE, RETURN_LABEL is expected."),
        (invoice(entity=DocumentEntity(id="")), "entity.id: a text of 1 or more characters is expected."),
    ],
)
def test_document_that_connect_would_refuse_is_not_sent(document: Document, fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.upload_order_document("O-1", document)

    assert server.connections == 0


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", OutcomeUnknown),
        (http("{}", status="202 Accepted"), OutcomeUnknown),
        (http("{}", status="400 Bad Request"), Invalid),
        (http("{}", status="404 Not Found"), NotFound),
        (http("", status="413 Too Large"), Invalid),
    ],
)
def test_upload_is_sent_once_whatever_becomes_of_it(answer: bytes, error: type[MiraklError]) -> None:
    with Serving(answer) as server, pytest.raises(error) as caught:
        server.client.upload_order_document("O-1", invoice())

    assert type(caught.value) is error
    assert (len(server.requests), server.naps) == (1, [])


def test_document_keeps_its_content_out_of_its_description() -> None:
    assert "PDF-" not in repr(invoice())


def test_upload_that_came_too_soon_is_sent_again_whole() -> None:
    later = http("", "Retry-After: 1", status="429 Too Many Requests")
    with Serving(later, TAKEN) as server:
        assert server.client.upload_order_document("O-1", invoice()) == "a-1"

    first, second = map(sent_parts, server.requests)
    assert first == second
    assert first[0].endswith(PDF)


def test_watcher_is_told_of_a_file_by_name_and_size_only() -> None:
    watcher = Watched()
    with Serving(TAKEN) as server:
        client_at(server.url, watcher=watcher).upload_order_document("O-1", invoice(filename="é.pdf"))

    (exchange,) = watcher.exchanges
    assert exchange.sent.decode() == (
        f"file: '\\xe9.pdf', {len(PDF)} bytes\n" + 'metadata: {"type":"CUSTOMER_INVOICE","filename":"é.pdf"}'
    )
