"""The groups in the database, kept as `rights.ROLES` says."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS

from backoffice.users import rights
from backoffice.users.models import User


def make_groups(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """After an app was migrated: the roles, and for administrators every model of that app.

    Permissions that somebody gave to a group besides are left alone; those that make up a role always come back.
    """
    if sender.label == "users":
        for role, held in rights.ROLES.items():
            group, _new = Group.objects.using(using).get_or_create(name=role)
            codenames = [rights.codename(right) for right in held]
            group.permissions.add(*_of(using, sender.label).filter(codename__in=codenames))
    administrators, _new = Group.objects.using(using).get_or_create(name=rights.ADMINISTRATOR)
    administrators.permissions.add(*_of(using, sender.label))


def give(user: User, role: str) -> None:
    """Makes this the only role of a person."""
    user.groups.set([Group.objects.get(name=role)])


def keep_staff_flag(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_: Any) -> None:
    """Administrators get into the administration, and whoever stops being one does not any more."""
    if action not in {"post_add", "post_remove", "post_clear"}:
        return
    users = User.objects.filter(is_superuser=False)
    if not reverse:
        users = users.filter(pk=instance.pk)
    elif pk_set is not None:
        users = users.filter(pk__in=pk_set)
    inside = users.filter(groups__name=rights.ADMINISTRATOR).values("pk")
    User.objects.filter(pk__in=list(inside.values_list("pk", flat=True)), is_staff=False).update(is_staff=True)
    users.exclude(groups__name=rights.ADMINISTRATOR).filter(is_staff=True).update(is_staff=False)
    if not reverse:
        instance.refresh_from_db(fields=["is_staff"])


def _of(using: str, app: str) -> Any:
    return Permission.objects.using(using).filter(content_type__app_label=app)
