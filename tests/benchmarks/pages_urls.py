"""Our pages, and beside them a stock changelist of orders."""

from __future__ import annotations

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from backoffice.urls import urlpatterns as ours
from orders.models import Order


class ReferenceAdmin(ModelAdmin[Order]):
    """As somebody would declare it who wants a list of orders."""

    list_display = ["number", "channel", "created_at", "customer", "total", "currency", "status", "ship_by"]
    list_filter = ["stage", "channel", "country", "created_at"]
    search_fields = ["number", "remote_id", "customer", "lines__sku"]
    list_select_related = ["channel"]
    list_per_page = 50  # as many rows as our page has


reference = AdminSite(name="reference")
reference.register(Order, ReferenceAdmin)
urlpatterns = [path("reference/", reference.urls), *ours]
