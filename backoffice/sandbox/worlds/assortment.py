"""The seller's catalog in a world: every product of the orders, its variants, and a few that say next to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from backoffice.sandbox.dates import written
from backoffice.sandbox.market import catalogue
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.building import cents, money
from backoffice.sandbox.worlds.catalog import POUNDS, PRODUCTS, Product
from backoffice.sandbox.worlds.channels import CHANNELS

LOCALES = ("en_GB", "fr_FR", "de_DE")
WAREHOUSES = ("LYON", "LEIPZIG", "LEEDS")
SPARSE = 8  # products of which only the id is known
LONGEST_DESCRIPTION = 6000  # characters
LONG_WINDED = 25  # the product that has such a description


class Variant(NamedTuple):
    """A colour, or a pack of several: its part of the SKU and of the title, by language, and the price's factor."""

    suffix: str
    titles: tuple[str, str, str]
    factor: Decimal = Decimal(1)


COLOURS = (
    Variant("RED", ("red", "rouge", "rot")),
    Variant("BLU", ("blue", "bleu", "blau")),
    Variant("GRN", ("green", "vert", "grün")),
    Variant("BLK", ("black", "noir", "schwarz"), Decimal("1.05")),
    Variant("WHT", ("white", "blanc", "weiß")),
    Variant("SND", ("sand", "sable", "sandfarben"), Decimal("0.95")),
    Variant("OCH", ("ochre", "ocre", "ocker"), Decimal("1.10")),
)
PACKS = tuple(
    Variant(f"X{count}", (f"pack of {count}", f"lot de {count}", f"{count}er-Pack"), Decimal(count) * Decimal("0.92"))
    for count in (2, 3, 4, 5, 6, 8, 12)
)
CATEGORIES = {
    "LMP": ("lighting", "Lamps", "Luminaires", "Leuchten"),
    "BK": ("books", "Books", "Livres", "Bücher"),
    "TEA": ("pantry", "Pantry", "Épicerie", "Vorrat"),
    "HNY": ("pantry", "Pantry", "Épicerie", "Vorrat"),
    "RUG": ("textiles", "Home textiles", "Linge de maison", "Heimtextilien"),
    "THR": ("textiles", "Home textiles", "Linge de maison", "Heimtextilien"),
    "CSH": ("textiles", "Home textiles", "Linge de maison", "Heimtextilien"),
    "CHR": ("furniture", "Furniture", "Meubles", "Möbel"),
    "STL": ("furniture", "Furniture", "Meubles", "Möbel"),
    "SHF": ("furniture", "Furniture", "Meubles", "Möbel"),
}
ELSEWHERE = ("kitchen", "Kitchen & table", "Cuisine et table", "Küche & Tisch")


def fill(world: World) -> None:
    """The 200 products of the world `demo`."""
    for product in products(world.clock.now()):
        catalogue.put(world.store, product)


def fill_trouble(world: World) -> None:
    """The products of the orders, and what no document knows: a field and a type of attribute."""
    rng, now = Random("trouble"), world.clock.now()  # noqa: S311 -- the same world every time
    for number, product in enumerate(PRODUCTS, 1):
        catalogue.put(world.store, _whole(rng, number, product, None, now))
    attribute = {"id": "sizes", "name": "Sizes", "type": "LIST", "value": ["S", "M"]}
    catalogue.put(world.store, {"id": "NW-ODD", "condition": "REFURBISHED", "attributes": [attribute]})


def products(now: datetime) -> Iterator[Json]:
    """The same for the same moment."""
    rng = Random("assortment")  # noqa: S311 -- the same world every time
    now = now.replace(microsecond=0)
    number = 0
    for product in PRODUCTS:
        for variant in (None, *(PACKS if product.reduced else COLOURS)):
            number += 1
            yield _whole(rng, number, product, variant, now)
    for position in range(SPARSE):
        yield {"id": f"NW-NEW-{position + 1:02}"}


