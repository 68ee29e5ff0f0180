"""The papers that the sandbox makes, read by another hand; and labels behind a `label_url`."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import requests

from backoffice.sandbox.worlds.papers import pictures, sheets
from tests.sandbox.returning import Returner, unpacked
from tests.sandbox_server import RunningSandbox, serving

SHEET = sheets.Sheet("Étiquette (retour)", ("14 rue des Entrepôts", "日本"), "012345678905")


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Returner:
    return Returner(sandbox)


@pytest.fixture
def drawing() -> pictures.Drawing:
    return pictures.drawn(SHEET.title, SHEET.lines, SHEET.number)


def objects(document: bytes) -> list[bytes]:
    """The objects of a PDF, found as a reader does: from the end over the table of offsets."""
    assert document.startswith(b"%PDF-1.4\n")
    found = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", document)
    assert found
    table = document[int(found[1]) :].split(b"\n")
    assert table[:3] == [b"xref", b"0 %d" % (int(table[1].split()[1])), b"0000000000 65535 f "]
    offsets = [int(line.split()[0]) for line in table[3 : 2 + int(table[1].split()[1])]]
    assert all(document[at:].startswith(b"%d 0 obj\n" % number) for number, at in enumerate(offsets, 1))
    return [document[at:].split(b"endobj\n")[0] for at in offsets]


@pytest.mark.parametrize(("wanted", "pages"), [("pdf", 1), ("pdf-two-pages", 2)])
def test_pdf_is_whole_and_has_its_pages(wanted: sheets.Format, pages: int) -> None:
    found = objects(sheets.made(wanted, SHEET))

    streams = [re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", one, re.DOTALL) for one in found]
    assert b"/Count %d" % pages in found[1]
    assert sum(b"/Type /Page " in one for one in found) == pages
    assert [int(one[1]) for one in streams if one] == [len(one[2]) for one in streams if one]
    assert sum(one is not None for one in streams) == pages
    assert b"(\xc9tiquette \\(retour\\))" in found[5]


def test_broken_pdf_begins_well_and_has_no_end() -> None:
    broken = sheets.made("broken-pdf", SHEET)

    assert sheets.made("pdf", SHEET).startswith(broken)
    assert b"startxref" not in broken


def test_png_shows_the_drawing(drawing: pictures.Drawing) -> None:
    image = sheets.made("png", SHEET)
    at, chunks = 8, {}
    while at < len(image):
        length, name = struct.unpack_from(">I4s", image, at)
        chunks[name] = image[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", image, at + 8 + length) == (zlib.crc32(name + chunks[name]),)
        at += 12 + length

    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    rows = zlib.decompress(chunks[b"IDAT"])
    assert (width, height, len(rows)) == (800, 1200, 1200 * 101)
    assert [rows[y * 101 + 1 : (y + 1) * 101] for y in range(0, 1200, 8)] == drawing.rows
    assert [*chunks] == [b"IHDR", b"IDAT", b"IEND"]


def blocks(scan: str) -> Iterator[int]:
    """The shades of a scan whose blocks have one each: 0 nothing, 10 eight bits, 110 seven bits follow; then 0."""
    at, shade = 0, 0
    while "0" in scan[at:]:
        size, skip = (0, 1) if scan[at] == "0" else (8, 2) if scan[at + 1] == "0" else (7, 3)
        bits = scan[at + skip : at + skip + size]
        if bits:
            shade += int(bits, 2) if bits[0] == "1" else int(bits, 2) - (1 << size) + 1
        yield shade
        assert scan[at + skip + size] == "0"
        at += skip + size + 1


def test_jpeg_shows_the_drawing(drawing: pictures.Drawing) -> None:
    image = sheets.made("jpeg", SHEET)
    at, segments = 2, []
    while image[at + 1] != 0xDA:
        segments.append(image[at + 1])
        at += 2 + struct.unpack_from(">H", image, at + 2)[0]
    at += 2 + struct.unpack_from(">H", image, at + 2)[0]

    scan = "".join(f"{byte:08b}" for byte in image[at:-2].replace(b"\xff\0", b"\xff"))
    shades = [-128 if cell == 0 else 127 for row in drawing.rows for cell in row]
    assert (image[:2], image[-2:], segments) == (b"\xff\xd8", b"\xff\xd9", [0xE0, 0xDB, 0xC0, 0xC4, 0xC4])
    assert list(blocks(scan)) == shades


def test_bars_are_interleaved_two_of_five() -> None:
    begin, end = [1, 1, 1, 1], [2, 1, 1]
    three_in_bars, eight_in_gaps = [2, 2, 1, 1, 1], [2, 1, 1, 2, 1]

    widths = pictures.bars("38")

    assert (widths[:4], widths[4:14:2], widths[5:14:2], widths[14:]) == (begin, three_in_bars, eight_in_gaps, end)


@pytest.mark.parametrize("wanted", get_args(sheets.Format))
def test_papers_are_the_same_every_time(wanted: sheets.Format) -> None:
    assert sheets.made.__wrapped__(wanted, SHEET) == sheets.made(wanted, SHEET)


@pytest.mark.parametrize("label", get_args(sheets.Format))
def test_label_of_a_return_is_a_document_of_its_order(
    sandbox: RunningSandbox, caller: Returner, label: sheets.Format
) -> None:
    order_id = sandbox.place_order(status="DELIVERED")["id"]

    found = sandbox.open_return(order_id, status="OPENED", label=label)

    (row,) = caller.documents(types="RETURN_LABEL")
    name = f"return_label_{found['channel_return_id']}{sheets.suffix(label)}"
    (content,) = unpacked(caller.download(order_id)).values()
    assert (row["order_id"], row["name"]) == (order_id, name)
    assert "label_url" not in caller.returned(found["id"])
    assert (content[:4] in (b"%PDF", b"\x89PNG", b"\xff\xd8\xff\xe0")) == (label != "csv")


def test_label_url_leads_to_the_sandbox_that_serves_the_return(sandbox: RunningSandbox, caller: Returner) -> None:
    order_id = sandbox.place_order(status="DELIVERED")["id"]
    found = sandbox.open_return(order_id, status="OPENED", label="url", id="0001_R/1 %ü")

    url = caller.returned(found["id"])["label_url"]

    answer = requests.get(url, timeout=30)
    assert url.startswith(f"{sandbox.url}/labels/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert found["channel_return_id"].encode() in b"".join(objects(answer.content))
    assert caller.documents() == []
    assert requests.post(url, timeout=30).status_code == 405
    assert [requests.get(wrong, timeout=30).status_code for wrong in (f"{url}x", f"{sandbox.url}/labels/x.pdf")] == [
        404,
        404,
    ]


def test_label_of_a_return_that_was_changed_by_hand_is_served(sandbox: RunningSandbox, caller: Returner) -> None:
    found = sandbox.open_return(sandbox.place_order(status="DELIVERED")["id"], label="url")
    sandbox.change_return(found["id"], address="Leipzig", tracking=[1], origin=True)

    assert requests.get(caller.returned(found["id"])["label_url"], timeout=30).status_code == 200


def test_label_url_holds_after_a_restart_on_another_port(tmp_path: Path) -> None:
    with serving("empty", tmp_path / "state") as first:
        first.open_return(first.place_order(status="DELIVERED")["id"], label="url")

    with serving("empty", tmp_path / "state") as second:
        (found,) = Returner(second).returns()
        assert first.url != second.url
        assert found["label_url"].startswith(second.url)
        assert requests.get(found["label_url"], timeout=30).status_code == 200


def test_label_url_of_another_site_stays_as_it_is(sandbox: RunningSandbox, caller: Returner) -> None:
    order_id = sandbox.place_order(status="DELIVERED")["id"]
    odd = 'https://x.example/"label_url":"sandbox:/labels/1.pdf'

    found = sandbox.open_return(order_id, label_url=odd)

    assert caller.returned(found["id"])["label_url"] == odd
