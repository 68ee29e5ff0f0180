"""The official contract of Connect as a judge of requests, answers and error envelopes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qsl

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from werkzeug.datastructures import MultiDict

from tests.contract.recording import Exchange

Json = dict[str, Any]
MOUNT, HOST, BASE = "/connect", "https://miraklconnect.com", "/api"


class NoEnvelopeError(OpenAPIError):
    """A refusal whose body is not the documented one."""


class Judge:
    """Says what is wrong with an exchange; raises the validator's own errors.

    Three statements of the contract are put right first: a custom attribute's value is typed `object` but holds
    anything (it is judged by `attribute_faults`), some objects are not said to be objects, so that a list would do, and
    the document as a whole is not valid OpenAPI, so only messages are judged.
    """

    def __init__(self, contract: Json) -> None:
        self.contract = deepcopy(contract)
        del self.contract["components"]["schemas"]["CustomAttributeResponse"]["properties"]["value"]["type"]
        for schema in self.contract["components"]["schemas"].values():
            if "properties" in schema:
                schema.setdefault("type", "object")
        self._api = OpenAPI.from_dict(self.contract, config=Config(spec_validator_cls=None))

    def request(self, exchange: Exchange) -> None:
        self._api.validate_request(self._request(exchange))

    def answer(self, exchange: Exchange) -> None:
        """A status that the operation does not declare conforms by carrying the error envelope."""
        content_type = exchange.answer_headers["Content-Type"]
        if exchange.status < 300:
            answer = MockResponse(exchange.body, exchange.status, content_type=content_type)
            self._api.validate_response(self._request(exchange), answer)
        else:
            self._envelope(content_type, json.loads(exchange.body))

    def _envelope(self, content_type: str, body: Any) -> None:
        faults = [] if content_type == "application/json" else [content_type]
        faults += [error.message for error in self._schema("Error").iter_errors(body)]
        if faults:
            raise NoEnvelopeError(faults)

    def attribute_faults(self, attribute: Json) -> list[str]:
        """What is wrong with a custom attribute by the schema of its type."""
        schemas = self.contract["components"]["schemas"]
        reference = schemas["CustomAttributeResponse"]["discriminator"]["mapping"][attribute["type"]]
        return [error.message for error in self._schema(reference.rpartition("/")[2]).iter_errors(attribute)]

    def resolved(self, schema: Json) -> Json:
        """The schema with references followed and `allOf` folded into one."""
        if "$ref" in schema:
            found = self.contract
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return self.resolved(found)
        folded: Json = {**schema, "properties": dict(schema.get("properties", {}))}
        folded["required"] = list(schema.get("required", []))
        for part in schema.get("allOf", []):
            other = self.resolved(part)
            folded["properties"].update(other["properties"])
            folded["required"] += other["required"]
        return folded

    def _schema(self, name: str) -> Any:
        schema = {"$ref": f"#/components/schemas/{name}", "components": self.contract["components"]}
        return OAS31Validator(schema, format_checker=oas31_format_checker)

    def _request(self, exchange: Exchange) -> MockRequest:
        args: MultiDict[str, str] = MultiDict(parse_qsl(exchange.query, keep_blank_values=True))
        path = BASE + exchange.path.removeprefix(MOUNT)
        return MockRequest(
            HOST,
            exchange.method.lower(),
            path,
            args=args,
            headers=dict(exchange.headers),
            data=exchange.sent,
            content_type=exchange.headers.get("Content-Type", ""),
        )


def changed(exchange: Exchange, body: Any) -> Exchange:
    """The exchange with another answer."""
    return Exchange(**{**vars(exchange), "body": json.dumps(body).encode()})


def conforms(judge: Judge, exchange: Exchange) -> bool:
    """Whether its answer is one of the contract."""
    try:
        judge.answer(exchange)
    except OpenAPIError:
        return False
    return True


def mutations(judge: Judge, value: Any, schema: Json, where: str = "$") -> Iterator[tuple[str, Any]]:
    """Every way to break the value in one place: a required field dropped, a type changed. Yields place and message."""
    schema = judge.resolved(schema)
    for wrong in _wrong_values(schema):
        yield f"{where} = {wrong!r}", wrong
    if isinstance(value, dict):
        for name in schema["required"]:
            yield f"{where} without {name}", {key: item for key, item in value.items() if key != name}
        for name in value.keys() & schema["properties"].keys():
            for place, broken in mutations(judge, value[name], schema["properties"][name], f"{where}.{name}"):
                yield place, {**value, name: broken}
    if isinstance(value, list) and value:
        for place, broken in mutations(judge, value[0], schema["items"], f"{where}[0]"):
            yield place, [broken, *value[1:]]


def _wrong_values(schema: Json) -> list[Any]:
    kind = schema.get("type", "object" if schema["properties"] else None)
    wrong: dict[str | None, list[Any]] = {
        "string": [7, None],
        "integer": ["seven", 1.5, None],
        "number": ["1.50", None],
        "boolean": ["true", None],
        "array": [{}, None],
        "object": [[], None],
        None: [],
    }
    extra: list[Any] = ["yesterday", "2026-01-31"] if schema.get("format") == "date-time" else []
    extra += [-1] if schema.get("minimum") == 0 else []
    extra += [""] if schema.get("minLength") else []
    return wrong[kind] + extra
