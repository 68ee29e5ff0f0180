from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "backoffice.outbox"
    label = "outbox"
    verbose_name = _("Asked of Mirakl")

    def ready(self) -> None:
        from backoffice.outbox import backlog  # noqa: F401, PLC0415 -- importing registers it, and needs loaded apps

        # Each app registers what it can ask for in its own actions.py.
        autodiscover_modules("actions")
