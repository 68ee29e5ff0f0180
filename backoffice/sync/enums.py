"""Words about reading."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    LOST = "lost", _("Lost")  # its worker died; the next run reads the same again


class RunKind(models.TextChoices):
    CHANGES = "changes", _("Changes")  # from the watermark on
    WIDE = "wide", _("Wide re-read")  # nightly: everything of the last weeks, and a count on both sides
