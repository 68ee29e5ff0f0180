"""The file of exactly what a list shows: all of its pages, in its order, with the columns that are in sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from backoffice.lists import keyset, saving
from backoffice.lists.declaration import Column, List
from backoffice.lists.sheets import CSV, XLSX, Cell, csv_lines, xlsx_file
from backoffice.lists.state import State, read
from backoffice.lists.viewer import Viewer
from backoffice.web.requests import Request

# A larger file is made for nobody. It is refused before it is begun, and never cut.
MOST = 100_000
# Rows in memory at a time.
CHUNK = 500
KINDS = ("csv", "xlsx")


def export(request: Request, the_list: List) -> HttpResponseBase:
    """The file as an answer: `format` says which. Where it cannot be made, back to the list with the reason.

    A link that the list can only follow in part makes no file: it would hold more than somebody asked for.
    """
    shelf = saving.shelf_of(request.user, the_list)
    state = read(the_list, request.GET, Viewer.of(request), shelf)
    kind = request.GET.get("format", "")
    objection = _objection(state, kind)
    if objection or state.problems:
        for sentence in filter(None, [objection, *state.problems]):
            messages.warning(request, sentence)
        return redirect(f"{the_list.url()}?{state.query()}")
    columns = [one for one in saving.columns_of(the_list, shelf, state.view, state.saved) if one.on_paper]
    response = _answer(kind, str(the_list.label), [str(column.label) for column in columns], _cells(state, columns))
    name = f"{the_list.key}-{state.view.key}-{timezone.localtime(state.viewer.now):%Y-%m-%d-%H%M}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _objection(state: State, kind: str) -> str:
    if kind not in KINDS:
        return _("Files are made as CSV or as XLSX. Choose one of them under Export.")
    if state.rows().order_by()[: MOST + 1].count() > MOST:
        most = number_format(MOST, force_grouping=True)
        said = _("There are more than %(most)s rows, and no file holds more. Narrow the list with a filter first.")
        return said % {"most": most}
    return ""


def _answer(kind: str, title: str, labels: Sequence[str], cells: Iterator[list[list[Cell]]]) -> HttpResponseBase:
    """CSV is sent while it is read; XLSX is written first, because its table of contents stands at its end."""
    zone = timezone.get_current_timezone()
    if kind == "csv":
        return StreamingHttpResponse(csv_lines(labels, cells, zone), content_type=CSV)
    return FileResponse(xlsx_file(title, labels, cells, zone), content_type=XLSX)


def _cells(state: State, columns: Sequence[Column]) -> Iterator[list[list[Cell]]]:
    """The cells, chunk by chunk. A row that moves on while the file is made is in it once."""
    rows = state.the_list.shown(state.rows())
    zone, language = timezone.get_current_timezone(), translation.get_language() or "en"
    shows = [_shows(column, state) for column in columns]
    written: set[int] = set()
    # A stream is read after the middleware of its request has ended: zone and language are set for each chunk.
    for chunk in keyset.chunks(rows, state.order, CHUNK):
        new = [row for row in chunk if row.pk not in written]
        written.update(row.pk for row in new)
        with timezone.override(zone), translation.override(language):
            cells = [[show(row) for show in shows] for row in new]
        yield cells


def _shows(column: Column, state: State) -> Any:
    if column.personal and not state.viewer.sees_personal_data:
        hidden = _("Hidden")
        return lambda row: hidden
    return column.value
