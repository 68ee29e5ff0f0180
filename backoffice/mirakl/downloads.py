"""Files that Mirakl sends: what they call themselves, and whether they are what they should be (domain.md §9.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from werkzeug.http import parse_options_header

from backoffice.mirakl.answers import Answer
from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.reading import what_it_is

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # with entries, without any
_LONGEST = 200  # bytes of a name; file systems take 255, and somebody may want to add a number
_LONGEST_SUFFIX = 20
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # on Windows


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was streamed to where the caller wanted it. `filename` can be used as it is: see `safe_filename`."""

    filename: str
    content_type: str  # as the server says, in small letters and without parameters
    size: int  # bytes


def download_of(answer: Answer, otherwise: str) -> Download:
    """What the headers say about a file that was streamed; without a name of its own it is called `otherwise`.

    A slash in `otherwise` is part of an id and leads nowhere.
    """
    otherwise = re.sub(r"[/\\]", "_", otherwise)
    content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Download(filename(answer.headers, otherwise), content_type, answer.size)


def filename(headers: Mapping[str, str], otherwise: str) -> str:
    """The safe form of the name in Content-Disposition (RFC 6266)."""
    # The extended form wins wherever it stands; the parser would let the last one win.
    header = re.sub(r"(?i)\bfilename\*", "extended*", _unicode(headers.get("Content-Disposition", "")))
    _, options = parse_options_header(header)
    return safe_filename(options.get("extended") or options.get("filename", ""), otherwise)


def safe_filename(said: str, otherwise: str) -> str:
    """The last component of a name from outside, of a limited length, without what is invisible or leads elsewhere.

    What has no such component becomes `otherwise`, which is made safe in the same way; "file" if that has none either.
    """
    return _safe(said) or _safe(otherwise) or "file"


def check_zip(file: BinaryIO) -> None:
    """Raises Unreadable where the file does not begin as a ZIP archive does. Rewinds it."""
    file.seek(0)
    start = file.read(200)
    file.seek(0)
    if not start.startswith(_ZIP):
        raise Unreadable(what_it_is(start, otherwise="It is no ZIP archive."))


def _unicode(header: str) -> str:
    """Headers are read as Latin-1; many servers write UTF-8."""
    try:
        return header.encode("latin-1").decode()
    except UnicodeError:
        return header


def _safe(said: str) -> str:
    last = re.split(r"[/\\]", said)[-1]
    shown = "".join(one for one in last if one.isprintable())
    name = _FORBIDDEN.sub("_", shown).strip(" .")
    suffix = PurePosixPath(name).suffix
    if len(suffix) > _LONGEST_SUFFIX:
        suffix = ""
    room = _LONGEST - len(suffix.encode())
    return name.removesuffix(suffix).encode()[:room].decode(errors="ignore") + suffix
