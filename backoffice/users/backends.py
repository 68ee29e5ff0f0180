from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from backoffice.users.models import User


class RoleBackend(ModelBackend):
    """Django's own, which asks for a person's rights in one query instead of two: every page does."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """{"users.see", "users.act", …}: their own and those of their groups; once in a request."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        known: dict[str, Any] = user_obj.__dict__
        if "_perm_cache" not in known:  # the name that Django gives it
            known["_perm_cache"] = self._asked(user_obj)
        held: set[str] = known["_perm_cache"]
        return held

    def _asked(self, user: User) -> set[str]:
        held = Permission.objects.order_by()
        if not user.is_superuser:
            own = User.user_permissions.through.objects.filter(user=user)
            of_groups = Group.permissions.through.objects.filter(group__user=user)
            held = held.filter(Q(pk__in=own.values("permission")) | Q(pk__in=of_groups.values("permission")))
        return {f"{app}.{name}" for app, name in held.values_list("content_type__app_label", "codename")}
