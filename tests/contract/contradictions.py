"""Where the official contract of Connect contradicts itself, or says too little to be judged by: each with its reason.

The judge and the attack apply exactly these to their copy of the contract, in this order, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Contradiction:
    """`said` names the statements that cannot both hold, `read` what is judged instead, and why."""

    name: str
    said: str
    read: str
    put_right: Callable[[Json], None]


def corrected(contract: Json) -> None:
    """Puts right, in place, what cannot be judged as it stands."""
    for contradiction in CONTRADICTIONS:
        contradiction.put_right(contract)


def objects_in(value: Any) -> Iterator[Json]:
    """Every object of the document, from the outside in."""
    if isinstance(value, dict):
        yield value
        for item in list(value.values()):
            yield from objects_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects_in(item)


def _schemas(contract: Json) -> Json:
    found: Json = contract["components"]["schemas"]
    return found


def _say_that_objects_are_objects(contract: Json) -> None:
    for schema in _schemas(contract).values():
        if "properties" in schema:
            schema.setdefault("type", "object")


def _judge_attributes_by_their_type(contract: Json) -> None:
    for name in ("CustomAttributeResponse", "Attribute"):
        schema = _schemas(contract)[name]
        del schema["properties"]["value"]["type"]
        mapping = schema.pop("discriminator")["mapping"]
        schema["allOf"] = [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": _own_part(_schemas(contract)[reference.rpartition("/")[2]]),
            }
            for kind, reference in mapping.items()
        ]


def _own_part(schema: Json) -> Json:
    """What a kind of attribute says besides being an attribute."""
    parts: list[Json] = [part for part in schema["allOf"] if "$ref" not in part]
    assert len(parts) == 1
    return parts[0]


NULLABLE = (
    ("ConversationParticipant", "id"),
    ("MessageSender", "id"),
    ("ConversationResponse", "entity", "id"),
    ("Fulfillment", "code"),
    ("OrderResponse", "anonymized_at"),
)


def _allow_the_nulls_of_the_prose(contract: Json) -> None:
    for name, *path in NULLABLE:
        schema = _schemas(contract)[name]
        for part in path:
            schema = schema["properties"][part]
        assert "null" in schema["description"].lower(), (name, *path)
        schema["type"] = [schema["type"], "null"]


def _read_datetime_as_date_time(contract: Json) -> None:
    for schema in objects_in(_schemas(contract)):
        if schema.get("format") == "datetime":
            schema["format"] = "date-time"


def _do_not_ask_for_the_date_beside_a_page_token(contract: Json) -> None:
    """The judge's own rule asks for one of the two."""
    parameters = contract["paths"]["/v2/orders/returns"]["get"]["parameters"]
    [parameter] = [one for one in parameters if one["name"] == "updated_from"]
    assert parameter["required"] is True
    parameter["required"] = False


def _ask_for_products(contract: Json) -> None:
    assert "required" not in _schemas(contract)["UpsertProductsRequest"]
    _schemas(contract)["UpsertProductsRequest"]["required"] = ["products"]


def _ask_for_a_line(contract: Json) -> None:
    for name, other in (("CancelRequest", "product_id"), ("RefundRequest", "product_id"), *_SHIPPED):
        schema = _schemas(contract)[name]
        assert not {"order_line_id", other} & set(schema["required"])
        schema["anyOf"] = [{"required": ["order_line_id"]}, {"required": [other]}]


_SHIPPED = (("CreateShipmentItemRequest", "id"),)


def _ask_for_an_item(contract: Json) -> None:
    for name in ("CreateShipmentRequest", "V2CreateShipmentRequest"):
        items = _schemas(contract)[name]["properties"]["items"]
        assert "minItems" not in items
        items["minItems"] = 1


IDS = (
    ("AcceptOrderLine", "id"),
    ("ActionItemRequest", "entity_id"),
    ("CreateConversationInput", "entity", "id"),
    ("UploadOrderDocumentMetadata", "entity", "id"),
)


def _ask_for_ids_that_name_something(contract: Json) -> None:
    for name, *path in IDS:
        schema = _schemas(contract)[name]
        for part in path:
            schema = schema["properties"][part]
        assert "minLength" not in schema
        schema["minLength"] = 1


def _let_the_content_type_of_a_part_count(contract: Json) -> None:
    for media in objects_in(contract["paths"]):
        encodings = media.get("encoding")
        for encoding in encodings.values() if isinstance(encodings, dict) else ():
            assert encoding.pop("style") == "form"


CONTRADICTIONS = (
    Contradiction(
        "objects",
        "Some schemas list properties and required ones, but do not say that they are objects.",
        "They are objects: else a list or a number would satisfy them.",
        _say_that_objects_are_objects,
    ),
    Contradiction(
        "attributes",
        "The value of an attribute is an object in CustomAttributeResponse and Attribute, while the schemas that their "
        "discriminators name, which include them, want a boolean, number, text, moment or list.",
        "The schema of its type decides; JSON Schema does not follow discriminators, so they become conditions.",
        _judge_attributes_by_their_type,
    ),
    Contradiction(
        "nulls",
        "The words say when a field is null, the schema lets it be a text only.",
        "Both: the field may be null or absent. Whoever reads has to take either.",
        _allow_the_nulls_of_the_prose,
    ),
    Contradiction(
        "datetime",
        "The dates of a discount have the format `datetime`, which there is not; the words want ISO 8601.",
        "It is `date-time`, as everywhere else.",
        _read_datetime_as_date_time,
    ),
    Contradiction(
        "returns by token",
        "v2-listReturns demands `updated_from`; the rules of paging say that beside `page_token` nothing counts.",
        "Either of the two is demanded.",
        _do_not_ask_for_the_date_beside_a_page_token,
    ),
    Contradiction(
        "products",
        "UpsertProductsRequest wants at least one product, but not the list that it would be in.",
        "The list is demanded: without it the call asks for nothing.",
        _ask_for_products,
    ),
    Contradiction(
        "lines",
        "What is cancelled, refunded or shipped is named by a line or by a product, and neither is demanded.",
        "One of them is demanded: an amount of no line cannot be cancelled.",
        _ask_for_a_line,
    ),
    Contradiction(
        "items",
        "A cancelation, a refund and an acceptance have at least one line; a shipment may be of nothing.",
        "At least one item is demanded.",
        _ask_for_an_item,
    ),
    Contradiction(
        "ids",
        "Some ids in bodies may be empty texts, though they are said to identify something.",
        "At least one character is demanded, as for the other ids.",
        _ask_for_ids_that_name_something,
    ),
    Contradiction(
        "parts",
        "The parts of a conversation and a message have a content type and a style; where a style is given, OpenAPI "
        "ignores the content type.",
        "The content type counts: the style `form` of a JSON document and of a file means nothing.",
        _let_the_content_type_of_a_part_count,
    ),
)
