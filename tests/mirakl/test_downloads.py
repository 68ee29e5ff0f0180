"""Files from Mirakl: streamed, limited, named safely, and never taken for what they are not."""

from __future__ import annotations

import gzip
import io
import re
import socket
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.downloads import Download, filename, safe_filename
from backoffice.mirakl.errors import Broken, Invalid, MiraklError, NoAnswer, NotFound, TooLarge, TooSoon, Unreadable
from tests.mirakl.serving import Serving, asked, headers, http


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"content of " + name.encode())
    return file.getvalue()


ZIP = zipped("label.pdf", "label(1).pdf")
WHOLE = http(ZIP, "Content-Type: application/zip", 'Content-Disposition: attachment; filename="O-1_documents_17.zip"')
CUT = http(ZIP[:50], "Content-Type: application/zip", length=len(ZIP))

DOWNLOADS: dict[str, Callable[..., Download]] = {
    "documents": lambda api, into, **more: api.download_order_documents("0002_a/b é", into, **more),
    "attachments": lambda api, into, **more: api.download_conversation_attachments("0002_a/b é", into, **more),
}


@pytest.fixture(params=DOWNLOADS.values(), ids=list(DOWNLOADS))
def download(request: pytest.FixtureRequest) -> Callable[..., Download]:
    """Each of the operations that answer with a file."""
    found: Callable[..., Download] = request.param
    return found


def test_file_arrives_whole_and_ready_to_be_read(download: Callable[..., Download]) -> None:
    into = io.BytesIO(b"what was here before, and is longer than the archive" * 100)
    into.seek(7)

    with Serving(WHOLE) as server:
        found = download(server.client, into)

    assert found == Download(filename="O-1_documents_17.zip", content_type="application/zip", size=len(ZIP))
    assert (into.tell(), into.getvalue()) == (0, ZIP)


def test_file_is_asked_for_with_errors_as_json(download: Callable[..., Download]) -> None:
    with Serving(WHOLE) as server:
        download(server.client, io.BytesIO())

    accepted = "application/zip, application/octet-stream, application/json;q=0.5"
    assert headers(server.requests[0])["accept"] == accepted


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (
            lambda api, into: api.download_order_documents("0002_a/b é", into),
            ("/v2/orders/0002_a%2Fb%20%C3%A9/documents", []),
        ),
        (
            lambda api, into: api.download_order_documents("O", into, document_ids=["D&1", "D+2"]),
            ("/v2/orders/O/documents", [("document_ids", "D&1"), ("document_ids", "D+2")]),
        ),
        (
            lambda api, into: api.download_order_documents("O", into, types=["RETURN_LABEL", "CHANNEL_SPECIFIC"]),
            ("/v2/orders/O/documents", [("types", "RETURN_LABEL"), ("types", "CHANNEL_SPECIFIC")]),
        ),
        (
            lambda api, into: api.download_conversation_attachments("C/1", into),
            ("/conversations/C%2F1/attachments", []),
        ),
        (
            lambda api, into: api.download_conversation_attachments("C", into, ["A 1", "A2"]),
            ("/conversations/C/attachments", [("attachment_ids", "A 1"), ("attachment_ids", "A2")]),
        ),
    ],
)
def test_choice_is_sent(call: Callable[[Connect, io.BytesIO], Download], wanted: tuple[str, Any]) -> None:
    with Serving(WHOLE) as server:
        call(server.client, io.BytesIO())

    assert asked(server.requests[0]) == wanted


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (
            lambda api, into: api.download_order_documents("O", into, document_ids=["D"], types=["RETURN_LABEL"]),
            "document_ids: they cannot be asked for together with types.",
        ),
        (
            lambda api, into: api.download_order_documents("O", into, document_ids=["D"] * 101),
            "document_ids: a list of at most 100 items is expected.",
        ),
        (lambda api, into: api.download_order_documents("O", into, types=["RECEIPT"]), "types[0]: one of "),
        (lambda api, into: api.download_order_documents("..", into), "order_id: '..' cannot be a part of an address."),
        (
            lambda api, into: api.download_conversation_attachments("C", into, ["A"] * 101),
            "attachment_ids: a list of at most 100 items is expected.",
        ),
        (
            lambda api, into: api.download_conversation_attachments("C", into, [""]),
            "attachment_ids[0]: a text of 1 or more characters is expected.",
        ),
    ],
)
def test_question_that_connect_would_refuse_is_not_asked(
    call: Callable[[Connect, io.BytesIO], Download], fault: str
) -> None:
    with Serving(WHOLE) as server, pytest.raises(ValueError, match=re.escape(fault)):
        call(server.client, io.BytesIO())

    assert server.connections == 0


