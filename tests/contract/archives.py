"""ZIP archives in answers."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from werkzeug.datastructures import Headers

from tests.contract.contradictions import Json
from tests.contract.prose import descriptions, operation_of

# The depth of the names inside, and what the archive is called after its id: from the words of each operation.
DOWNLOADS = {"v2-downloadOrderDocuments": (1, "documents"), "downloadConversationAttachments": (3, "attachments")}


def faults(contract: Json, operation_id: str, record_id: str, headers: Headers, body: bytes) -> Iterator[str]:
    """What is wrong with a downloaded archive."""
    depth, noun = DOWNLOADS[operation_id]
    assert f"_{noun}_<timestamp>.zip" in descriptions(operation_of(contract, operation_id)).replace("&lt;", "<")
    if headers.get("Content-Type") != "application/zip":
        yield f"is {headers.get('Content-Type')!r}, not application/zip"
    yield from _name_faults(headers.get("Content-Disposition", ""), record_id, noun)
    try:
        with ZipFile(BytesIO(body)) as archive:
            broken, names = archive.testzip(), archive.namelist()
    except (BadZipFile, zlib.error) as error:
        yield f"is no archive: {error}"
        return
    if broken is not None:
        yield f"{broken!r} is damaged"
    if not names:
        yield "is empty"
    if len(set(names)) != len(names):
        yield "two files have the same name"
    for name in names:
        path = PurePosixPath(name)
        if len(path.parts) != depth or path.is_absolute() or ".." in path.parts or "\\" in name:
            yield f"{name!r} is not {depth} deep"


def _name_faults(disposition: str, record_id: str, noun: str) -> Iterator[str]:
    quoted = r'"((?:[^"\\]|\\.)*)"'
    # Only of documents the words say that the name is always quoted.
    forms = quoted if noun == "documents" else rf"(?:{quoted}|([\w.-]+))"
    match = re.fullmatch(rf"attachment; filename={forms}(;.*)?", disposition)
    if match is None:
        yield f"Content-Disposition is {disposition!r}"
        return
    name = next(one for one in match.groups() if one is not None)
    plain = record_id.isascii() and not re.search(r'["\\/\x00-\x1f\x7f]', record_id)
    wanted = (re.escape(record_id) if plain else ".*") + rf"_{noun}_\d+\.zip"
    if not re.fullmatch(wanted, name):
        yield f"the archive is called {name!r}"
