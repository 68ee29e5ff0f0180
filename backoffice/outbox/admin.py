from __future__ import annotations

from django.contrib import admin

from backoffice.outbox.models import Action, Attempt, Batch, Heartbeat, Valve
from backoffice.web.admin import ReadOnlyAdmin


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "label", "place", "state", "cause", "code", "asked_by", "asked_at", "ended_at"]
    list_filter = ["state", "cause", "kind", "connection"]
    list_select_related = ["asked_by"]
    search_fields = ["=remote_id", "=label"]
    show_full_result_count = False


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "asked", "asked_by", "asked_at"]
    list_select_related = ["asked_by"]


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["id", "action", "at", "operation", "status", "outcome", "code", "milliseconds", "request_id"]
    list_filter = ["operation", "outcome"]
    list_select_related = ["action"]
    search_fields = ["=request_id"]
    show_full_result_count = False


@admin.register(Valve)
class ValveAdmin(ReadOnlyAdmin):
    list_display = ["connection", "shut_until", "failures"]
    list_select_related = ["connection"]


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ["at"]
