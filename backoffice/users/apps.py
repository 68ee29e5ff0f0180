from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import m2m_changed, post_migrate
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "backoffice.users"
    label = "users"
    verbose_name = _("Staff")

    def ready(self) -> None:
        from backoffice.users import roles  # noqa: PLC0415 -- needs loaded models
        from backoffice.users.models import User  # noqa: PLC0415 -- as above

        post_migrate.connect(roles.make_groups, dispatch_uid="users.make_groups")
        m2m_changed.connect(roles.keep_staff_flag, sender=User.groups.through, dispatch_uid="users.keep_staff_flag")
