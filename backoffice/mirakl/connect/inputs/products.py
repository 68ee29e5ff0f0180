"""What is sent about products (domain.md §1.3, §2.8).

A field of a product that is left out (UNSET) stays as it is at Mirakl. One that is given replaces the former value as a
whole: lists are not merged. None clears it, where the type allows None.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from backoffice.mirakl.limits import Amount, Id, Input

_LARGEST_NUMBER = 1_000_000_000

ProductId = Annotated[str, Meta(min_length=1, max_length=256)]
ShortText = Annotated[str, Meta(max_length=255)]
ShortId = Annotated[str, Meta(min_length=1, max_length=255)]
Units = Annotated[int, Meta(ge=0, le=_LARGEST_NUMBER)]
Locale = Annotated[str, Meta(pattern="[a-z]{2,3}(_[A-Z]{2})?", description="a locale such as en or en_US")]


class Paging(Input, frozen=True, kw_only=True):
    """How many products a page has. Connect has no filter for them."""

    limit: Annotated[int, Meta(ge=1, le=1000)]


class Gtin(Input, frozen=True, kw_only=True):
    """8, 12 or 13 digits. Connect refuses the 14 digits of a packaging unit."""

    value: Annotated[str, Meta(pattern="[0-9]{8}|[0-9]{12,13}", description="a GTIN of 8, 12 or 13 digits")]


class Title(Input, frozen=True, kw_only=True):
    """A title in one language, or the label of a category."""

    locale: Locale
    value: ShortText


class Description(Input, frozen=True, kw_only=True):
    """A description in one language."""

    locale: Locale
    value: Annotated[str, Meta(max_length=6000)]


class Image(Input, frozen=True, kw_only=True):
    """Where Mirakl fetches an image."""

    url: Annotated[str, Meta(pattern=r"https?://\S+", description="an address that begins with http:// or https://")]


class Category(Input, frozen=True, kw_only=True):
    """The seller's own category."""

    labels: Sequence[Title]
    id: ShortId | UnsetType | None = UNSET


class StandardPrice(Input, frozen=True, kw_only=True):
    """One per currency and scope."""

    price: Amount
    scope: ShortText | UnsetType | None = UNSET


class DiscountPrice(Input, frozen=True, kw_only=True):
    """A lower price, now or between two moments (in any time zone; they are sent in UTC)."""

    price: Amount
    scope: ShortText | UnsetType | None = UNSET
    start_date: datetime | UnsetType | None = UNSET
    end_date: datetime | UnsetType | None = UNSET


class Quantity(Input, frozen=True, kw_only=True):
    """Units that can be sold, of one warehouse or, without a code, of all."""

    available_quantity: Units
    warehouse_code: Id | UnsetType = UNSET


class PartnerQuantity(Input, frozen=True, kw_only=True):
    """Units that a logistics partner has."""

    available_quantity: Units
    partner_id: Id


class _Attribute(Input, frozen=True, kw_only=True, tag_field="type"):
    """A further attribute. Its type is that of its class."""

    id: ShortId
    name: ShortId


class AttributeString(_Attribute, frozen=True, kw_only=True, tag="STRING"):
    """A text of at most 2,000 characters."""

    value: Annotated[str, Meta(max_length=2000)]


class AttributeNumeric(_Attribute, frozen=True, kw_only=True, tag="NUMERIC"):
    """An exact number between minus and plus a thousand million."""

    value: Decimal

    def check(self) -> None:
        if abs(self.value) > _LARGEST_NUMBER:
            raise ValueError(f"value: a number from -{_LARGEST_NUMBER} to {_LARGEST_NUMBER} is expected.")


class AttributeBoolean(_Attribute, frozen=True, kw_only=True, tag="BOOLEAN"):
    """Yes or no."""

    value: bool


Attribute = AttributeString | AttributeNumeric | AttributeBoolean


class Product(Input, frozen=True, kw_only=True):
    """A product to create or to change; `id` is the seller's own SKU.

    Prices and quantities can neither be cleared nor be empty: what is no longer sold gets the quantity 0.
    """

    id: ProductId
    gtins: Annotated[Sequence[Gtin], Meta(max_length=10)] | UnsetType = UNSET
    titles: Annotated[Sequence[Title], Meta(max_length=10)] | UnsetType | None = UNSET
    descriptions: Annotated[Sequence[Description], Meta(max_length=10)] | UnsetType | None = UNSET
    images: Annotated[Sequence[Image], Meta(max_length=15)] | UnsetType | None = UNSET
    brand: ShortText | UnsetType | None = UNSET
    category: Category | UnsetType | None = UNSET
    standard_prices: Annotated[Sequence[StandardPrice], Meta(min_length=1, max_length=10)] | UnsetType = UNSET
    discount_prices: Annotated[Sequence[DiscountPrice], Meta(max_length=10)] | UnsetType | None = UNSET
    quantities: Annotated[Sequence[Quantity], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    partner_quantities: Annotated[Sequence[PartnerQuantity], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    attributes: Annotated[Sequence[Attribute], Meta(max_length=1000)] | UnsetType | None = UNSET


class Products(Input, frozen=True, kw_only=True):
    """The body of an upsert: 1 to 1,000 products, each SKU once."""

    products: Annotated[Sequence[Product], Meta(min_length=1, max_length=1000)]

    def check(self) -> None:
        first: dict[str, int] = {}
        for at, product in enumerate(self.products):
            if first.setdefault(product.id, at) != at:
                raise ValueError(f"products[{at}].id: products[{first[product.id]}] has the same SKU.")


class ProductIdentifier(Input, frozen=True, kw_only=True):
    """A product to delete, by the seller's own SKU."""

    id: ProductId


class ProductIdentifiers(Input, frozen=True, kw_only=True):
    """The body of a deletion: 1 to 1,000 products."""

    products: Annotated[Sequence[ProductIdentifier], Meta(min_length=1, max_length=1000)]
