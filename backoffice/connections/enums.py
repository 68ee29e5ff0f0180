"""Words about connections."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    """Which of Mirakl's APIs a connection speaks. One marketplace connection serves the catalog manager too."""

    CONNECT = "connect", _("Mirakl Connect")
    CHANNEL = "channel", _("Channel Platform")
    MARKETPLACE = "marketplace", _("Marketplace")


class State(models.TextChoices):
    OBSERVE = "observe", _("Observes only")  # reads; what staff ask for waits here
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")  # by a person: nothing is read or sent


class Trouble(models.TextChoices):
    """The last thing that went wrong, by the layer that refused. Empty: nothing did since the last success."""

    UNREACHABLE = "unreachable", _("Mirakl cannot be reached")
    CREDENTIALS = "credentials", _("The credentials were refused")
    RIGHTS = "rights", _("A right is missing")
    ADDRESS = "address", _("The address does not answer as Mirakl does")
    BUSY = "busy", _("Mirakl asks us to slow down")
    BROKEN = "broken", _("Mirakl has a fault")
    OURS = "ours", _("A fault on our side")
