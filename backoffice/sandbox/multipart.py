"""Multipart bodies, part by part with the content type of each: werkzeug's own forms forget that of a field."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.wrappers import Request

from backoffice.sandbox.answers import RefusedError

LARGEST_BODY = 64 * 1024 * 1024  # bytes; nothing that Mirakl takes comes near


@dataclass(frozen=True)
class Part:
    """`filename` None: the part is no file. `content_type` as it was sent, empty when it was not."""

    name: str
    filename: str | None
    content_type: str
    content: bytes

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()


def parts(request: Request) -> list[Part]:
    """The parts in their order. Raises RefusedError 415 for another content type, 400 for what is unreadable."""
    if request.mimetype != "multipart/form-data":
        raise RefusedError(415, "The body is expected as multipart/form-data.")
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary:
        raise RefusedError(400, "The content type names no boundary.", field="$")
    try:
        return _decoded(request.get_data(), boundary)
    except ValueError:
        raise RefusedError(400, "The body is not readable as multipart/form-data.", field="$") from None


def by_name(found: list[Part], most: dict[str, int]) -> dict[str, list[Part]]:
    """The parts under each of these names, which may stand there so often at most.

    Raises RefusedError 400 naming the part that has another name, or is one too many.
    """
    sorted_out: dict[str, list[Part]] = {name: [] for name in most}
    for part in found:
        if part.name not in most:
            text = f"There is no part {part.name[:40]!r} here: {', '.join(most)}."
            raise RefusedError(400, text, field=part.name[:100] or "$")
        sorted_out[part.name].append(part)
        if len(sorted_out[part.name]) > most[part.name]:
            times = "once" if most[part.name] == 1 else f"{most[part.name]} times"
            raise RefusedError(400, f"The part {part.name} is taken {times} at most.", field=part.name)
    return sorted_out


def _decoded(body: bytes, boundary: str) -> list[Part]:
    decoder = MultipartDecoder(boundary.encode("latin-1"))
    decoder.receive_data(body)
    decoder.receive_data(None)
    found: list[Part] = []
    head: Field | File | None = None
    content: list[bytes] = []
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, NeedData):
            raise ValueError("the body ends too early")  # noqa: TRY004 -- about the body, not about a type of ours
        if isinstance(event, Field | File):
            head, content = event, []
        elif isinstance(event, Data) and head is not None:
            content.append(event.data)
            if not event.more_data:
                filename = head.filename if isinstance(head, File) else None
                found.append(Part(head.name or "", filename, head.headers.get("Content-Type", ""), b"".join(content)))
    return found
