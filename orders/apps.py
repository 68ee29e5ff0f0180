from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from orders.search import install_after_migrate  # noqa: PLC0415 -- models are not loaded before ready()

        post_migrate.connect(install_after_migrate, sender=self)
