"""Files that are sent as parts of a multipart body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from backoffice.mirakl.limits import Input, checked

# A name stands in the header of its part: what is invisible is refused, a quote is escaped there.
FileName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=255,
        pattern=r"(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]+",
        description="a file name of 1 to 255 characters, none of them a control character,",
    ),
]


@dataclass(frozen=True, slots=True)
class File:
    """A file with the name that the other side sees. Both may be a customer's and show up in no log."""

    filename: str = field(repr=False)
    content: bytes = field(repr=False)


class _Named(Input, frozen=True, kw_only=True):
    filename: FileName


class _Files(Input, frozen=True, kw_only=True):
    files: Annotated[Sequence[_Named], Meta(max_length=5)]


def check_files(files: Sequence[File]) -> None:
    """At most five, each with a name. Connect publishes no limit of their size. Raises ValueError."""
    checked(_Files(files=[_Named(filename=file.filename) for file in files]))
