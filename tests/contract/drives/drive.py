"""Every operation of our client, asked with the least and with everything, and where its effect shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from typing import Any, Literal
from zipfile import ZipFile

from backoffice.mirakl import Connect
from backoffice.mirakl.connect import types
from backoffice.mirakl.limits import Amount
from backoffice.mirakl.pages import Page
from backoffice.mirakl.values import Payload
from tests.contract.stage import Ids, Stage

PAST = datetime(2001, 2, 3, 4, 5, 6, 789000, tzinfo=timezone(timedelta(hours=2)))
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PDF = b"%PDF-1.4\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@dataclass(frozen=True)
class Drive:
    """A call of our client. `shown(stage, result)` looks at its effect through another door, after the marketplace has
    ended its action; of a reading call, at what was read.

    `follow`: how its action is followed. `without`: optional parts of the request that cannot go with the others.
    """

    operation: str
    content: Literal["least", "everything"]
    call: Callable[[Connect, Ids], Any]
    shown: Callable[[Stage, Any], None]
    follow: Literal["", "order", "conversation"] = ""
    status: str = "AWAITING_SHIPMENT"
    return_status: str = "OPENED"
    without: tuple[str, ...] = field(default=("page_token",))

    @property
    def name(self) -> str:
        return f"{self.operation}-{self.content}"


def rows(pages: Iterable[Page]) -> list[str]:
    return [types.read(raw, _WithId).id for page in pages for raw in page.data]


class _WithId(Payload, frozen=True):
    id: str


def found(*names: str) -> Callable[[Stage, Any], None]:
    """The list holds exactly these records of the stage."""

    def shown(stage: Stage, result: Any) -> None:
        assert result == [getattr(stage.ids, name) for name in names]

    return shown


def money(ids: Ids, text: str) -> Amount:
    return Amount(amount=Decimal(text), currency=ids.currency)


def downloaded(fetch: Callable[[BytesIO], Any]) -> tuple[str, list[str], int]:
    """The archive's name, the names in it, and its size."""
    into = BytesIO()
    download = fetch(into)
    with ZipFile(into) as archive:
        assert archive.testzip() is None
        return download.filename, archive.namelist(), download.size - len(into.getvalue())


def contains(result: list[str], *wanted: str) -> None:
    assert set(wanted) <= set(result)


def status_read(stage: Stage, result: Any) -> None:
    assert result.status == "SUCCESS"