def test_download_that_is_cut_begins_anew(download: Callable[..., Download]) -> None:
    into = io.BytesIO()

    with Serving(CUT, CUT, WHOLE) as server:
        found = download(server.client, into)

    assert (found.size, into.getvalue()) == (len(ZIP), ZIP)
    assert (len(server.requests), server.naps) == (3, [0.25, 1.0])


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        CUT,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + ZIP[:50],
        http(ZIP, "Content-Encoding: gzip"),
    ],
    ids=["no answer", "cut before the body", "cut in the body", "cut in a chunk", "not what it says to be"],
)
def test_download_that_never_comes_whole_is_no_answer(download: Callable[..., Download], answer: bytes) -> None:
    with Serving(answer) as server, pytest.raises(NoAnswer) as caught:
        download(server.client, io.BytesIO())

    assert type(caught.value) is NoAnswer
    assert (len(server.requests), server.naps) == (3, [0.25, 1.0])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http(""), "It is empty."),
        (b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", "It is empty."),
        (
            http("<!doctype html><title>Log in"),
            "It is a web page: the address is wrong, or a proxy stands between us and Mirakl.",
        ),
        (http('{"code":"X"}', "Content-Type: application/zip"), "It is no ZIP archive."),
        (http("%PDF-1.7"), "It is no ZIP archive."),
        (http("PK"), "It is no ZIP archive."),
        (http(b"PK\x07\x08" + ZIP), "It is no ZIP archive."),
    ],
)
def test_answer_that_is_no_archive_says_what_it_is(
    download: Callable[..., Download], answer: bytes, reason: str
) -> None:
    with Serving(answer) as server, pytest.raises(Unreadable) as caught:
        download(server.client, io.BytesIO())

    assert str(caught.value) == f"The answer cannot be read. {reason}"


def test_archive_without_a_file_is_one(download: Callable[..., Download]) -> None:
    with Serving(http(zipped())) as server:
        assert download(server.client, io.BytesIO()).size == 22


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", Invalid),
        ("404 Not Found", NotFound),
        ("429 Slow Down", TooSoon),
        ("500 Oops", Broken),
    ],
)
def test_error_is_told_as_with_every_call(
    download: Callable[..., Download], status: str, error: type[MiraklError]
) -> None:
    into = io.BytesIO(b"untouched")

    with Serving(http('{"code":"DATA_NOT_FOUND","message":"No."}', status=status)) as server, pytest.raises(error) as e:
        download(server.client, into)

    assert (type(e.value), getattr(e.value, "code", "")) == (error, "DATA_NOT_FOUND")
    assert into.getvalue() == b"untouched"


def test_file_of_just_the_size_that_is_allowed_is_taken(download: Callable[..., Download]) -> None:
    with Serving(WHOLE) as server:
        assert download(server.client, io.BytesIO(), largest=len(ZIP)).size == len(ZIP)


@pytest.mark.parametrize(
    ("largest", "reason"),
    [(len(ZIP) - 1, f"It is larger than {len(ZIP) - 1} bytes."), (0, "It is larger than 0 bytes.")],
)
def test_file_that_is_larger_than_allowed_is_asked_for_once(
    download: Callable[..., Download], largest: int, reason: str
) -> None:
    with Serving(WHOLE) as server, pytest.raises(TooLarge, match=re.escape(reason)):
        download(server.client, io.BytesIO(), largest=largest)

    assert (len(server.requests), server.naps) == (1, [])


