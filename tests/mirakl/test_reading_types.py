"""What we read besides orders: tolerant in the same way, and with every field that the contract has."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from backoffice.mirakl import reading
from backoffice.mirakl.connect import types
from backoffice.mirakl.connect.types import read
from backoffice.mirakl.errors import Unreadable

NOW = "2026-02-03T04:05:06Z"
MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
BARE: list[tuple[Any, dict[str, Any]]] = [
    (types.Return, {"id": "1"}),
    (types.OrderDocument, {"id": "1", "updated_at": NOW}),
    (types.Conversation, {"id": "1", "updated_at": NOW}),
    (types.Message, {"id": "1", "created_at": NOW}),
    (types.ConversationActionStatus, {"status": "NEW"}),
    (types.CatalogProduct, {"id": "1"}),
]
each_type = pytest.mark.parametrize(("kind", "bare"), BARE, ids=[kind.__name__ for kind, _ in BARE])


def given(kind: Any, fields: dict[str, Any]) -> Any:
    return read(json.dumps(fields).encode(), kind)


@each_type
def test_missing_null_and_unknown_fields_are_fine(kind: Any, bare: dict[str, Any]) -> None:
    rest = [name for name in kind.__struct_fields__ if name not in bare]

    plain = given(kind, bare)

    assert given(kind, {**bare, **dict.fromkeys(rest)}) == plain
    assert given(kind, {"new": [1, {"a": None}], **bare}) == plain


@each_type
def test_what_identifies_a_record_must_be_there(kind: Any, bare: dict[str, Any]) -> None:
    for name in bare:
        with pytest.raises(Unreadable, match=f"{name}: it is missing"):
            given(kind, {**bare, name: None})


RETURN = {
    "id": 70885,
    "order_id": "O",
    "status": "TELEPORTED",
    "origin": {"channel_id": "7", "channel_type": "AGENTIC"},
    "created_at": NOW,
    "channel_updated_at": NOW,
    "return_lines": [{"order_line_id": "L", "quantity": "2", "reason": "NEW", "product_id": 5}, None],
    "tracking": {"carrier_name": "C", "tracking_url": None},
    "address": {"street": "S", "city": "C", "country_iso_code": "FRA"},
}


def test_return_is_read() -> None:
    assert given(types.Return, RETURN) == types.Return(
        id="70885",
        order_id="O",
        status="TELEPORTED",
        origin=types.Origin(channel_id="7"),
        created_at=MOMENT,
        channel_updated_at=MOMENT,
        return_lines=[types.ReturnLine(order_line_id="L", quantity=2, reason="NEW", product_id="5")],
        tracking=types.ReturnTracking(carrier_name="C"),
        address=types.ReturnAddress(street="S", city="C", country_iso_code="FRA"),
    )


def test_conversation_of_an_order_that_connect_does_not_know_is_read() -> None:
    fields = {
        "id": "C",
        "updated_at": NOW,
        "entity": {"type": "ORDER", "id": None, "channel_entity_id": "X-1"},
        "participants": [{"type": "CUSTOMER", "id": None, "name": "Carla"}],
        "anonymized_at": "2026-02-03T04:05:06.000Z",
    }

    assert given(types.Conversation, fields) == types.Conversation(
        id="C",
        updated_at=MOMENT,
        entity=types.ConversationEntity(type="ORDER", channel_entity_id="X-1"),
        participants=[types.ConversationParticipant(type="CUSTOMER", name="Carla")],
        anonymized_at=MOMENT,
    )


@pytest.mark.parametrize(
    ("visible", "read_as"), [({}, None), ({"visible_to_customer": None}, None), ({"visible_to_customer": False}, False)]
)
def test_message_that_does_not_say_who_sees_it_is_not_taken_for_hidden(
    visible: dict[str, Any], read_as: bool | None
) -> None:
    fields = {"id": "M", "created_at": NOW, "attachments": [{"id": "A", "size_in_bytes": 2**40}], **visible}

    assert given(types.Message, fields) == types.Message(
        id="M",
        created_at=MOMENT,
        visible_to_customer=read_as,
        attachments=[types.MessageAttachment(id="A", size_in_bytes=2**40)],
    )


def test_product_keeps_its_amounts_exactly() -> None:
    raw = b"""{"id":"A","brand":null,"titles":null,"category":{"labels":[{"locale":"en","value":"Lamps"}],"id":null},
        "standard_prices":[{"price":{"amount":1349.10,"currency":"EUR"},"scope":null}],
        "discount_prices":[{"price":{"amount":"0.10","currency":"EUR"},"end_date":"2026-02-03T04:05:06Z"}],
        "attributes":[{"type":"NUMERIC","value":6.010},{"type":"STRING","value":"6.010"},{"type":"BOOLEAN","value":true}]}"""

    assert read(raw, types.CatalogProduct) == types.CatalogProduct(
        id="A",
        category=types.Category(labels=[types.LocalisedText("en", "Lamps")]),
        standard_prices=[types.StandardPrice(types.Money(Decimal("1349.10"), "EUR"))],
        discount_prices=[types.DiscountPrice(types.Money(Decimal("0.10"), "EUR"), end_date=MOMENT)],
        attributes=[
            types.Attribute(type="NUMERIC", value=Decimal("6.010")),
            types.Attribute(type="STRING", value="6.010"),
            types.Attribute(type="BOOLEAN", value=True),
        ],
    )


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    folder = os.environ.get("MIRAKL_SPECS")
    if not folder:
        pytest.skip("MIRAKL_SPECS names no folder with the official contracts.")
    text = (Path(folder) / "mirakl-connect-openapi.yaml").read_text(encoding="utf-8")
    contract = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 -- both are safe loaders
    found: dict[str, Any] = contract["components"]["schemas"]
    return found


@pytest.mark.contract
@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (types.Return, "ReturnResponse"),
        (types.OrderDocument, "OrderDocumentResponse"),
        (types.Conversation, "ConversationResponse"),
        (types.Message, "MessageResponse"),
        (types.ConversationActionStatus, "ConversationActionStatusResponse"),
        (types.CatalogProduct, "Product"),
    ],
)
def test_every_field_of_the_contract_is_read(kind: Any, schema: str, schemas: dict[str, Any]) -> None:
    example = filled({"$ref": f"#/components/schemas/{schema}"}, schemas)

    whole = given(kind, example)

    assert names(whole) == names(example)
    assert reading._read_slowly(json.dumps(example).encode(), kind) == whole


def filled(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value with every field that a schema has."""
    if "$ref" in schema:
        return filled(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "oneOf" in schema:
        return filled(schema["oneOf"][0], schemas)
    fields = dict(schema.get("properties", {}))
    for part in schema.get("allOf", ()):
        own = schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        fields |= own.get("properties", {})
    if fields:
        return {name: filled(field, schemas) for name, field in fields.items()}
    if "items" in schema:
        return [filled(schema["items"], schemas)]
    kind = schema["type"][0] if isinstance(schema["type"], list) else schema["type"]
    if schema.get("format", "").replace("-", "") == "datetime":
        return NOW
    return {"string": "x", "integer": 3, "number": 3, "boolean": True, "object": "anything"}[kind]


def names(value: Any) -> Any:
    """Which fields have a value, at every depth."""
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {name: names(one) for name, one in value.items() if one not in (None, "", [], 0)}
    return [names(one) for one in value] if isinstance(value, list) else "a value"
