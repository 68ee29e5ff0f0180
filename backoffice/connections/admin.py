from __future__ import annotations

from django.contrib import admin
from django.utils import timezone

from backoffice.connections import checking, editing
from backoffice.connections.forms import ConnectionForm
from backoffice.connections.models import Change, Connection, ConnectionCheck
from backoffice.web.admin import LimitedAdmin, ReadOnlyAdmin
from backoffice.web.requests import Request


@admin.register(Connection)
class ConnectionAdmin(LimitedAdmin):
    form = ConnectionForm
    connection = "pk"
    list_display = ["name", "family", "base_url", "state", "trouble", "last_success_at"]
    list_filter = ["family", "state"]
    search_fields = ["name"]
    readonly_fields = ["state", "trouble", "trouble_text", "trouble_since", "last_success_at"]

    def save_model(self, request: Request, obj: Connection, form: ConnectionForm, change: bool) -> None:  # type: ignore[override]  # -- as above: the parent's types are not generic at run time
        """Only what was edited: workers write to the same row."""
        now = timezone.now()
        if editing.store(obj, form.edited, by=request.user, now=now):
            checking.start(obj, by=request.user, now=now)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    connection = "connection_id"
    list_display = ["at", "connection", "what", "before", "after", "by", "text"]
    list_filter = ["what", "connection"]
    list_select_related = ["connection", "by"]
    date_hierarchy = "at"


@admin.register(ConnectionCheck)
class ConnectionCheckAdmin(ReadOnlyAdmin):
    connection = "connection_id"
    list_display = ["asked_at", "connection", "state", "ok", "asked_by", "ended_at"]
    list_filter = ["ok", "state", "connection"]
    list_select_related = ["connection", "asked_by"]
    date_hierarchy = "asked_at"
