"""What the administration pages of several apps share."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property

from backoffice.users.models import User
from backoffice.users.scopes import limited

# Beyond this the administration does not count: a million rows would take longer than the page.
MOST = 10_000


class UncountedPaginator(Paginator):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Counts up to MOST. What lies further is found by filters and the search."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[models.Model]", self.object_list)[:MOST].count()


class LimitedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Shows an administrator only what they work for: `connection` and `channel` are the lookups to the ids."""

    connection: ClassVar[str] = ""
    channel: ClassVar[str | None] = None
    # Stands under the title: beside the box, where Django has it, it would take the place of a label.
    search_hint: ClassVar[str | Promise] = ""
    show_full_result_count = False
    paginator = UncountedPaginator
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER  # they count all rows once for each choice of each filter

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        hint = {"subtitle": self.search_hint} if self.search_hint else {}
        return super().changelist_view(request, {**hint, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        if not self.connection:
            return rows
        return limited(rows, cast("User", request.user), connection=self.connection, channel=self.channel)


class ReadOnlyAdmin(LimitedAdmin):
    """For rows of which Mirakl, or a worker, is the source: to be looked at, never to be changed by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
