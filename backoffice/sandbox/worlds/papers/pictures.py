"""Labels as pictures: a coarse drawing of 8 × 8 pixel blocks, written as PNG or as JPEG without any library."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 100, 150  # cells; a label of 10 × 15 cm at about 200 dpi
CELL = 8  # pixels: the block of a JPEG
MARGIN = 2

# Five rows of three dots each, a row as an octal digit.
_SHAPES = (
    "A=25755 B=65656 C=34443 D=65556 E=74647 F=74644 G=34553 H=55755 I=72227 J=11152 K=55655 L=44447 M=57755 "
    "N=65555 O=25552 P=65644 Q=25563 R=65655 S=34216 T=72222 U=55557 V=55552 W=55775 X=55255 Y=55222 Z=71247 "
    "0=75557 1=26227 2=71747 3=71317 4=55711 5=74717 6=74757 7=71122 8=75757 9=75717 "
    "-=00700 .=00002 ,=00024 /=11244 :=02020 _=00007 +=02720 (=12221 )=42224 #=57575"
)
GLYPHS = dict(shape.split("=", 1) for shape in _SHAPES.split())

# Interleaved 2 of 5: n a narrow, w a wide bar (even digits) or gap (odd digits).
DIGITS = ("nnwwn", "wnnnw", "nwnnw", "wwnnn", "nnwnw", "wnwnn", "nwwnn", "nnnww", "wnnwn", "nwnwn")


def bars(number: str) -> list[int]:
    """Widths of bars and gaps in turn, beginning with a bar: a code that scanners read. `number` has an even count of
    digits."""
    widths = [1, 1, 1, 1]
    for first, second in zip(number[::2], number[1::2], strict=True):
        for bar, gap in zip(DIGITS[int(first)], DIGITS[int(second)], strict=True):
            widths += [1 + (bar == "w"), 1 + (gap == "w")]
    return [*widths, 2, 1, 1]


class Drawing:
    """Black on white. Cells outside are not drawn."""

    def __init__(self) -> None:
        self.rows = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]

    def fill(self, left: int, top: int, width: int, height: int) -> None:
        for row in self.rows[max(top, 0) : top + height]:
            for x in range(max(left, 0), min(left + width, WIDTH)):
                row[x] = 0

    def write(self, text: str, top: int, size: int = 1) -> None:
        """What fits on the line; letters without their accents."""
        plain = unicodedata.normalize("NFKD", text).upper()
        signs = [sign for sign in plain if not unicodedata.combining(sign)]
        for position, sign in enumerate(signs[: (WIDTH - MARGIN) // (4 * size)]):
            for y, row in enumerate(GLYPHS.get(sign, "00000")):
                for x in range(3):
                    if int(row) & (4 >> x):
                        self.fill(MARGIN + (4 * position + x) * size, top + y * size, size, size)

    def code(self, number: str, top: int, height: int) -> None:
        left = MARGIN
        for position, width in enumerate(bars(number)):
            if position % 2 == 0:
                self.fill(left, top, width, height)
            left += width


def drawn(title: str, lines: tuple[str, ...], number: str) -> Drawing:
    """A label: its title, its text, and at the foot a code with its number."""
    drawing = Drawing()
    drawing.write(title, MARGIN, 2)
    drawing.fill(MARGIN, 15, WIDTH - 2 * MARGIN, 1)
    for position, line in enumerate(lines[:11]):
        drawing.write(line, 20 + 8 * position)
    drawing.code(number, 112, 26)
    drawing.write(number, 141)
    return drawing


def png(drawing: Drawing) -> bytes:
    """One bit a pixel."""
    return png_file(WIDTH * CELL, [bytes(row) for row in drawing.rows for _ in range(CELL)], depth=1, colour=0)


def png_file(width: int, rows: Sequence[bytes], *, depth: int, colour: int) -> bytes:
    """Rows of `width` pixels. `depth`: bits of a sample; `colour`: 0 grey, 2 red, green and blue."""
    head = struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0)
    text = b"".join(b"\0" + row for row in rows)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(text)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def jpeg(drawing: Drawing) -> bytes:
    """Baseline, grey. Every block is of one shade, so that only its mean is coded: -128 black, 127 white."""
    shades = [127 if cell else -128 for row in drawing.rows for cell in row]
    bits, before = [], 0
    for shade in shades:
        bits.append(_step(shade - before) + "0")  # 0: the rest of the block is nothing
        before = shade
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    scan = int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")
    return b"".join((_HEAD, scan, b"\xff\xd9"))


def _step(difference: int) -> str:
    """A code of `_HEAD`'s first table for how many bits follow, and those bits."""
    if difference == 0:
        return "0"
    size = abs(difference).bit_length()
    value = difference if difference > 0 else difference + (1 << size) - 1
    return {8: "10", 7: "110"}[size] + f"{value:0{size}b}"


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


_HEAD = b"\xff\xd8" + b"".join(
    (
        _segment(0xE0, b"JFIF\0\x01\x01\x01" + struct.pack(">HHBB", 203, 203, 0, 0)),
        _segment(0xDB, b"\0" + b"\x08" * 64),
        _segment(0xC0, struct.pack(">BHHB", 8, HEIGHT * CELL, WIDTH * CELL, 1) + b"\x01\x11\0"),
        _segment(0xC4, b"\0" + bytes([1, 1, 1, *[0] * 13]) + bytes([0, 8, 7])),
        _segment(0xC4, b"\x10" + bytes([1, *[0] * 15]) + bytes([0])),
        _segment(0xDA, b"\x01\x01\0\0\x3f\0"),
    )
)
