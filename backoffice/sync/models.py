"""Where each reading stands, what each run did, and which records could not be stored."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.connections.enums import Trouble
from backoffice.connections.models import Connection
from backoffice.sync.enums import RunKind, RunState


class Cursor(models.Model):
    """How far one resource of one connection has been read."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="cursors", verbose_name=_("connection"))
    resource = models.CharField(_("resource"), max_length=40)
    # The newest updated_at that Mirakl gave in a walk that was stored whole; never our own clock.
    watermark = models.DateTimeField(_("watermark"), null=True, blank=True)
    # Everything that Mirakl had at this moment (our clock, start of the last whole walk) is stored here.
    complete_to = models.DateTimeField(_("complete up to"), null=True, blank=True)
    next_at = models.DateTimeField(_("next run"), default=timezone.now)
    asked_at = models.DateTimeField(_("asked for by a person"), null=True, blank=True)
    # Whoever holds the claim reads; it ends by itself when its worker dies.
    claim = models.CharField(max_length=36, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    # Reconciliation of the last wide re-read: how many there were there, and how many of them are here.
    wide_at = models.DateTimeField(_("last wide re-read"), null=True, blank=True)
    there = models.PositiveIntegerField(_("at Mirakl"), null=True, blank=True)
    here = models.PositiveIntegerField(_("here"), null=True, blank=True)

    class Meta:
        ordering = ["connection", "resource"]
        verbose_name = _("cursor")
        verbose_name_plural = _("cursors")
        constraints = [models.UniqueConstraint(fields=["connection", "resource"], name="one_cursor_per_resource")]
        indexes = [models.Index(fields=["next_at"], name="cursor_due")]

    def __str__(self) -> str:
        return f"{self.connection} · {self.resource}"


class Run(models.Model):
    """One walk over a resource: when, how much, how it ended."""

    cursor = models.ForeignKey(Cursor, models.CASCADE, related_name="runs", verbose_name=_("cursor"))
    kind = models.CharField(_("kind"), max_length=10, choices=RunKind.choices, default=RunKind.CHANGES)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    updated_from = models.DateTimeField(_("changes since"), null=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    received = models.PositiveIntegerField(_("received"), default=0)
    created = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    parked = models.PositiveIntegerField(_("parked"), default=0)
    trouble = models.CharField(_("trouble"), max_length=20, choices=Trouble.choices, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["cursor", "-started_at"], name="run_of_cursor")]

    def __str__(self) -> str:
        return f"{self.cursor} {self.started_at:%Y-%m-%d %H:%M:%S}"


class Parked(models.Model):
    """A record that could not be stored, kept with its reason until it can. It stops no other record."""

    cursor = models.ForeignKey(Cursor, models.CASCADE, related_name="parked", verbose_name=_("cursor"))
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    reason = models.TextField(_("reason"))
    payload = models.TextField(_("payload"))
    times = models.PositiveIntegerField(_("times seen"), default=1)
    first_at = models.DateTimeField(_("first seen"))
    last_at = models.DateTimeField(_("last seen"))

    class Meta:
        ordering = ["-last_at"]
        verbose_name = _("parked record")
        verbose_name_plural = _("parked records")
        constraints = [models.UniqueConstraint(fields=["cursor", "remote_id"], name="parked_once")]

    def __str__(self) -> str:
        return self.remote_id
