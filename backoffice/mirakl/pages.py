"""Seek paging (domain.md §1.0): a page names the next one by a token that holds every parameter of the walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.reading import what_it_is


class Page(msgspec.Struct, frozen=True):
    """One page of a list. `data` holds the untouched JSON text of each record: `bytes(raw)`."""

    data: list[msgspec.Raw]
    next_page_token: str | None = None
    previous_page_token: str | None = None


_decoder = msgspec.json.Decoder(Page)


def read_page(body: bytes) -> Page:
    """A page of a list whose rows are under `data`. Raises Unreadable."""
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError:
        raise Unreadable("It is no page of a list: probably this is not the address of the API.") from None
    except (ValueError, RecursionError):
        raise Unreadable(what_it_is(body)) from None


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
