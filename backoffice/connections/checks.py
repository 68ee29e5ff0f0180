"""What `check --deploy` says about connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def no_loopback_connections(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Plain http to this machine is for the sandbox only."""
    if not settings.ALLOW_LOOPBACK_CONNECTIONS:
        return []
    return [
        Error(
            "ALLOW_LOOPBACK_CONNECTIONS is on: connections may use plain http to this machine.",
            hint="Take it out of the environment; only the sandbox needs it.",
            id="connections.E001",
        )
    ]
