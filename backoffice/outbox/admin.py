from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.outbox import kinds
from backoffice.outbox.models import Action, Attempt, Batch, Heartbeat, Valve
from backoffice.outbox.queries import batches_visible_to, visible_to
from backoffice.users.models import User
from backoffice.users.scopes import is_limited
from backoffice.web.admin import ReadOnlyAdmin


def _within(
    request: HttpRequest, rows: QuerySet[Any], visible: Callable[[User], QuerySet[Any]], *, by: str = "pk"
) -> QuerySet[Any]:
    """Those rows that the person would see on the pages too: to which channel an action belongs, its target knows."""
    person = cast("User", request.user)
    return rows.filter(**{f"{by}__in": visible(person).values("pk")}) if is_limited(person) else rows


class KindFilter(admin.SimpleListFilter):
    """By what is registered, and not by what occurs: that would look at every row."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.name, str(kind.label)) for kind in kinds.known()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "label", "place", "state", "cause", "code", "asked_by", "asked_at", "ended_at"]
    list_filter = ["state", "cause", KindFilter, "connection", ("asked_at", admin.DateFieldListFilter)]
    list_select_related = ["asked_by"]
    search_fields = ["remote_id__exact", "label__exact"]
    search_hint = _("Search for a whole order number, or Mirakl’s whole action id.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        return _within(request, super().get_queryset(request), visible_to)


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "asked", "asked_by", "asked_at"]
    list_filter = [KindFilter]
    list_select_related = ["asked_by"]
    date_hierarchy = "asked_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return _within(request, super().get_queryset(request), batches_visible_to)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ["id", "action", "at", "operation", "status", "outcome", "code", "milliseconds", "request_id"]
    list_filter = [("at", admin.DateFieldListFilter)]
    list_select_related = ["action"]
    ordering = ["-pk"]
    search_fields = ["request_id__exact"]
    search_hint = _("Search for a whole request id, as Mirakl’s support asks for it.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        return _within(request, super().get_queryset(request), visible_to, by="action")


@admin.register(Valve)
class ValveAdmin(ReadOnlyAdmin):
    list_display = ["connection", "shut_until", "failures"]
    list_select_related = ["connection"]
    connection = "connection_id"


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When the scheduler and a worker last saw to the actions together."""

    list_display = ["id", "at"]
