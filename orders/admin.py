from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from backoffice.web.admin import ReadOnlyAdmin
from orders.models import Order, OrderLine


class UncountedPaginator(Paginator):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Counting a million rows for every page of the administration would take longer than the page."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Order]", self.object_list)[:10_000].count()


class OrderLineInline(admin.TabularInline):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    model = OrderLine
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "channel", "status", "created_at", "updated_at"]
    list_filter = ["stage"]
    list_select_related = ["channel"]
    ordering = ["-created_at", "-pk"]
    search_fields = ["=remote_id"]
    show_full_result_count = False
    paginator = UncountedPaginator
    inlines = [OrderLineInline]
    exclude = ["search", "digest"]
