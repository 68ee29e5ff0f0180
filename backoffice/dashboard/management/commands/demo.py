"""`manage.py demo`: staff to log in as, and a connection to the sandbox. `make run` calls it; production never does."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backoffice.connections.enums import Family, State
from backoffice.connections.models import Connection
from backoffice.users import rights, roles
from backoffice.users.models import User
from shops.models import Channel, ChannelPolicy

STAFF = {
    "admin@demo.test": ("Ada", "Admin", rights.ADMINISTRATOR),
    "manager@demo.test": ("Mona", "Manager", rights.MANAGER),
    "agent@demo.test": ("Aron", "Agent", rights.AGENT),
    "viewer@demo.test": ("Vera", "Viewer", rights.VIEWER),
}
HASTY = "0003"  # Albion Home
PASSWORD = "demo"  # noqa: S105 -- printed at every start, and only ever made here


class Command(BaseCommand):
    help = "Creates the demo staff and a connection to the sandbox on this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EMBEDDED:
            raise CommandError("Demo staff have a password that everybody knows: they are for your own machine only.")
        for email, (first_name, last_name, role) in STAFF.items():
            self._staff(email, first_name, last_name, role)
        self._policies(self._connection())

    def _staff(self, email: str, first_name: str, last_name: str, role: str) -> None:
        """What somebody changed about them stays; only a person without any role gets theirs."""
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(
                email,
                PASSWORD,
                first_name=first_name,
                last_name=last_name,
                is_superuser=role == rights.ADMINISTRATOR,
                is_staff=role == rights.ADMINISTRATOR,
            )
        if not user.groups.exists():
            roles.give(user, role)

    def _connection(self) -> Connection:
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
        connection, _ = Connection.objects.update_or_create(
            name="Demo", defaults=fields, create_defaults={**fields, "state": State.ACTIVE}
        )
        return connection

    def _policies(self, connection: Connection) -> None:
        """The sandbox refuses what nobody answered for 48 hours; one channel wants an answer in half of that."""
        if ChannelPolicy.objects.exists():
            return
        hasty, _ = Channel.objects.get_or_create(connection=connection, remote_id=HASTY)
        ChannelPolicy.objects.create(acceptance_hours=48, reply_hours=24, time_zone="Europe/Paris")
        ChannelPolicy.objects.create(channel=hasty, acceptance_hours=24, reply_hours=24, time_zone="Europe/London")
