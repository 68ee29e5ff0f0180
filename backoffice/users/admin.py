from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.forms import Field
from django.utils.translation import gettext_lazy as _

from backoffice.users.models import User


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    class Meta:
        model = User
        fields = ("email",)


class UserForm(UserChangeForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type[Field]]] = {}  # the parent names a user name


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """Staff accounts. Rights inside the pages are not given here yet; `is_staff` opens this administration."""

    form = UserForm
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "first_name", "last_name", "is_active", "is_staff"]
    search_fields = ["email", "first_name", "last_name"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "time_zone"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]
