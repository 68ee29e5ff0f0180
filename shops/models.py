"""The seller's side of Mirakl: the channels (marketplaces) that a connection reaches."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.connections.models import Connection


class Channel(models.Model):
    """A marketplace behind a Connect connection, first seen as the origin of an order."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="channels", verbose_name=_("connection"))
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    name = models.CharField(_("name"), max_length=200, blank=True)
    # When the order changed that gave the name: orders come newest first, and an older one must not bring an old name.
    named_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "remote_id"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_channel_per_id")]

    def __str__(self) -> str:
        return self.name or self.remote_id
