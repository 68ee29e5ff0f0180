from __future__ import annotations

from django.contrib import admin

from backoffice.web.admin import ReadOnlyAdmin
from shops.models import Channel


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "remote_id", "connection"]
    list_select_related = ["connection"]
    search_fields = ["name", "remote_id"]
