from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import F, ForeignKey
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backoffice.users.models import User
from backoffice.users.scopes import limited
from backoffice.web.admin import LimitedAdmin, ReadOnlyAdmin
from shops.models import DAYS, Carrier, Channel, ChannelPolicy


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "remote_id", "connection"]
    list_filter = ["connection"]
    list_select_related = ["connection"]
    search_fields = ["name", "remote_id"]
    connection = "connection_id"
    channel = "pk"


class OfAChannelAdmin(LimitedAdmin):
    """Offers an administrator only the channels that they work for."""

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "channel":
            user = cast("User", request.user)
            kwargs["queryset"] = limited(Channel.objects.order_by("name"), user, channel="pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(ChannelPolicy)
class ChannelPolicyAdmin(OfAChannelAdmin):
    """The times a channel allows, and what it asks of a parcel. What orders are due follows within a minute of a
    change."""

    list_display = ["__str__", "acceptance_hours", "reply_hours", "time_zone", "asks_warehouse", "asks_return_number"]
    list_filter = ["time_zone"]
    list_select_related = ["channel"]
    search_fields = ["channel__name", "channel__remote_id"]
    connection = "channel__connection_id"
    channel = "channel_id"
    ordering = [F("channel__name").asc(nulls_first=True)]
    fieldsets = [
        (None, {"fields": ["channel", "acceptance_hours", "reply_hours"]}),
        (_("Which hours count"), {"fields": [DAYS, "holidays", "time_zone"]}),
        (_("What a parcel needs"), {"fields": ["asks_warehouse", "asks_return_number"]}),
    ]


@admin.register(Carrier)
class CarrierAdmin(OfAChannelAdmin):
    """What staff write, and what the channel takes instead: learnt from parcels, and put right here."""

    list_display = ["typed", "name", "channel", "worked_at"]
    list_filter = ["channel"]
    list_select_related = ["channel"]
    search_fields = ["typed", "name"]
    connection = "channel__connection_id"
    channel = "channel_id"
    fields = ["channel", "typed", "name", "worked_at"]
    readonly_fields = ["worked_at"]
