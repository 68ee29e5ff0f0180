"""Orders as Mirakl Connect gave them: typed columns for what we filter, sort and show, the payload beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.connections.models import Connection
from backoffice.mirakl.connect import types as connect
from orders.enums import Reason, ReportState, Stage, word
from shops.models import Channel

# The sort key of an order that waits for nothing dated.
NO_DATE = datetime(9999, 1, 1, tzinfo=UTC)


class Order(models.Model):
    """One order (`v2-listOrders`). Written only by `orders.sync`; a payload older than the row changes nothing."""

    connection = models.ForeignKey(Connection, models.PROTECT, db_index=False, verbose_name=_("connection"))
    channel = models.ForeignKey(Channel, models.PROTECT, db_index=False, verbose_name=_("channel"))
    # Connect's id: opaque, never shown to customers. `number` is the channel's, and not unique across channels.
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    number = models.CharField(_("order number"), max_length=200)
    status = models.CharField(_("status"), max_length=60)
    status_reason = models.CharField(_("reason"), max_length=60, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices)
    fulfillment = models.CharField(_("fulfilled"), max_length=60)
    created_at = models.DateTimeField(_("created"))  # on the channel
    updated_at = models.DateTimeField(_("updated"))  # in Connect: what sync compares
    ship_by = models.DateTimeField(_("ship by"), null=True)
    # Until when it has to be accepted, by the channel's policy: Connect tells no such deadline (domain.md §3).
    accept_by = models.DateTimeField(_("accept by"), null=True)
    # When something happens if nobody does anything, never null: `orders.deadlines` says how all three come about.
    due_at = models.DateTimeField(_("due"), default=NO_DATE)
    # What the tab of its stage sorts by, never null.
    sort_at = models.DateTimeField()
    customer = models.CharField(_("customer"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=3, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # domain.md §2.3, taxes included; null where lines have several currencies, which are never added.
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=4, null=True)
    anonymized_at = models.DateTimeField(_("customer data removed"), null=True)
    # Lower-case text that the search box looks through: numbers, customer, SKUs.
    search = models.TextField(blank=True)
    # Of the payload: two changes within one second share an updated_at, and only this tells them apart.
    digest = models.BigIntegerField()
    # The JSON text as it came (personal data removed once anonymised). Amounts in it are exact.
    payload = models.TextField()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_order_per_remote_id")]
        indexes = [
            models.Index(fields=["stage", "sort_at", "id"], name="orders_in_stage"),
            models.Index(fields=["created_at", "id"], name="orders_by_age"),
            models.Index(fields=["due_at", "id"], name="orders_by_due"),
            models.Index(fields=["stage", "created_at", "id"], name="orders_in_stage_by_age"),
            models.Index(fields=["channel", "created_at", "id"], name="orders_of_channel"),
            models.Index(fields=["channel", "stage", "sort_at", "id"], name="orders_in_stage_of_channel"),
            models.Index(fields=["number"], name="orders_by_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def deadline(self) -> datetime | None:
        """The next consequence; None where nothing is due from us."""
        return None if self.due_at == NO_DATE else self.due_at

    @property
    def reason_label(self) -> str:
        return word(Reason, self.status_reason)

    @cached_property
    def document(self) -> connect.Order:
        """The payload, typed."""
        return connect.read(self.payload.encode(), connect.Order)


class OrderLine(models.Model):
    """One line of an order. Amounts are of the whole line, without tax, after cancelations (domain.md §2.3)."""

    order = models.ForeignKey(Order, models.CASCADE, db_index=False, related_name="lines", verbose_name=_("order"))
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"))
    sku = models.CharField(_("SKU"), max_length=256)
    title = models.CharField(_("title"), max_length=500)
    quantity = models.IntegerField(_("quantity"))
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=4)
    shipping_price = models.DecimalField(_("shipping price"), max_digits=18, decimal_places=4)
    status = models.CharField(_("status"), max_length=60)
    status_reason = models.CharField(_("reason"), max_length=60, blank=True)
    can_cancel = models.BooleanField(_("can be cancelled"))
    can_refund = models.BooleanField(_("can be refunded"))

    class Meta:
        ordering = ["position"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [models.UniqueConstraint(fields=["order", "remote_id"], name="one_line_per_remote_id")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class Report(models.Model):
    """What Connect is told of our synchronisation of one order: the newest result only (`v2-reportOrderActions`)."""

    connection = models.ForeignKey(Connection, models.CASCADE, db_index=False, verbose_name=_("connection"))
    # Of the order at Mirakl: what could not be stored has no row here.
    remote_id = models.CharField(_("Mirakl id"), max_length=200)
    type = models.CharField(_("type"), max_length=40)
    executed_at = models.DateTimeField(_("done"))
    # Both empty where the order was stored.
    code = models.CharField(_("code"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReportState.choices, default=ReportState.WAITING)
    due_at = models.DateTimeField(_("due"))
    # Whoever holds the claim tells it; a new result takes it away, so that the old one cannot pass for told.
    claim = models.CharField(max_length=36, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    most_together = models.PositiveSmallIntegerField(editable=False)
    lost = models.PositiveSmallIntegerField(_("answers that were lost"), default=0)
    told_at = models.DateTimeField(_("reported"), null=True)
    action_id = models.CharField(_("Mirakl’s action id"), max_length=200, blank=True)
    text = models.TextField(_("what Mirakl said"), blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_report_per_order")]
        indexes = [
            models.Index(fields=["state", "due_at"], name="reports_due"),
            models.Index(fields=["executed_at"], name="reports_by_age"),
        ]

    def __str__(self) -> str:
        return self.remote_id


class Parcel(models.Model):
    """What left in one parcel, as its channel confirmed it. Written once by `orders.actions`, and never changed.

    Connect has no call that reads parcels (domain.md §1.3): what is not kept here is known to nobody.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="parcels", verbose_name=_("order"))
    action_id = models.BigIntegerField(_("action"), unique=True)  # of the outbox: the one that asked for it
    items: models.JSONField[Any, Any] = models.JSONField(_("units"))  # {"<remote id of a line>": 2}
    carrier = models.CharField(_("carrier"), max_length=200, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=200, blank=True)
    tracking_url = models.CharField(_("tracking address"), max_length=1000, blank=True)
    return_tracking_number = models.CharField(_("return number"), max_length=200, blank=True)
    warehouse_id = models.CharField(_("warehouse"), max_length=200, blank=True)
    shipped_at = models.DateTimeField(_("sent"))  # when our call left: Mirakl tells no better moment

    class Meta:
        ordering = ["pk"]
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        indexes = [models.Index(fields=["tracking_number"], name="parcels_by_number")]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.carrier, self.tracking_number))) or f"#{self.action_id}"
