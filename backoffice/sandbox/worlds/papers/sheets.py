"""Papers of orders and returns, made in code: labels, slips and invoices as PDF, PNG, JPEG and CSV (domain.md §2.7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from backoffice.sandbox.worlds.papers import pictures

Format = Literal["pdf", "pdf-two-pages", "png", "jpeg", "csv", "broken-pdf"]
LABEL, A4 = (283, 425), (595, 842)  # points; a label has 10 × 15 cm


@dataclass(frozen=True)
class Sheet:
    """What stands on a paper. `number` becomes its bar code: an even count of digits, at most 12; empty for none."""

    title: str
    lines: tuple[str, ...]
    number: str = ""
    size: tuple[int, int] = LABEL


@lru_cache(maxsize=512)
def made(wanted: Format, sheet: Sheet) -> bytes:
    """The file. The same for the same sheet."""
    return _MAKERS[wanted](sheet)


def pdf(*sheets: Sheet) -> bytes:
    """A document with a page for each sheet."""
    count = len(sheets)
    kids = " ".join(f"{5 + 2 * position} 0 R" for position in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        *(
            f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode()
            for font in ("Helvetica", "Helvetica-Bold")
        ),
    ]
    for position, sheet in enumerate(sheets):
        width, height = sheet.size
        fonts = "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"
        box = f"/MediaBox [0 0 {width} {height}]"
        page = f"<< /Type /Page /Parent 2 0 R {box} {fonts} /Contents {6 + 2 * position} 0 R >>"
        drawn = _drawn(sheet)
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn)]
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    parts, offsets, at = [b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"], [], 15
    for number, content in enumerate(objects, 1):
        offsets.append(at)
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        at += len(parts[-1])
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, at))
    return b"".join(parts)


def _drawn(sheet: Sheet) -> bytes:
    """The operators that draw the page."""
    width, height = sheet.size
    left, top = 20 if sheet.size == LABEL else 60, height - (40 if sheet.size == LABEL else 80)
    operators = [b"BT /F2 15 Tf %d %d Td (%b) Tj ET" % (left, top, _text(sheet.title))]
    operators.append(b"%d %d %d 1 re f" % (left, top - 10, width - 2 * left))
    for position, line in enumerate(sheet.lines):
        operators.append(b"BT /F1 10 Tf %d %d Td (%b) Tj ET" % (left, top - 30 - 15 * position, _text(line)))
    if sheet.number:
        x, unit = float(left), 2.4
        for position, bar in enumerate(pictures.bars(sheet.number)):
            if position % 2 == 0:
                operators.append(b"%.1f 60 %.1f 70 re f" % (x, bar * unit))
            x += bar * unit
        operators.append(b"BT /F1 12 Tf %d 42 Td (%b) Tj ET" % (left, sheet.number.encode()))
    return b"\n".join(operators)


def _text(text: str) -> bytes:
    found = text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        found = found.replace(sign, b"\\" + sign)
    return found


def _two_pages(sheet: Sheet) -> bytes:
    """The label, and a form to lay into the parcel."""
    asked = ("Please lay this page into the parcel.", "", *sheet.lines, "", "[  ] wrong item", "[  ] damaged")
    return pdf(sheet, Sheet("Return form", asked, size=A4))


def _broken(sheet: Sheet) -> bytes:
    """Begins like a document and ends in the middle."""
    whole = pdf(sheet)
    return whole[: len(whole) // 2]


def _csv(sheet: Sheet) -> bytes:
    rows = ["position;text", *(f'{position};"{line}"' for position, line in enumerate((sheet.title, *sheet.lines), 1))]
    return ("\r\n".join(rows) + "\r\n").encode()


def _drawing(sheet: Sheet) -> pictures.Drawing:
    return pictures.drawn(sheet.title, sheet.lines, sheet.number)


_MAKERS: dict[Format, Callable[[Sheet], bytes]] = {
    "pdf": pdf,
    "pdf-two-pages": _two_pages,
    "png": lambda sheet: pictures.png(_drawing(sheet)),
    "jpeg": lambda sheet: pictures.jpeg(_drawing(sheet)),
    "csv": _csv,
    "broken-pdf": _broken,
}
FORMATS: dict[str, Format] = {str(known): known for known in _MAKERS}
SUFFIXES: dict[Format, str] = {"png": ".png", "jpeg": ".jpg", "csv": ".csv"}  # .pdf for the others


def format_of(name: str) -> Format:
    """Raises ValueError for one that is none."""
    if name not in FORMATS:
        raise ValueError(f"There is no format {str(name)[:40]!r}: {', '.join(FORMATS)}.")
    return FORMATS[name]


def suffix(wanted: Format) -> str:
    return SUFFIXES.get(wanted, ".pdf")
