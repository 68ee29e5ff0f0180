from __future__ import annotations

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from backoffice.lists.models import SavedView
from backoffice.web.admin import LimitedAdmin, ReadOnlyAdmin


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    """Made and changed in its list; here one can be deleted that a colleague left behind."""

    list_display = ["name", "list", "owner", "shared", "is_default"]
    list_filter = ["list", "shared", "is_default"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__email"]

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return LimitedAdmin.has_delete_permission(self, request, obj)
