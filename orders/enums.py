"""Words about orders."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Mirakl's own statuses of an order and of a line (`v2-listOrders`). Others may appear: rows hold any text."""

    AWAITING_FRAUD_CHECK = "AWAITING_FRAUD_CHECK", _("Fraud check")
    AWAITING_ACCEPTANCE = "AWAITING_ACCEPTANCE", _("To accept")
    AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Waiting for payment")
    AWAITING_SHIPMENT = "AWAITING_SHIPMENT", _("To ship")
    SHIPPED = "SHIPPED", _("Shipped")
    DELIVERED = "DELIVERED", _("Delivered")
    CLOSED = "CLOSED", _("Closed")
    CHANNEL_SPECIFIC = "CHANNEL_SPECIFIC", _("Set by the channel")


class Reason(models.TextChoices):
    """Why an order or line is where it is (`status_reason`)."""

    REFUSED = "REFUSED", _("refused by us")
    ACCEPTANCE_TIMEOUT = "ACCEPTANCE_TIMEOUT", _("not accepted in time")
    FRAUD_CHECK_FAILED = "FRAUD_CHECK_FAILED", _("fraud check failed")
    FRAUD_CHECK_TIMEOUT = "FRAUD_CHECK_TIMEOUT", _("fraud check timed out")
    REFUSED_PAYMENT = "REFUSED_PAYMENT", _("payment refused")
    PAYMENT_TIMEOUT = "PAYMENT_TIMEOUT", _("payment timed out")
    CANCELED = "CANCELED", _("cancelled")
    REFUNDED = "REFUNDED", _("refunded")
    AUTOMATICALLY_CLOSED = "AUTOMATICALLY_CLOSED", _("closed by the channel")


class ReportState(models.TextChoices):
    """How far a result of our synchronisation got on its way to Connect."""

    WAITING = "waiting", _("Waiting")
    TOLD = "told", _("Reported")
    REFUSED = "refused", _("Refused")


class Stage(models.TextChoices):
    """Our tabs: which kind of attention an order's status asks for."""

    TO_ACCEPT = "to_accept", _("To accept")
    WAITING = "waiting", _("Waiting")  # for the fraud check or the payment: nothing for us to do
    TO_SHIP = "to_ship", _("To ship")
    SHIPPED = "shipped", _("Shipped")  # on its way or delivered
    CLOSED = "closed", _("Closed")
    OTHER = "other", _("Other")  # a status that only the channel knows, or one that we have never seen


STAGE_OF = {
    Status.AWAITING_FRAUD_CHECK: Stage.WAITING,
    Status.AWAITING_ACCEPTANCE: Stage.TO_ACCEPT,
    Status.AWAITING_PAYMENT: Stage.WAITING,
    Status.AWAITING_SHIPMENT: Stage.TO_SHIP,
    Status.SHIPPED: Stage.SHIPPED,
    Status.DELIVERED: Stage.SHIPPED,
    Status.CLOSED: Stage.CLOSED,
}


def stage_of(status: str) -> Stage:
    """The tab of an order with this Mirakl status; any text that we do not know is OTHER."""
    return STAGE_OF.get(status, Stage.OTHER)  # type: ignore[call-overload, no-any-return]  # -- any text may come


class Fulfillment(models.TextChoices):
    SELLER = "FULFILLED_BY_SELLER", _("by us")
    PARTNER = "FULFILLED_BY_PARTNER", _("by a partner")


class AdjustmentType(models.TextChoices):
    """What changed a line's amounts after the order. Others may appear."""

    CANCELATION = "CANCELATION", _("Cancellation")
    REFUND = "REFUND", _("Refund")


class AdjustmentReason(models.TextChoices):
    """Why a line was cancelled or refunded. Others may appear."""

    CUSTOMER_CANCELATION = "CUSTOMER_CANCELATION", _("cancelled by the customer")
    OUT_OF_STOCK = "OUT_OF_STOCK", _("out of stock")
    RETURN = "RETURN", _("returned")
    ITEM_NOT_RECEIVED = "ITEM_NOT_RECEIVED", _("not received")
    AGREEMENT = "AGREEMENT", _("agreed with the customer")
    DEFECT = "DEFECT", _("defective")
    UNABLE_TO_DELIVER = "UNABLE_TO_DELIVER", _("could not be delivered")
    CHANNEL_SPECIFIC = "CHANNEL_SPECIFIC", _("a reason of the channel")


def word(known: type[models.TextChoices], value: str) -> str:
    """Our word for a value of Mirakl; its own where we have none."""
    return str(dict(known.choices).get(value, value))
