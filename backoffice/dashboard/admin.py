"""Staff, roles, the schedule, and what administrators changed.

Staff stand here and not in their own app: what they can be limited to is known only above it.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import Field
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule

from backoffice.connections.models import Connection
from backoffice.users import rights
from backoffice.users.forms import zone_names
from backoffice.users.models import Scope, User
from backoffice.web.admin import ReadOnlyAdmin
from shops.models import Channel


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "groups")


class UserForm(UserChangeForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type[Field]]] = {}  # the parent names a user name

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "time_zone" in self.fields:
            # One that only some other machine knows stays as it is.
            zones = sorted({*zone_names(), self.instance.time_zone})
            cast("forms.ChoiceField", self.fields["time_zone"]).choices = [(zone, zone) for zone in zones]


class ScopeForm(forms.ModelForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """A connection, or one channel of it, chosen by name."""

    place = forms.ChoiceField(label=gettext_lazy("Works for"))

    class Meta:
        model = Scope
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = str(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        connection, _between, channel = cleaned.get("place", "").partition("/")
        if connection:
            self.instance.connection_id = int(connection)
            self.instance.channel_id = None if channel == "*" else int(channel)
        return cleaned


def places() -> list[tuple[str, str]]:
    """Each connection with its channels, by the text of a Scope. Two queries."""
    channels: dict[int, list[Channel]] = {}
    for channel in Channel.objects.all():
        channels.setdefault(channel.connection_id, []).append(channel)
    found = []
    for pk, name in Connection.objects.order_by("name").values_list("pk", "name"):
        found.append((str(Scope(connection_id=pk)), _("%(name)s: everything") % {"name": name}))
        found += [
            (str(Scope(connection_id=pk, channel_id=channel.pk)), f"{name}: {channel}")
            for channel in channels.get(pk, [])
        ]
    return found


class ScopeFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Each place once: the forms hold none of the fields of the constraint that says so."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if form not in self.deleted_forms]
        chosen = [place for form in kept if (place := form.cleaned_data.get("place"))]
        if len(chosen) > len(set(chosen)):
            raise ValidationError(_("The same place is chosen twice. Take one of them away."))


class ScopeInline(admin.TabularInline):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Asked only of who does not work for everything."""

    model = Scope
    form = ScopeForm
    formset = ScopeFormSet
    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        offered = places()  # once for all rows

        class Form(ScopeForm):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                here = self.initial.get("place")
                gone = [(here, _("not there any more: %(id)s") % {"id": here})] if here else []
                known = here is None or any(here == value for value, _label in offered)
                cast("forms.ChoiceField", self.fields["place"]).choices = [*offered, *([] if known else gone)]

        return super().get_formset(request, obj, form=Form, **kwargs)


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Staff accounts. The role gives the rights; the role “administrator” opens this administration too."""

    form = UserForm
    add_form = NewUserForm
    inlines = [ScopeInline]
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "role_names", "works_for", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "all_connections"]
    search_fields = ["email", "first_name", "last_name"]
    list_per_page = 50
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (gettext_lazy("Person"), {"fields": ["first_name", "last_name"]}),
        (
            gettext_lazy("Rights"),
            {
                "fields": ["is_active", "groups", "all_connections"],
                "description": gettext_lazy(
                    "A viewer looks. An agent also works with orders and sees customers’ data. A manager also agrees "
                    "to what colleagues ask for, settles what is unknown and pauses connections. An administrator "
                    "also sets up connections and staff."
                ),
            },
        ),
        (
            gettext_lazy("Special rights"),
            {
                "fields": ["is_superuser", "user_permissions"],
                "classes": ["collapse"],
                "description": gettext_lazy("Rarely needed: the role says what somebody may do."),
            },
        ),
        (
            gettext_lazy("How pages look to them"),
            {"fields": ["language", "time_zone", "theme", "density", "single_keys"], "classes": ["collapse"]},
        ),
        (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["email", "first_name", "last_name", "groups", "usable_password", "password1", "password2"]},
        )
    ]

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, user: User) -> str:
        if user.is_superuser:
            return _("everything")
        names = [str(rights.ROLE_LABELS.get(group.name, group.name)) for group in user.groups.all()]
        return ", ".join(names) or _("none yet")

    @admin.display(description=gettext_lazy("works for"))
    def works_for(self, user: User) -> str:
        if user.all_connections or user.is_superuser:
            return _("all connections")
        return _("%(number)d chosen") % {"number": len(user.scope_rows.all())}

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """A new account works for everything until somebody says otherwise, on its own page."""
        return [] if obj is None else super().get_inlines(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return cast("QuerySet[User]", super().get_queryset(request).prefetch_related("groups", "scope_rows"))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Who is not allowed everything can give nobody more than a role."""
        fields = super().get_readonly_fields(request, obj)
        return fields if _may_everything(request) else [*fields, "is_superuser", "user_permissions"]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who may everything gets in here too. When a role changes, `roles.keep_staff_flag` sees to it."""
        obj.is_staff = obj.is_superuser or bool(obj.pk and obj.groups.filter(name=rights.ADMINISTRATOR).exists())
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _within_reach(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _within_reach(request, obj) and super().has_delete_permission(request, obj)


def _may_everything(request: HttpRequest) -> bool:
    return cast("User", request.user).is_superuser


def _within_reach(request: HttpRequest, user: User | None) -> bool:
    """The account of somebody who may everything is theirs, and others' who may too: its password would be a way in."""
    return user is None or not user.is_superuser or _may_everything(request)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """What was changed in this administration, and by whom."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "get_change_message"]
    list_filter = ["action_flag"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "user__email"]
    date_hierarchy = "action_time"


# beat writes these rows from the settings at every start: what somebody changed here would not last.
admin.site.unregister([PeriodicTask, ClockedSchedule, CrontabSchedule, IntervalSchedule, SolarSchedule])


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ReadOnlyAdmin):
    """What the scheduler starts by itself, how often, and when it last did."""

    list_display = ["name", "task", "schedule_words", "enabled", "last_run_at", "total_run_count"]
    list_filter = ["enabled"]
    list_select_related = ["interval", "crontab", "solar", "clocked"]
    search_fields = ["name", "task"]
    fields = ["name", "task", "schedule_words", "enabled", "last_run_at", "total_run_count", "expire_seconds"]

    @admin.display(description=gettext_lazy("when"))
    def schedule_words(self, task: Model) -> str:
        return str(cast("Any", task).scheduler)
