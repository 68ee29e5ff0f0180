"""Builds one whole order, in the shape of `v2-listOrders` (domain.md §1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from backoffice.sandbox.dates import written
from backoffice.sandbox.worlds.catalog import POUNDS, PRODUCTS, Product
from backoffice.sandbox.worlds.channels import Channel, SubChannel
from backoffice.sandbox.worlds.moves import Json, permit

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Wish:
    """What is decided before chance decides the rest; 0 leaves it to chance."""

    channel: Channel
    created_at: datetime
    status: str = "AWAITING_ACCEPTANCE"
    reason: str = ""
    lines: int = 0
    quantity: int = 0  # of every line
    unit_price: Decimal = Decimal(0)  # in the channel's currency, without tax


@dataclass(frozen=True)
class Setting:
    """What the lines of one order share."""

    order_id: str
    channel_order_id: str
    sub_channel: SubChannel
    wish: Wish


def build_order(rng: Random, number: int, wish: Wish) -> Json:
    """A believable order. `number` makes its ids."""
    channel, created_at = wish.channel, wish.created_at
    sub_channel = rng.choice(channel.sub_channels)
    channel_order_id = f"{channel.prefix}{483000 + number}-A"
    setting = Setting(f"{channel.id}_{channel_order_id}", channel_order_id, sub_channel, wish)
    count = wish.lines or rng.choices((1, 2, 3, 4), (58, 25, 12, 5))[0]
    address = sub_channel.place.address(rng)
    order: Json = {
        "id": setting.order_id,
        "channel_order_id": channel_order_id,
        "created_at": written(created_at),
        "channel_updated_at": written(created_at),
        "updated_at": written(created_at),
        "status": wish.status,
        "origin": _origin(setting),
        "shipping_info": _shipping_info(rng, setting, address, created_at),
        "billing_info": {"address": address if rng.random() < 0.8 else sub_channel.place.address(rng)},
        "fulfillment": {"type": "FULFILLED_BY_SELLER"},
        "order_lines": build_lines(rng, setting, count),
        "custom_attributes": [],
    }
    if wish.reason:
        order["status_reason"] = wish.reason
    permit(order)
    return order


def build_lines(rng: Random, setting: Setting, count: int) -> list[Json]:
    chosen = rng.sample(PRODUCTS, min(count, len(PRODUCTS)))
    chosen += rng.choices(PRODUCTS, k=count - len(chosen))
    return [_line(rng, setting, position, product) for position, product in enumerate(chosen, 1)]


def _line(rng: Random, setting: Setting, position: int, product: Product) -> Json:
    wish, sub_channel = setting.wish, setting.sub_channel
    channel = wish.channel
    quantity = wish.quantity or rng.choices((1, 2, 3, 6), (70, 18, 8, 4))[0]
    unit = cents(wish.unit_price or product.price * (POUNDS if channel.currency == "GBP" else 1))
    shipping = channel.shipping if position == 1 else Decimal("0.00")
    line: Json = {
        "id": f"{setting.order_id}-{position}",
        "channel_order_line_id": f"{setting.channel_order_id}-{position}",
        "product": {"id": product.sku, "title": product.title(sub_channel.place.locale)},
        "quantity": quantity,
        "price": money(unit * quantity, channel.currency),
        "total_shipping_price": money(shipping, channel.currency),
        "taxes": _taxes(setting, product, unit * quantity, quantity),
        "shipping_taxes": [_tax(setting, shipping, sub_channel.rate)] if shipping else [],
        "status": wish.status,
        "adjustments": [],
        "custom_attributes": [],
    }
    if wish.reason:
        line["status_reason"] = wish.reason
    return line


def _taxes(setting: Setting, product: Product, price: Decimal, quantity: int) -> list[Json]:
    rate = setting.sub_channel.reduced if product.reduced else setting.sub_channel.rate
    taxes = [_tax(setting, price, rate)]
    if product.eco:
        taxes.append({"code": "ECO", "amount": money(product.eco * quantity, setting.wish.channel.currency)})
    return taxes


def _tax(setting: Setting, price: Decimal, rate: Decimal) -> Json:
    """In Germany and Austria the marketplace collects the tax itself, elsewhere the seller does."""
    amount = money(price * rate, setting.wish.channel.currency)
    nothing = money(Decimal(0), setting.wish.channel.currency)
    by_channel = setting.sub_channel.code in ("DE", "AT")
    return {
        "code": setting.sub_channel.tax,
        "amount": amount,
        "rate": rate,
        "channel_collectible": amount if by_channel else nothing,
        "seller_collectible": nothing if by_channel else amount,
    }


def _origin(setting: Setting) -> Json:
    channel = setting.wish.channel
    return {
        "channel_id": channel.id,
        "channel_name": channel.name,
        "channel_store_id": channel.store_id,
        "channel_store_name": channel.store_name,
        "sub_channel_code": setting.sub_channel.code,
        "sub_channel_name": setting.sub_channel.name,
    }


def _shipping_info(rng: Random, setting: Setting, address: Json, created_at: datetime) -> Json:
    channel = setting.wish.channel
    method = rng.randrange(len(channel.methods))
    deadline = (created_at + timedelta(days=rng.randint(2, 4))).replace(minute=0, second=0, microsecond=0)
    info: Json = {
        "address": address,
        "email": f"buyer-{setting.channel_order_id.lower()}@{channel.prefix.lower()}.example",
        "carrier": rng.choice(channel.carriers),
        "method": channel.methods[method],
        "shipping_deadline": written(deadline),
    }
    if channel.methods[method] in ("Point relais", "Click and collect"):
        info["pudo_id"] = f"{channel.prefix}-P{rng.randint(1000, 9999)}"
    if rng.random() < 0.6:
        latest = deadline + timedelta(days=4)
        info["delivery_date"] = {"earliest": written(deadline + timedelta(days=1)), "latest": written(latest)}
    return info


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: Decimal, currency: str) -> Json:
    return {"amount": cents(amount), "currency": currency}
