from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "backoffice.web"
    label = "web"

    def ready(self) -> None:
        from backoffice.web import navigation  # noqa: PLC0415 -- needs loaded models

        # Each app registers its entry of the navigation in its needing.py, what pages can be narrowed to in places.py,
        # and what can be searched in finding.py.
        autodiscover_modules("needing", "places", "finding")
        navigation.register(
            navigation.Item(
                "administration",
                _("Administration"),
                "gear",
                "admin:index",
                lambda user, scope: navigation.NOTHING,
                order=90,
                shown_to=lambda user: user.is_staff,
            )
        )
