from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.web.admin import ReadOnlyAdmin
from orders.models import Order, OrderLine, Parcel, Report
from orders.search import matching


class OrderLineInline(admin.TabularInline):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    model = OrderLine
    template = "admin/read_only_table.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:
        return False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """Every list here is served by an index: no filter asks for distinct values, no search for parts of a word."""

    list_display = ["number", "channel", "status", "status_reason", "created_at", "updated_at", "ship_by", "customer"]
    list_filter = ["stage", "channel", ("created_at", admin.DateFieldListFilter)]
    list_select_related = ["channel"]
    ordering = ["-created_at", "-pk"]
    search_fields = ["number"]
    search_hint = _("Search for an order number, customer or SKU: three letters or more.")
    connection = "connection_id"
    channel = "channel_id"
    inlines = [OrderLineInline]
    exclude = ["search", "digest"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        # The page of one order asks for its payload by itself; that of fifty is a megabyte that no list shows.
        return super().get_queryset(request).defer("payload", "search")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (matching(queryset, search_term) if search_term.strip() else queryset), False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """What Connect was told of our synchronisation, or still is to be."""

    list_display = ["remote_id", "connection", "type", "reason", "state", "executed_at", "told_at", "text"]
    list_filter = ["state", "connection"]
    list_select_related = ["connection"]
    ordering = ["-pk"]
    search_fields = ["remote_id"]
    connection = "connection_id"


@admin.register(Parcel)
class ParcelAdmin(ReadOnlyAdmin):
    """What left, as the channels confirmed it."""

    list_display = ["order", "carrier", "tracking_number", "warehouse_id", "shipped_at", "action_id"]
    list_select_related = ["order"]
    ordering = ["-pk"]
    search_fields = ["tracking_number", "order__number"]
    connection = "order__connection_id"
    channel = "order__channel_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Parcel]:
        return super().get_queryset(request).defer("order__payload", "order__search")
