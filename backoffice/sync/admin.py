from __future__ import annotations

from django.contrib import admin

from backoffice.sync.models import Cursor, Parked, Run
from backoffice.web.admin import ReadOnlyAdmin


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    list_display = ["connection", "resource", "complete_to", "next_at", "failures"]
    list_select_related = ["connection"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["cursor", "kind", "state", "started_at", "ended_at", "received", "created", "changed", "parked"]
    list_filter = ["state", "kind"]
    list_select_related = ["cursor__connection"]
    show_full_result_count = False


@admin.register(Parked)
class ParkedAdmin(ReadOnlyAdmin):
    list_display = ["remote_id", "cursor", "reason", "times", "last_at"]
    list_select_related = ["cursor__connection"]
    search_fields = ["remote_id"]
