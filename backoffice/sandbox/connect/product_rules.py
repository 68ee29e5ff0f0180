"""What a product may look like (domain.md §1.3, table of upsertProducts)."""

from __future__ import annotations

from typing import Any

from backoffice.sandbox.connect.rules import (
    MONEY,
    Faults,
    Rule,
    anything,
    boolean,
    fields,
    moment_in_utc,
    number,
    or_null,
    several,
    text,
)

BILLION = 10**9
ATTRIBUTE_VALUES: dict[str, Rule] = {
    "STRING": text(most=2000),
    "NUMERIC": number(-BILLION, BILLION),
    "BOOLEAN": boolean,
}


def attribute(where: str, value: Any, faults: Faults) -> Any:
    kind = value.get("type") if isinstance(value, dict) else None
    rule = ATTRIBUTE_VALUES.get(kind) if isinstance(kind, str) else None
    if isinstance(value, dict) and rule is None:
        faults[f"{where}.type"] = f"One of {', '.join(ATTRIBUTE_VALUES)} is required."
    name = text(least=1, most=255)
    return fields({"id": name, "name": name, "type": anything, "value": rule or anything})(where, value, faults)


def _translated(most: int) -> Rule:
    locale = text(like="[a-z]{2,3}(_[A-Z]{2,3})?", says="A locale is required, such as en or en_US.")
    return fields({"locale": locale, "value": text(most=most)})


_ID = text(least=1, most=256)
_GTIN = text(like="[0-9]{8}|[0-9]{12,13}", says="A GTIN has 8, 12 or 13 digits.")
_IMAGE = text(like="https?://.*", says="An address that begins with http:// or https:// is required.")
_SCOPE = {"scope": or_null(text(most=255))}
_PERIOD = {"start_date": or_null(moment_in_utc), "end_date": or_null(moment_in_utc)}
_AVAILABLE = number(0, BILLION, whole=True)
_CATEGORY = fields(
    {"labels": several(_translated(255))},
    {"id": or_null(text(least=1, most=255))},
)

IDENTIFIER = fields({"id": _ID})
PRODUCT = fields(
    {"id": _ID},
    {
        "gtins": several(fields({"value": _GTIN}), most=10),
        "titles": or_null(several(_translated(255), most=10)),
        "descriptions": or_null(several(_translated(6000), most=10)),
        "images": or_null(several(fields({"url": _IMAGE}), most=15)),
        "brand": or_null(text(most=255)),
        "category": or_null(_CATEGORY),
        "standard_prices": several(fields({"price": MONEY}, _SCOPE), least=1, most=10),
        "discount_prices": or_null(several(fields({"price": MONEY}, _SCOPE | _PERIOD), most=10)),
        "quantities": several(
            fields({"available_quantity": _AVAILABLE}, {"warehouse_code": text(least=1)}), least=1, most=20
        ),
        "partner_quantities": several(
            fields({"available_quantity": _AVAILABLE, "partner_id": text()}), least=1, most=20
        ),
        "attributes": or_null(several(attribute, most=1000)),
    },
)