def test_size_is_that_of_the_unpacked_file(download: Callable[..., Download]) -> None:
    packed = http(gzip.compress(ZIP), "Content-Encoding: gzip")
    bomb = http(gzip.compress(bytes(5 << 20), 1), "Content-Encoding: gzip")
    into = io.BytesIO()

    with Serving(packed, bomb) as server:
        assert download(server.client, into).size == len(ZIP)
        with pytest.raises(TooLarge):
            download(server.client, into, largest=1 << 20)

    assert len(into.getvalue()) <= 1 << 20


class Pouring(Serving):
    """Goes on for as long as anybody takes it."""

    def answer(self, connection: socket.socket, text: bytes) -> None:
        self.poured = 0
        connection.recv(65_536)
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while self.poured < 1 << 30:
                connection.sendall(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
                self.poured += 1 << 20
        except OSError:
            connection.close()


def test_rest_of_a_file_that_is_too_large_is_not_read(download: Callable[..., Download]) -> None:
    into = io.BytesIO()

    with Pouring() as server, pytest.raises(TooLarge, match=r"It is larger than 2 MB\."):
        download(server.client, into, largest=2 << 20)

    assert len(into.getvalue()) <= 2 << 20
    assert server.poured < 64 << 20  # what the machine had in its buffers


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="O-1_documents_17.zip"', "O-1_documents_17.zip"),
        ("attachment; filename=plain.zip", "plain.zip"),
        ("ATTACHMENT; FileName=plain.zip", "plain.zip"),
        ('attachment; filename="a\\"b.zip"', "a_b.zip"),
        ('attachment; filename="a;b.zip"', "a;b.zip"),
        ("attachment; filename*=UTF-8''%e2%82%ac%20rates.zip", "€ rates.zip"),
        ("attachment; filename=\"EUR.zip\"; filename*=UTF-8''%e2%82%ac.zip", "€.zip"),
        ("attachment; filename*=UTF-8''%e2%82%ac.zip; filename=\"EUR.zip\"", "€.zip"),
        ("attachment; filename*=iso-8859-1''%e9.zip", "é.zip"),
        ('attachment; filename="é.zip"'.encode().decode("latin-1"), "é.zip"),
        ('attachment; filename="\xe9.zip"', "é.zip"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename*=UTF-8''..%2f..%2fevil.zip", "evil.zip"),
        ('attachment; filename="C:\\\\Users\\\\me\\\\evil.zip"', "evil.zip"),
        ("attachment; filename*=UTF-8''a%0d%0aX-Evil%3a%201.zip", "aX-Evil_ 1.zip"),
        ('attachment; filename=".htaccess"', "htaccess"),
        ('attachment; filename="..\\\\.."', "file.zip"),
        ('attachment; filename=""', "file.zip"),
        ('attachment; filename="/"', "file.zip"),
        ("attachment", "file.zip"),
        ("", "file.zip"),
        (";;;=", "file.zip"),
        ('attachment; filename="without an end', "file.zip"),
        ('attachment; filename="%2e%2e%2fx"', "%2e%2e%2fx"),
    ],
)
def test_name_of_a_file_is_read_and_made_safe(disposition: str, name: str) -> None:
    assert filename({"Content-Disposition": disposition}, "file.zip") == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\x00b\x7f\u200bc.pdf", "abc.pdf"),
        ("\udcff.pdf", "pdf"),
        (" . .name. . ", "name"),
        ('<a>:"|?*.pdf', "_a______.pdf"),
        ("中国邮政.png", "中国邮政.png"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 198),
        ("...", "otherwise"),
        ("\x00", "otherwise"),
    ],
)
def test_safe_name_shows_nothing_but_itself(said: str, name: str) -> None:
    assert safe_filename(said, "otherwise") == name


def test_safe_name_is_never_empty() -> None:
    assert safe_filename("..", "\x00/") == "file"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda api, into: api.download_order_documents("0002_a/b é", into), "0002_a_b é_documents.zip"),
        (lambda api, into: api.download_conversation_attachments("C-1", into), "C-1_attachments.zip"),
    ],
)
def test_file_without_a_name_is_called_after_what_it_belongs_to(
    call: Callable[[Connect, io.BytesIO], Download], name: str
) -> None:
    with Serving(http(ZIP, "Content-Type: Application/ZIP; x=y")) as server:
        found = call(server.client, io.BytesIO())

    assert found == Download(filename=name, content_type="application/zip", size=len(ZIP))