def _whole(rng: Random, number: int, product: Product, variant: Variant | None, now: datetime) -> Json:
    price = cents(product.price * (variant.factor if variant else 1))
    sku = f"{product.sku}-{variant.suffix}" if variant else product.sku
    found: Json = {
        "id": sku,
        "gtins": [{"value": _gtin(number)}],
        "titles": _titles(product, variant),
        "brand": "Éditions Northwind" if "-BK-" in sku else "Northwind",
        "category": _category(product),
        "standard_prices": _standard_prices(number, price),
        "quantities": _quantities(rng, number),
    }
    if number % 3:
        found["descriptions"] = _descriptions(number, product)
        found["images"] = [
            {"url": f"https://images.northwind.example/{sku.lower()}/{position}.jpg"}
            for position in range(1, 2 + number % 4)
        ]
    if number % 5:
        found["attributes"] = _attributes(rng, variant)
    discounts = _discount_prices(number, price, now)
    if discounts:
        found["discount_prices"] = discounts
    if number % 10 == 0:
        partners = [f"{channel.name.split()[0].upper()}-LOGISTICS" for channel in CHANNELS[: 1 + number % 3]]
        found["partner_quantities"] = [
            {"available_quantity": rng.randint(0, 60), "partner_id": partner} for partner in partners
        ]
    return found


def _gtin(number: int) -> str:
    """With its check digit, out of the range that shops use among themselves; a few have 12 or 8 digits."""
    digits = {0: f"2000{number:03}", 1: f"20{number:09}"}.get(number % 16, f"20{number:010}")
    total = sum(int(digit) * (3, 1)[position % 2] for position, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def _titles(product: Product, variant: Variant | None) -> list[Json]:
    return [
        {"locale": locale, "value": product.title(locale) + (f", {variant.titles[position]}" if variant else "")}
        for position, locale in enumerate(LOCALES)
    ]


def _category(product: Product) -> Json:
    category_id, *labels = CATEGORIES.get(product.sku.split("-")[1], ELSEWHERE)
    return {
        "id": category_id,
        "labels": [{"locale": locale, "value": label} for locale, label in zip(LOCALES, labels, strict=True)],
    }


def _descriptions(number: int, product: Product) -> list[Json]:
    """Some with tags in them, one as long as it may be."""
    text = f"<p><b>{product.title('en')}</b> &ndash; made to last.</p>" if number % 4 == 0 else "Made to last."
    if number == LONG_WINDED:
        text = (text + " ") * LONGEST_DESCRIPTION
    found = [{"locale": "en_GB", "value": text[:LONGEST_DESCRIPTION]}]
    if number % 2:
        found.append({"locale": "fr", "value": "Conçu pour durer."})
    return found


def _standard_prices(number: int, price: Decimal) -> list[Json]:
    """In both currencies; every third has a price for each of two scopes, every eleventh none in pounds."""
    found: list[Json] = [{"price": money(price, "EUR")}]
    if number % 3 == 0:
        found = [
            {"price": money(price, "EUR"), "scope": "EUR_FR"},
            {"price": money(price * Decimal("1.04"), "EUR"), "scope": "EUR_DE"},
        ]
    if number % 11:
        found.append({"price": money(price * POUNDS, "GBP")})
    return found


def _discount_prices(number: int, price: Decimal, now: datetime) -> list[Json]:
    """Some that hold now, some to come, some over, some without an end."""
    days = {0: (-5, 9), 1: (10, 20), 2: (-40, -12), 3: (-3, None), 4: (None, None)}.get(number % 12)
    if days is None:
        return []
    reduced: Json = {"price": money(price * Decimal("0.80"), "EUR")}
    if number % 3 == 0:
        reduced["scope"] = "EUR_FR"
    for name, day in zip(("start_date", "end_date"), days, strict=True):
        if day is not None:
            reduced[name] = written(now + timedelta(days=day))
    return [reduced]


def _quantities(rng: Random, number: int) -> list[Json]:
    """One stock without a name, or several warehouses; now and then there is nothing left."""
    if number % 4:
        return [{"available_quantity": 0 if number % 9 == 0 else rng.randint(1, 180)}]
    return [{"available_quantity": rng.choice((0, 4, 25, 90)), "warehouse_code": code} for code in WAREHOUSES]


def _attributes(rng: Random, variant: Variant | None) -> list[Json]:
    weight = Decimal(rng.randint(120, 9800)) / 1000
    found: list[Json] = [
        {"id": "weight_kg", "name": "Weight (kg)", "type": "NUMERIC", "value": weight},
        {"id": "dishwasher_safe", "name": "Dishwasher safe", "type": "BOOLEAN", "value": rng.random() < 0.5},
    ]
    if variant in COLOURS:
        assert variant is not None
        found.append({"id": "colour", "name": "Colour", "type": "STRING", "value": variant.titles[0]})
    return found
