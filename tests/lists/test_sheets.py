"""The files that a list can be taken away in."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import IO
from xml.etree import ElementTree

import pytest

from backoffice.lists.sheets import Cell, csv_lines, harmless, xlsx_file

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def csv_of(*rows: Sequence[Cell]) -> list[list[str]]:
    data = b"".join(csv_lines(["One", "Two"], [rows], PARIS))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]


def cells(file: IO[bytes]) -> list[tuple[str, str, str]]:
    """Each cell of the sheet: where, its type in the file ("" is a number), what it holds."""
    sheet = ElementTree.fromstring(zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml"))  # noqa: S314 -- our own file
    assert sheet.find(".//x:f", _NS) is None, "no cell may be a formula"
    found = sheet.iterfind(".//x:c", _NS)
    return [(one.get("r", ""), one.get("t", ""), "".join(one.itertext())) for one in found]


def xlsx_of(*rows: Sequence[Cell]) -> list[tuple[str, str, str]]:
    with xlsx_file("Orders", ["One"], [rows], PARIS) as file:
        return cells(file)[1:]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|' /C calc'!A0", "＝1+1", "＠x"]
)
def test_text_that_begins_like_a_formula_is_only_text(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert csv_of([text]) == [[f"'{text}"]]
    assert [kind for _, kind, _ in xlsx_of([text])] == ["inlineStr"]


@pytest.mark.parametrize("text", ["Zoë", "1-2", "a=b", "", "<script>alert(1)</script>", 'say "hi", twice\nand again'])
def test_other_text_comes_back_as_it_was(text: str) -> None:
    assert csv_of([text, "x"]) == [[text, "x"]]


def test_csv_keeps_numbers_as_numbers_and_gives_moments_their_zone() -> None:
    row = (-3, Decimal("-1234.50"), Decimal("1E+3"), NOON, None)

    assert csv_of(row) == [["-3", "-1234.50", "1000", "2026-11-20T13:00:00+01:00", ""]]


def test_csv_begins_with_the_mark_by_which_excel_knows_utf_8() -> None:
    data = b"".join(csv_lines(["Größe"], [], PARIS))

    assert data == b"\xef\xbb\xbfGr\xc3\xb6\xc3\x9fe\r\n"


def test_xlsx_has_real_numbers_and_moments_in_the_readers_zone() -> None:
    found = xlsx_of((-3, Decimal("1234.50"), NOON, "00012", None, "https://x.test"))

    assert found == [
        ("A2", "", "-3"),
        ("B2", "", "1234.50"),
        ("C2", "", "46346.54166666666"),
        ("D2", "inlineStr", "00012"),
        ("F2", "inlineStr", "https://x.test"),
    ]


def test_xlsx_writes_as_text_what_excel_would_round_or_not_know() -> None:
    ancient, last = datetime(1805, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    found = xlsx_of([Decimal("1234567890.1234567"), 2**60, Decimal("NaN"), ancient])

    assert [(kind, text) for _, kind, text in found] == [
        ("inlineStr", "1234567890.1234567"),
        ("inlineStr", str(2**60)),
        ("inlineStr", "NaN"),
        ("inlineStr", "1805-01-01T00:09:21+00:09:21"),
    ]
    assert [kind for _, kind, _ in xlsx_of([last])] == [""]


def test_text_that_no_file_can_hold_does_not_end_it() -> None:
    broken = "a\0b\ud800\ufffe\x07" + "z" * 40_000

    assert csv_of([broken])[0][0].startswith("ab?")
    assert len(xlsx_of([broken])) == 1


def test_header_row_stays_in_sight() -> None:
    with xlsx_file("To/ship: [now]?", ["One"], [], PARIS) as file:
        book = zipfile.ZipFile(file)
        assert b'topLeftCell="A2" activePane="bottomLeft" state="frozen"' in book.read("xl/worksheets/sheet1.xml")
        assert b'name="To ship   now"' in book.read("xl/workbook.xml")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_number_of_rows(kind: str) -> None:
    def chunks(number: int) -> Iterator[list[Sequence[Cell]]]:
        return ([(f"N-{at}-{row}", Decimal("12.50"), NOON) for row in range(500)] for at in range(number))

    def peak(number: int) -> int:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        if kind == "csv":
            for _ in csv_lines(["One"], chunks(number), PARIS):
                pass
        else:
            xlsx_file("Orders", ["One"], chunks(number), PARIS).close()
        return tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        peak(1)  # what is loaded once
        few, many = peak(2), peak(12)
    finally:
        tracemalloc.stop()

    assert many < 1.5 * few + 100_000
