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
    STOPPED = "stopped", _("Stopped: credentials refused")  # by Mirakl's 401: nothing is read or sent until it is good


# In these states Mirakl is read and asked about; what staff ask for leaves in ACTIVE alone.
READING = (State.OBSERVE, State.ACTIVE)


class Trouble(models.TextChoices):
    """The last thing that went wrong, by the layer that refused. Empty: nothing did since the last success."""

    UNREACHABLE = "unreachable", _("Mirakl cannot be reached")
    CREDENTIALS = "credentials", _("The credentials were refused")
    RIGHTS = "rights", _("A right is missing")
    ADDRESS = "address", _("The address does not answer as Mirakl does")
    BUSY = "busy", _("Mirakl asks us to slow down")
    BROKEN = "broken", _("Mirakl has a fault")
    OURS = "ours", _("A fault on our side")


class Happening(models.TextChoices):
    """What was done to a connection, by a person or by itself."""

    ADDED = "added", _("Added")
    EDITED = "edited", _("Changed")
    STATE = "state", _("Set to another state")
    REFUSED = "refused", _("Stopped by itself: credentials refused")
    ACCEPTED = "accepted", _("Went on by itself: credentials accepted")


class CheckState(models.TextChoices):
    """How far a check is."""

    WAITING = "waiting", _("Waiting")  # due at `due_at`
    RUNNING = "running", _("Running")  # one worker holds it
    DONE = "done", _("Done")
    REPLACED = "replaced", _("Broken off")  # the connection was changed meanwhile, or no worker ended it


OPEN_CHECKS = (CheckState.WAITING, CheckState.RUNNING)


class Layer(models.TextChoices):
    """What a check tries, in this order: each stands on those before it."""

    ADDRESS = "address", _("Address")
    TLS = "tls", _("Encryption (TLS)")
    SERVICE = "service", _("Service")
    CREDENTIALS = "credentials", _("Credentials")
    RIGHTS = "rights", _("Rights")
    CLOCK = "clock", _("Clock")
    SAMPLE = "sample", _("Sample")


class Outcome(models.TextChoices):
    """How one step of a check ended."""

    OK = "ok", _("good")
    WARNING = "warning", _("look at this")
    FAILED = "failed", _("failed")
    SKIPPED = "skipped", _("not tried")
