"""Seek paging (domain.md §1.0): a page names the next one by a token that holds every parameter of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.reading import what_it_is


class Page(msgspec.Struct, frozen=True):
    """One page of a list. `data` holds the untouched JSON text of each record: `bytes(raw)`."""

    data: list[msgspec.Raw]
    next_page_token: str | None = None
    previous_page_token: str | None = None


def page_reader(rows: str) -> Callable[[bytes], Page]:
    """Reads pages of a list whose rows are under this name. The reader raises Unreadable."""
    fields = [(field.name, field.type, field.default) for field in msgspec.structs.fields(Page) if not field.required]
    kind = msgspec.defstruct("Rows", [("data", list[msgspec.Raw]), *fields], rename={"data": rows})
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(kind)

    def read(body: bytes) -> Page:
        try:
            found = decoder.decode(body)
        except msgspec.ValidationError:
            raise Unreadable("It is no page of a list: probably this is not the address of the API.") from None
        except (ValueError, RecursionError):
            raise Unreadable(what_it_is(body)) from None
        return Page(found.data, found.next_page_token, found.previous_page_token)

    return read


read_page = page_reader("data")


def walk(fetch: Callable[[str | None], Page]) -> Iterator[Page]:
    """All pages: `fetch(None)` gives the first, `fetch(token)` each further one.

    A token that comes a second time would go round for ever and raises Unreadable.
    """
    page = fetch(None)
    yield page
    seen = set()
    while page.next_page_token:
        if page.next_page_token in seen:
            raise Unreadable("A page token came twice: the walk would never end.")
        seen.add(page.next_page_token)
        page = fetch(page.next_page_token)
        yield page
