"""What customers and stores attach: photographs and documents, made in code."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

from backoffice.sandbox.worlds.papers import pictures, sheets

Format = Literal["png", "jpeg", "pdf"]
FORMATS = get_args(Format)
WIDTH, HEIGHT = 96, 72


@lru_cache(maxsize=256)
def made(wanted: Format, number: int) -> bytes:
    """A small valid file, another one for each number and always the same for the same."""
    if wanted == "png":
        return _photograph(number)
    if wanted == "jpeg":
        drawing = pictures.drawn("SCAN", (f"PAGE {number}",), f"{number % 1_000_000:06}")
        return pictures.jpeg(drawing)
    lines = ("Please see the details below.", f"Reference {number}")
    return sheets.made("pdf", sheets.Sheet("Attachment", lines, size=sheets.A4))


def _photograph(number: int) -> bytes:
    """A dish on a table, with a crack in it."""
    rows = [b"".join(_pixel(x, y, number) for x in range(WIDTH)) for y in range(HEIGHT)]
    return pictures.png_file(WIDTH, rows, depth=8, colour=2)


def _pixel(x: int, y: int, number: int) -> bytes:
    if (x - 48) ** 2 + (y - 36) ** 2 > 30**2:
        return bytes((150 + y, 110 + y // 2, 70))
    if abs(x - 40 - (y + number * 7) % 17) < 2:
        return b"\x20\x18\x18"
    shade = 150 + x
    return bytes((shade, 255 - shade // 2, (number * 53) % 256))
