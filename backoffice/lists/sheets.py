"""Files for a spreadsheet: CSV as a stream, XLSX through a temporary file. Neither keeps the rows in memory.

Nothing in a cell is ever a formula. What comes from a marketplace or a customer may begin like one, and a spreadsheet
would run it on the machine of whoever opens the file (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import chain
from typing import IO

import xlsxwriter

# What a column may put into a cell. Text stays text, numbers stay numbers, moments are shown in the reader's zone.
Cell = str | int | Decimal | datetime | None

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# What makes a spreadsheet calculate: the four signs, also in their full-width forms.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_BREAKS = ("\t", "\r", "\n")
# Excel's: characters of one cell, digits of a number, the first year it knows.
_LONGEST_TEXT = 32_767
_DIGITS = 15
_FIRST_YEAR = 1900
_WIDEST, _NARROWEST = 48, 10


def csv_lines(labels: Sequence[str], chunks: Iterable[Sequence[Sequence[Cell]]], zone: tzinfo) -> Iterator[bytes]:
    """The file chunk by chunk: UTF-8 with the mark that Excel looks for, moments as ISO 8601 with their offset."""
    yield "\N{BYTE ORDER MARK}".encode() + _csv([labels], zone)
    for rows in chunks:
        yield _csv(rows, zone)


def xlsx_file(title: str, labels: Sequence[str], chunks: Iterable[Sequence[Sequence[Cell]]], zone: tzinfo) -> IO[bytes]:
    """An open temporary file at its beginning; closing it deletes it. Moments are in `zone`: Excel knows no zones."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(labels):
            sheet.set_column(column, column, min(max(len(label) + 2, _NARROWEST), _WIDEST))
        moment, amount = (book.add_format({"num_format": one}) for one in ("yyyy-mm-dd hh:mm:ss", "0.00##"))
        paper = _Paper(sheet, moment, amount, zone)
        bold = book.add_format({"bold": True})
        for column, label in enumerate(labels):
            sheet.write_string(0, column, label, bold)
        for at, row in enumerate(chain.from_iterable(chunks), 1):
            paper.write(at, row)
    file.seek(0)
    return file


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before what could be one."""
    return f"'{text}" if text.startswith(_BREAKS) or text.lstrip().startswith(_FORMULA) else text


class _Paper:
    """Writes rows of cells into one sheet."""

    def __init__(self, sheet: xlsxwriter.worksheet.Worksheet, moment: object, amount: object, zone: tzinfo) -> None:
        self.sheet, self.moment, self.amount, self.zone = sheet, moment, amount, zone

    def write(self, at: int, row: Sequence[Cell]) -> None:
        for column, cell in enumerate(row):
            if isinstance(cell, datetime) and (local := _local(cell, self.zone)).year >= _FIRST_YEAR:
                self.sheet.write_datetime(at, column, local.replace(tzinfo=None), self.moment)
            elif isinstance(cell, int | Decimal) and _fits(cell):
                self.sheet.write_number(at, column, cell, self.amount if isinstance(cell, Decimal) else None)
            elif cell is not None:
                self.sheet.write_string(at, column, _plain(cell, self.zone)[:_LONGEST_TEXT])


def _csv(rows: Iterable[Sequence[Cell]], zone: tzinfo) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([[_csv_cell(cell, zone) for cell in row] for row in rows])
    # A lone surrogate is no character of any encoding; one in a name must not end the file.
    return text.getvalue().encode(errors="replace")


def _csv_cell(cell: Cell, zone: tzinfo) -> str:
    return harmless(cell.replace("\0", "")) if isinstance(cell, str) else _plain(cell, zone)


def _plain(cell: Cell, zone: tzinfo) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return _local(cell, zone).isoformat(timespec="seconds")
    if isinstance(cell, Decimal) and cell.is_finite():
        return _amount(cell)
    return str(cell).encode(errors="replace").decode()


def _amount(number: Decimal) -> str:
    """As exact as it is, without the noughts that the column of a table adds: 30.00 for 30.0000."""
    whole, dot, decimals = f"{number:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}" if len(decimals) > 2 else f"{whole}{dot}{decimals}"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the last hours of the year 9999, east of Greenwich
        return moment


def _fits(number: int | Decimal) -> bool:
    """Whether Excel keeps every digit; where it does not, the number is written as text."""
    exact = Decimal(number)
    return exact.is_finite() and len(exact.normalize().as_tuple().digits) <= _DIGITS


def _sheet_name(title: str) -> str:
    """Excel allows 31 characters, and none of those that it needs in references."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title).strip(" '")[:31] or "1"
