from __future__ import annotations

from django.contrib import admin

from backoffice.sync.models import Cursor, Parked, Run
from backoffice.web.admin import ReadOnlyAdmin


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    """How far each list of each connection is read, and when it goes on."""

    list_display = ["resource", "connection", "complete_to", "next_at", "failures", "there", "here", "wide_at"]
    list_filter = ["resource", "connection"]
    list_select_related = ["connection"]
    connection = "connection_id"


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """One reading. Mirakl is asked once a minute: a thousand a day."""

    list_display = ["started_at", "cursor", "kind", "state", "ended_at", "received", "created", "changed", "parked"]
    list_filter = ["state", "kind", "trouble", ("started_at", admin.DateFieldListFilter)]
    list_select_related = ["cursor__connection"]
    ordering = ["-pk"]
    connection = "cursor__connection_id"


@admin.register(Parked)
class ParkedAdmin(ReadOnlyAdmin):
    """What could not be stored, with the reason. It is stored by itself as soon as it can be read."""

    list_display = ["remote_id", "cursor", "reason", "times", "first_at", "last_at"]
    list_filter = ["cursor__resource", "cursor__connection"]
    list_select_related = ["cursor__connection"]
    search_fields = ["remote_id", "reason"]
    date_hierarchy = "last_at"
    connection = "cursor__connection_id"
