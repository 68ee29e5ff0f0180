"""The seller's side of Mirakl: the channels (marketplaces) that a connection reaches."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backoffice.connections.models import Connection
from shops.validators import validate_holidays, validate_time_zone

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_HOURS = 24 * 60  # sixty days


class Channel(models.Model):
    """A marketplace behind a Connect connection, first seen as the origin of an order."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="channels", verbose_name=_("connection"))
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    name = models.CharField(_("name"), max_length=200, blank=True)
    # When the order changed that gave the name: orders come newest first, and an older one must not bring an old name.
    named_at = models.DateTimeField(null=True, editable=False)
    # Learnt from parcels: what this channel wants to know of each, and the warehouse that it took last.
    wants_warehouse = models.BooleanField(_("wants the warehouse of a parcel"), default=False, db_default=False)
    wants_return_number = models.BooleanField(_("wants the return number of a parcel"), default=False, db_default=False)
    warehouse = models.CharField(_("last warehouse"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ["name", "remote_id"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_channel_per_id")]

    def __str__(self) -> str:
        return self.name or self.remote_id


class ChannelPolicy(models.Model):
    """The times a channel allows (`shops.deadlines`), and what it wants to know of a parcel (`orders.shipping`):
    Mirakl Connect does not tell them, so an administrator does.

    The row without a channel counts for every channel that has none of its own.
    """

    channel = models.OneToOneField(
        Channel,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="policy",
        verbose_name=_("channel"),
        help_text=_("Empty: for every channel that has no policy of its own."),
    )
    acceptance_hours = models.PositiveSmallIntegerField(
        _("hours to accept an order"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("After this the channel refuses the order by itself. Empty: there is no such limit."),
    )
    reply_hours = models.PositiveSmallIntegerField(
        _("hours to answer a message"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("Empty: there is no such limit."),
    )
    monday = models.BooleanField(_("Monday"), default=True)
    tuesday = models.BooleanField(_("Tuesday"), default=True)
    wednesday = models.BooleanField(_("Wednesday"), default=True)
    thursday = models.BooleanField(_("Thursday"), default=True)
    friday = models.BooleanField(_("Friday"), default=True)
    saturday = models.BooleanField(_("Saturday"), default=True)
    sunday = models.BooleanField(_("Sunday"), default=True)
    holidays = models.TextField(
        _("holidays"),
        blank=True,
        max_length=6000,
        validators=[validate_holidays],
        help_text=_("One date on each line, like 2026-12-25. Their hours do not count, like those of free days."),
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Where a day begins and ends, for example Europe/Paris."),
    )
    asks_warehouse = models.BooleanField(
        _("ask for the warehouse of a parcel"),
        default=False,
        db_default=False,
        help_text=_("Once a channel refused a parcel for want of it, it is asked for without this, too."),
    )
    asks_return_number = models.BooleanField(
        _("ask for the return number of a parcel"),
        default=False,
        db_default=False,
        help_text=_("For channels that want to know with the parcel under which number it would be sent back."),
    )

    class Meta:
        verbose_name = _("channel policy")
        verbose_name_plural = _("channel policies")
        constraints = [
            models.UniqueConstraint(
                Coalesce(F("channel"), Value(0)),
                name="one_policy_per_channel",
                violation_error_message=_("There is such a policy already. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.channel) if self.channel else str(_("Every other channel"))

    @property
    def working_days(self) -> tuple[int, ...]:
        """The days of the week that count; Monday is 0."""
        return tuple(number for number, day in enumerate(DAYS) if getattr(self, day))

    def clean(self) -> None:
        """A week without a working day has no deadline at all."""
        if not self.working_days:
            raise ValidationError({"monday": _("At least one day of the week has to be a working day.")})


class Carrier(models.Model):
    """A carrier as one channel takes it, and as staff write it. Learnt from parcels (`orders.shipping`)."""

    channel = models.ForeignKey(
        Channel, models.CASCADE, db_index=False, related_name="carriers", verbose_name=_("channel")
    )
    typed = models.CharField(
        _("as staff write it"), max_length=200, help_text=_("In small letters; what is sent is the name beside it.")
    )
    name = models.CharField(_("as the channel takes it"), max_length=200)
    worked_at = models.DateTimeField(_("last taken"), null=True, editable=False)  # None: not yet, or not any more

    class Meta:
        ordering = ["typed"]
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "typed"],
                name="one_carrier_as_typed",
                violation_error_message=_("There is such a carrier already. Change that one."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Compared without regard to capital letters."""
        self.typed = self.typed.casefold()[:200]
