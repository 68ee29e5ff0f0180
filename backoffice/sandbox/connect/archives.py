"""Downloads of several files: always a ZIP, with a name that tells when it was packed (domain.md §1.3, §2.6, §2.7)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import quote

from werkzeug.wrappers import Response

from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import micros

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a ZIP can tell


def answer(call: Call, stem: str, files: Iterable[tuple[str, datetime, bytes]]) -> Response:
    """Path, moment and content of each file. Paths stand in the archive as they were given, however odd."""
    packed, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, moment, content in files:
            name = _unused(path.replace("\0", "_"), taken)
            taken.add(name)
            entry = zipfile.ZipInfo(name, max(moment, EARLIEST).timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    found = Response(packed.getvalue(), content_type="application/zip")
    found.headers["Content-Disposition"] = _attachment(f"{stem}_{micros(call.now) // 1000}.zip")
    return found


def _unused(name: str, taken: set[str]) -> str:
    """`name.pdf`, or `name(1).pdf` and so on where that name is taken."""
    stem, dot, suffix = name.rpartition(".")
    found, number = name, 0
    while found in taken:
        number += 1
        found = f"{stem}({number}).{suffix}" if dot else f"{name}({number})"
    return found


def _attachment(filename: str) -> str:
    """The header Content-Disposition. A name that does not fit into it is given once more, encoded (RFC 6266)."""
    plain = "".join(sign if " " <= sign <= "~" else "_" for sign in filename)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    whole = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{escaped}"{whole}'
