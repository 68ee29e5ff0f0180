"""The seller's own products as the catalog of Connect has them (domain.md §1.3, §2.8)."""

from __future__ import annotations

from typing import Any

from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Money, Payload


class Gtin(Payload, frozen=True):
    """A barcode number: digits, with leading zeros."""

    value: str = ""


class LocalisedText(Payload, frozen=True):
    """A text in one language: `locale` is `en` or `en_US`."""

    locale: str = ""
    value: str = ""


class Image(Payload, frozen=True):
    """Where an image of the product is; somebody else's server."""

    url: str = ""


class Category(Payload, frozen=True):
    """The seller's own category, named in several languages."""

    id: str = ""
    labels: list[LocalisedText] = []


class StandardPrice(Payload, frozen=True):
    """There is one per currency and scope, which is a label of the seller's that Connect maps to channels."""

    price: Money = Money()
    scope: str = ""


class DiscountPrice(Payload, frozen=True):
    """A lower price, now or between two moments."""

    price: Money = Money()
    scope: str = ""
    start_date: Moment | None = None
    end_date: Moment | None = None


class Quantity(Payload, frozen=True):
    """What the seller has, in one warehouse or, without a code, in all."""

    available_quantity: int = 0
    warehouse_code: str = ""


class PartnerQuantity(Payload, frozen=True):
    """What a logistics partner has."""

    available_quantity: int = 0
    partner_id: str = ""


class Attribute(Payload, frozen=True):
    """`value` is a text, a number (Decimal or int) or a bool, by `type`: STRING, NUMERIC, BOOLEAN."""

    id: str = ""
    name: str = ""
    type: str = ""
    value: Any = None


class CatalogProduct(Payload, frozen=True):
    """`id` is the seller's own SKU. A product may have nothing else. There is no date of its last change."""

    id: str
    gtins: list[Gtin] = []
    titles: list[LocalisedText] = []
    descriptions: list[LocalisedText] = []
    images: list[Image] = []
    brand: str = ""
    category: Category | None = None
    standard_prices: list[StandardPrice] = []
    discount_prices: list[DiscountPrice] = []
    quantities: list[Quantity] = []
    partner_quantities: list[PartnerQuantity] = []
    attributes: list[Attribute] = []
