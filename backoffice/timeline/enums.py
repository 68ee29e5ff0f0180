"""Words about what happened."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Actor(models.TextChoices):
    """Who did it."""

    PERSON = "person", _("a person")  # one of us
    RULE = "rule", _("a rule")  # this program, because somebody told it to beforehand
    MIRAKL = "mirakl", _("Mirakl")  # the channel, or Mirakl itself: nobody here can tell them apart
    CUSTOMER = "customer", _("the customer")


class Show(models.TextChoices):
    """Which part of a timeline somebody wants to see."""

    ALL = "all", _("All")
    ACTIONS = "actions", _("Actions")
    MIRAKL = "mirakl", _("Mirakl")
    ERRORS = "errors", _("Errors")
