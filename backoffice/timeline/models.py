"""What happened to an object and can be read nowhere else. Written once, in the transaction in which it happened."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.timeline.enums import Actor


class Entries(models.QuerySet["Entry"]):
    """Entries are added and read, nothing else."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("What happened does not change afterwards.")

    def delete(self) -> NoReturn:
        raise TypeError("What happened stays.")

    def about(self, object_type: str, object_id: int) -> Entries:
        """What happened to one object, newest first."""
        return self.filter(object_type=object_type, object_id=object_id)


class Entry(models.Model):
    """One thing that happened. It holds ids, codes and Mirakl's own words for states, never what tells who a customer
    is: an entry outlives the customer's data."""

    object_type = models.CharField(_("about"), max_length=60)  # "orders.order"
    object_id = models.BigIntegerField(_("its id"))
    connection_id = models.BigIntegerField(_("connection"), null=True)  # plain: no entry keeps a connection alive
    verb = models.CharField(_("what happened"), max_length=60)  # "orders.status", see `words`
    data: models.JSONField[Any, Any] = models.JSONField(_("details"), default=dict)
    actor = models.CharField(_("by"), max_length=10, choices=Actor.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(_("when"))  # where it happened: Mirakl's moment, when Mirakl did it
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    objects = Entries.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        indexes = [models.Index(fields=["object_type", "object_id", "-at", "-id"], name="timeline_of_object")]

    def __str__(self) -> str:
        return f"{self.verb} · {self.object_type} {self.object_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the entry; a second time is a mistake in the code."""
        if not self._state.adding:
            raise TypeError("What happened does not change afterwards.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("What happened stays.")
