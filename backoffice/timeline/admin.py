from __future__ import annotations

from django.contrib import admin

from backoffice.timeline.models import Entry
from backoffice.web.admin import ReadOnlyAdmin


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "object_type", "object_id", "actor", "person"]
    list_filter = ["actor", ("at", admin.DateFieldListFilter)]
    list_select_related = ["person"]
    ordering = ["-pk"]  # by the moment there is no index over all objects
    connection = "connection_id"
