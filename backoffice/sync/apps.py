from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "backoffice.sync"
    label = "sync"
    verbose_name = _("Reading from Mirakl")

    def ready(self) -> None:
        # Each app registers what it reads in its own sync.py.
        autodiscover_modules("sync")
