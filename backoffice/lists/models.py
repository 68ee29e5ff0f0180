"""What people keep of lists: views with a name, which of them they begin with, and rows chosen all at once."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """Of a selection: nobody guesses it, and it belongs to one person all the same."""
    return secrets.token_urlsafe(12)


def no_columns() -> list[str]:
    return []


def keep_shared(collector: Any, field: Any, views: Any, using: str) -> None:
    """When an account is deleted its private views go too; those that it shared stay, and belong to nobody."""
    models.CASCADE(collector, field, views.filter(shared=False), using)
    models.SET_NULL(collector, field, views.filter(shared=True), using)


class SavedView(models.Model):
    """A state of a list under a name: its owner's alone, or shared with everybody.

    A shared view outlives the account of its owner and belongs to nobody then; a private one goes with it.
    """

    list = models.CharField(_("list"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, keep_shared, null=True, related_name="saved_views", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    shared = models.BooleanField(_("shared"), default=False)
    query = models.TextField(_("state"), blank=True)  # as `State.core` writes it
    # Keys of the columns that are shown, in their order; empty: those of the list itself.
    columns: models.JSONField[Any, Any] = models.JSONField(_("columns"), default=no_columns, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    # Everybody without a choice of their own begins with it.
    is_default = models.BooleanField(_("default for everybody"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["list"], condition=Q(is_default=True), name="one_default_per_list"),
            models.CheckConstraint(condition=Q(is_default=False) | Q(shared=True), name="default_is_shared"),
        ]
        indexes = [models.Index(fields=["list", "position", "id"], name="views_of_list")]

    def __str__(self) -> str:
        return self.name


class Habit(models.Model):
    """How one person likes one list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    list = models.CharField(_("list"), max_length=40)
    # What it begins with: one of the list's own views by its key, or a saved one by its number; "" for no wish.
    first = models.CharField(_("begins with"), max_length=40, blank=True)
    # By the key of one of the list's own views: the columns that are shown there, in their order.
    columns: models.JSONField[Any, Any] = models.JSONField(_("columns"), default=dict, blank=True)

    class Meta:
        verbose_name = _("habit")
        verbose_name_plural = _("habits")
        constraints = [models.UniqueConstraint(fields=["user", "list"], name="one_habit_per_list")]

    def __str__(self) -> str:
        return f"{self.user_id}/{self.list}"


class Selection(models.Model):
    """Rows that were chosen all at once, as they were at that moment, or numbers to be looked up."""

    class Kind(models.TextChoices):
        ROWS = "rows", _("rows")  # primary keys
        WORDS = "words", _("numbers")  # pasted into the search

    token = models.CharField(max_length=24, unique=True, default=new_token)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    list = models.CharField(_("list"), max_length=40)
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    ids: models.JSONField[Any, Any] = models.JSONField(_("ids"))
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("selection")
        verbose_name_plural = _("selections")

    def __str__(self) -> str:
        return f"{self.list}: {len(self.ids)}"
