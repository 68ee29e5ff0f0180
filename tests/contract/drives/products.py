"""What is asked about products, and done to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from backoffice.mirakl.connect.inputs import products
from backoffice.mirakl.limits import Amount
from tests.contract.drives.drive import NOON, PAST, Drive, contains, rows
from tests.contract.stage import Stage

WHOLE = products.Product(
    id="NEW/é 1",
    gtins=[products.Gtin(value="12345670")],
    titles=[products.Title(locale="fr_FR", value="Théière")],
    descriptions=[products.Description(locale="fr", value="<p>Ronde</p>")],
    images=[products.Image(url="https://images.example/1.jpg")],
    brand="Northwind",
    category=products.Category(id="C-1", labels=[products.Title(locale="en_GB", value="Tea")]),
    standard_prices=[products.StandardPrice(price=Amount(amount=Decimal("19.90"), currency="EUR"), scope="FR")],
    discount_prices=[
        products.DiscountPrice(
            price=Amount(amount=Decimal("9.9"), currency="EUR"), scope="FR", start_date=PAST, end_date=NOON
        )
    ],
    quantities=[products.Quantity(available_quantity=7, warehouse_code="W")],
    partner_quantities=[products.PartnerQuantity(available_quantity=0, partner_id="P")],
    attributes=[
        products.AttributeString(id="colour", name="Colour", value="blue"),
        products.AttributeNumeric(id="volume", name="Volume", value=Decimal("1.25")),
        products.AttributeBoolean(id="lid", name="With a lid", value=True),
    ],
)
CLEARED = products.Product(id="OLD-1", brand=None, titles=None, category=None, images=None, attributes=None)


def _whole(stage: Stage, result: Any) -> None:
    found = stage.products()
    new = found["NEW/é 1"]
    assert (new["brand"], new["standard_prices"][0]["price"]["amount"]) == ("Northwind", 19.9)
    assert [one["value"] for one in new["attributes"]] == ["blue", 1.25, True]
    assert not found["OLD-1"].get("brand")


def _bare(stage: Stage, result: Any) -> None:
    assert stage.products().keys() == {"NEW-1", "OLD-1"}


def _deleted(stage: Stage, result: Any) -> None:
    assert stage.products() == {}


PRODUCT_DRIVES = (
    Drive(
        "listProducts",
        "least",
        lambda api, ids: rows(api.list_products()),
        lambda stage, result: contains(result, "OLD-1"),
    ),
    Drive(
        "listProducts",
        "everything",
        lambda api, ids: rows(api.list_products(limit=1)),
        lambda stage, result: contains(result, "OLD-1"),
    ),
    Drive("upsertProducts", "least", lambda api, ids: api.upsert_products([products.Product(id="NEW-1")]), _bare),
    Drive("upsertProducts", "everything", lambda api, ids: api.upsert_products([WHOLE, CLEARED]), _whole),
    Drive("deleteProducts", "least", lambda api, ids: api.delete_products(["OLD-1", "unknown"]), _deleted),
)
