"""Orders and their lines (domain.md §1.1, §1.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Money, Payload


class CustomAttribute(Payload, frozen=True):
    """A field of the channel's own. `value` is a text, a number (Decimal or int), a bool or a list of texts."""

    id: str = ""
    type: str = ""
    value: Any = None


class Origin(Payload, frozen=True):
    """Where an order was placed. `channel_store_id` is unique only within its channel."""

    channel_id: str = ""
    channel_name: str = ""
    channel_store_id: str = ""
    channel_store_name: str = ""
    sub_channel_code: str = ""
    sub_channel_name: str = ""


class Address(Payload, frozen=True):
    """A customer's address; `country_iso_code` is alpha-3."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street_additional_info: str = ""
    additional_info: str = ""
    zip_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    country_iso_code: str = ""
    phone: str = ""


class DeliveryDate(Payload, frozen=True):
    """When the customer was told to expect the parcel."""

    earliest: Moment | None = None
    latest: Moment | None = None


class ShippingInfo(Payload, frozen=True):
    """The address may be missing: before acceptance, and once the order is anonymised."""

    address: Address | None = None
    carrier: str = ""
    email: str = ""
    method: str = ""
    pudo_id: str = ""
    shipping_deadline: Moment | None = None
    delivery_date: DeliveryDate | None = None


class BillingInfo(Payload, frozen=True):
    """Whom the invoice goes to."""

    address: Address | None = None


class Fulfillment(Payload, frozen=True):
    """Who ships. `code` names the partner of FULFILLED_BY_PARTNER."""

    type: str = ""
    code: str = ""


class Product(Payload, frozen=True):
    """`id` is the seller's own SKU."""

    id: str = ""
    title: str = ""


class Tax(Payload, frozen=True):
    """`rate` has no agreed unit and is never computed with (domain.md §8, question 24)."""

    code: str = ""
    amount: Money = Money()
    rate: Decimal | None = None
    channel_collectible: Money | None = None
    seller_collectible: Money | None = None

    def __post_init__(self) -> None:
        if self.rate is not None and not self.rate.is_finite():
            raise ValueError("a finite number is expected")


class TaxAdjustment(Payload, frozen=True):
    """The part of a tax that goes with an adjustment."""

    code: str = ""
    amount: Money = Money()


class Adjustment(Payload, frozen=True):
    """A REFUND or CANCELATION. `id` is unique only per type and may be all there is."""

    adjustment_id: str = ""
    id: str = ""
    type: str = ""
    reason: str = ""
    created_at: Moment | None = None
    quantity: int = 0
    price: Money = Money()
    shipping_price: Money = Money()
    taxes: list[TaxAdjustment] = []
    shipping_taxes: list[TaxAdjustment] = []


class OrderLine(Payload, frozen=True):
    """`price` is for the whole line, without tax and shipping, after cancelations (domain.md §2.3)."""

    id: str = ""
    channel_order_line_id: str = ""
    product: Product = Product()
    quantity: int = 0
    price: Money = Money()
    total_shipping_price: Money = Money()
    taxes: list[Tax] = []
    shipping_taxes: list[Tax] = []
    status: str = ""
    status_reason: str = ""
    can_cancel: bool = False
    can_refund: bool = False
    adjustments: list[Adjustment] = []
    custom_attributes: list[CustomAttribute] = []


class Order(Payload, frozen=True):
    """`id` is Connect's and opaque; `channel_order_id` is what people know, and not unique across channels.

    `created_at` and `channel_updated_at` are of the channel, `updated_at` is Connect's: the one that sync follows.
    """

    id: str
    updated_at: Moment
    channel_order_id: str = ""
    created_at: Moment | None = None
    channel_updated_at: Moment | None = None
    status: str = ""
    status_reason: str = ""
    origin: Origin = Origin()
    shipping_info: ShippingInfo = ShippingInfo()
    billing_info: BillingInfo = BillingInfo()
    fulfillment: Fulfillment = Fulfillment()
    order_lines: list[OrderLine] = []
    custom_attributes: list[CustomAttribute] = []
    anonymized_at: Moment | None = None
