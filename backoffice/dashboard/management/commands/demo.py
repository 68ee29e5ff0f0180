"""`manage.py demo`: staff to log in as, and a connection to the sandbox. `make run` calls it; production never does."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backoffice.connections.enums import Family, State
from backoffice.connections.models import Connection
from backoffice.users.models import User

STAFF = {
    "admin@demo.test": ("Ada", "Admin"),
    "manager@demo.test": ("Mona", "Manager"),
    "agent@demo.test": ("Aron", "Agent"),
    "viewer@demo.test": ("Vera", "Viewer"),
}
PASSWORD = "demo"  # noqa: S105 -- printed at every start, and only ever made here


class Command(BaseCommand):
    help = "Creates the demo staff and a connection to the sandbox on this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Demo staff have a password that everybody knows: they are for your own machine only.")
        for email, (first_name, last_name) in STAFF.items():
            self._staff(email, first_name, last_name)
        self._connection()

    def _staff(self, email: str, first_name: str, last_name: str) -> None:
        if User.objects.filter(email=email).exists():
            return
        admin = email.startswith("admin@")
        User.objects.create_user(
            email, PASSWORD, first_name=first_name, last_name=last_name, is_staff=admin, is_superuser=admin
        )

    def _connection(self) -> None:
        """Ports and speed may differ from the last start; a pause that a person ordered stays."""
        sandbox = f"http://127.0.0.1:{os.environ.get('SANDBOX_PORT', '9100')}"
        fields = {
            "family": Family.CONNECT,
            "base_url": f"{sandbox}/connect",
            "token_url": f"{sandbox}/auth/oauth/token",
            "client_id": "demo-client",
            "secret": "demo-secret",
            "speed": float(os.environ.get("SANDBOX_SPEED", "60")),
        }
        Connection.objects.update_or_create(
            name="Demo", defaults=fields, create_defaults={**fields, "state": State.ACTIVE}
        )
