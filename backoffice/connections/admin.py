from __future__ import annotations

from django.contrib import admin

from backoffice.connections.forms import ConnectionForm
from backoffice.connections.models import Connection


@admin.register(Connection)
class ConnectionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    form = ConnectionForm
    list_display = ["name", "family", "base_url", "state", "trouble", "last_success_at"]
    list_filter = ["family", "state"]
    search_fields = ["name"]
    readonly_fields = ["trouble", "trouble_text", "trouble_since", "last_success_at"]
