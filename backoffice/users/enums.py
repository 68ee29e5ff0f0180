from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    BRITISH = "en-gb", _("British English")


class Theme(models.TextChoices):
    AUTO = "auto", _("as the device")
    LIGHT = "light", _("light")
    DARK = "dark", _("dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("comfortable")
    COMPACT = "compact", _("compact")
