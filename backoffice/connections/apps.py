from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectionsConfig(AppConfig):
    name = "backoffice.connections"
    label = "connections"
    verbose_name = _("Connections")

    def ready(self) -> None:
        from backoffice.connections import checks  # noqa: F401, PLC0415 -- importing registers the check, and needs loaded apps
