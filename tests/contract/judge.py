"""The official contract of Connect as a judge of requests, answers and error envelopes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Iterable
from copy import deepcopy
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from werkzeug.datastructures import MultiDict

from tests.contract import archives, multiparts, prose, rules
from tests.contract.contradictions import Json, corrected, objects_in
from tests.contract.recording import Exchange
from tests.contract.strict import strict_json
from tests.contract.tally import TALLY

MOUNT, HOST, BASE = "/connect", "https://miraklconnect.com", "/api"
MULTIPART, ARCHIVE = "multipart/form-data", "application/zip"
METHODS = ("get", "put", "post", "delete", "patch")

_checker = deepcopy(oas31_format_checker)
for _name, _test in rules.FORMATS.items():
    _checker.checks(_name)(_test)


class NotOfTheContractError(OpenAPIError):
    """What openapi-core does not look at."""


class NoEnvelopeError(NotOfTheContractError):
    """A refusal whose body is not the documented one."""


class Judge:
    """Says what is wrong with an exchange: raises OpenAPIError, else counts it for the table at the end.

    `contract` is the official one with its contradictions put right and the enumerations of its words written in.
    """

    def __init__(self, official: Json) -> None:
        self.official = official
        self.contract = deepcopy(official)
        corrected(self.contract)
        prose.with_formats(self.contract)
        self._api = _opened(self.contract)
        self.enumerations = prose.with_enumerations(self.contract)
        self.operations = {
            operation["operationId"]: operation
            for methods in self.contract["paths"].values()
            for method, operation in methods.items()
            if method in METHODS
        }
        self._routes = sorted(_routes(self.contract), key=lambda route: route[0])

    def operation_id(self, exchange: Exchange) -> str:
        return self._found(exchange)[0]

    def request(self, exchange: Exchange, *, whose: Literal["ours", "anybody's"] = "ours") -> None:
        """Of ours more is wanted: only parameters that the contract names, moments in UTC, files with a name."""
        operation_id, _ = self._found(exchange)
        _judged(self._api.validate_request, _request(exchange))
        faults = self._query_faults(operation_id, _query(exchange), whose)
        body: Any = None
        if "requestBody" not in self.operations[operation_id]:
            faults += ["a body, where none is described"] if exchange.sent else []
        elif media := self._media_of_parts(operation_id):
            faults += self._part_faults(operation_id, media, exchange, whose)
        else:
            schema, body = self.sent_schema(operation_id), _json(exchange.sent)
            faults += self.faults(schema, body)
            if whose == "ours":
                faults += rules.moment_faults(self.contract, schema, body)
        _raise(faults)
        asked = rules.Asked(_query(exchange), exchange.headers, body)
        faults = rules.rule_faults(operation_id, asked, whose=whose)
        _raise(faults)
        TALLY.request(operation_id)

    def forbids(self, exchange: Exchange) -> str:
        """Why the contract forbids the request to anybody; empty where it does not. Not counted."""
        try:
            with TALLY.silent():
                self.request(exchange, whose="anybody's")
        except OpenAPIError as error:
            return str(error) or type(error).__name__
        return ""

    def answer(self, exchange: Exchange, *, new_words: Container[str] = ()) -> None:
        """A status that the operation does not declare conforms by carrying the error envelope.

        `new_words`: what the sandbox was made to say although no enumeration has it.
        """
        if exchange.status >= 300:
            self._envelope(exchange)
            if exchange.status not in (404, 405) or self._is_operation(exchange):
                TALLY.error(self.operation_id(exchange))
            return
        operation_id, record_id = self._found(exchange)
        answer = MockResponse(
            exchange.body, exchange.status, content_type=exchange.answer_headers.get("Content-Type", "")
        )
        _judged(self._api.validate_response, _request(exchange), answer)
        content = self.operations[operation_id]["responses"][str(exchange.status)].get("content", {})
        if not content:
            _raise(["a body, where none is described"] if exchange.body else [])
        elif ARCHIVE in content:
            headers, body = exchange.answer_headers, exchange.body
            _raise(archives.faults(self.official, operation_id, record_id, headers, body))
        else:
            body = _json(exchange.body)
            faults = self.faults(self.answered_schema(operation_id, exchange.status), body, new_words=new_words)
            _raise([*faults, *rules.order_faults(operation_id, body)])
        TALLY.answer(operation_id)

    def faults(self, schema: Json, value: Any, *, new_words: Container[str] = ()) -> list[str]:
        """What is wrong with a value by a schema of the contract."""
        validator = OAS31Validator({**schema, "components": self.contract["components"]}, format_checker=_checker)
        return [
            f"{error.json_path}: {error.message[:200]}"
            for error in validator.iter_errors(value)
            if not (error.validator == "enum" and error.instance in new_words)
        ]

    def schema(self, name: str) -> Json:
        return {"$ref": f"#/components/schemas/{name}"}

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
            folded = {**other, **folded}
        return folded

    def sent_schema(self, operation_id: str) -> Json:
        """Of a JSON body."""
        found: Json = self.operations[operation_id]["requestBody"]["content"]["application/json"]["schema"]
        return found

    def answered_schema(self, operation_id: str, status: int) -> Json:
        """Of a JSON answer."""
        responses = self.operations[operation_id]["responses"]
        found: Json = responses[str(status)]["content"]["application/json"]["schema"]
        return found

    def query(self, exchange: Exchange) -> MultiDict[str, str]:
        return _query(exchange)

    def documents(self, exchange: Exchange) -> list[tuple[Json, Any]]:
        """The JSON documents of a request, each with its schema."""
        operation_id = self.operation_id(exchange)
        if "requestBody" not in self.operations[operation_id]:
            return []
        media = self._media_of_parts(operation_id)
        if media is None:
            return [(self.sent_schema(operation_id), _json(exchange.sent))]
        parts = multiparts.split(exchange.headers["Content-Type"], exchange.sent)
        schemas = media["schema"]["properties"]
        return [(schemas[one.name], _json(one.content)) for one in parts if one.name not in ("file", "files")]

    def success(self, operation_id: str) -> int:
        [status] = [int(status) for status in self.operations[operation_id]["responses"] if status.startswith("2")]
        return status

    def _found(self, exchange: Exchange) -> tuple[str, str]:
        """The operation, and the last id in the path."""
        segments = (BASE + exchange.path.removeprefix(MOUNT)).removeprefix(BASE).split("/")
        for literals, method, pattern, operation_id in self._routes:
            if method == exchange.method.lower() and len(pattern) == len(segments):
                pairs = list(zip(pattern, segments, strict=True))
                if all(wanted.startswith("{") or wanted == segment for wanted, segment in pairs):
                    ids = [unquote(segment) for wanted, segment in pairs if wanted.startswith("{")]
                    assert len(ids) == sum(literals)
                    return operation_id, ids[-1] if ids else ""
        raise NotOfTheContractError(f"{exchange.method} {exchange.path} is no operation")

    def _is_operation(self, exchange: Exchange) -> bool:
        try:
            self._found(exchange)
        except NotOfTheContractError:
            return False
        return True

    def _query_faults(self, operation_id: str, query: MultiDict[str, str], whose: str) -> list[str]:
        declared = {
            one["name"]: one["schema"]
            for one in self.operations[operation_id].get("parameters", [])
            if one["in"] == "query"
        }
        unknown = query.keys() - declared.keys() if whose == "ours" else set()
        faults = [f"the parameter {name!r} is not of the contract" for name in unknown]
        single = [name for name in query.keys() & declared.keys() if declared[name]["type"] != "array"]
        return faults + [f"{name} is given twice" for name in single if len(query.getlist(name)) > 1]

    def _media_of_parts(self, operation_id: str) -> Json | None:
        found: Json | None = self.operations[operation_id]["requestBody"]["content"].get(MULTIPART)
        return found

    def _part_faults(self, operation_id: str, media: Json, exchange: Exchange, whose: str) -> list[str]:
        try:
            parts = multiparts.split(exchange.headers.get("Content-Type", ""), exchange.sent)
        except ValueError as error:
            return [str(error)]
        faults = multiparts.faults(media, parts, self.faults)
        faults += multiparts.nameless(media, parts) if whose == "ours" else []
        if operation_id == "v2-uploadOrderDocument":
            faults += rules.upload_faults(self.official, parts)
        return faults

    def _envelope(self, exchange: Exchange) -> None:
        content_type = exchange.answer_headers.get("Content-Type", "")
        faults = [] if content_type == "application/json" else [f"the content type is {content_type!r}"]
        try:
            faults += self.faults(self.schema("Error"), strict_json(exchange.body))
        except ValueError as error:
            faults.append(str(error))
        if faults:
            raise NoEnvelopeError(faults)


def changed(exchange: Exchange, body: Any) -> Exchange:
    """The exchange with another answer."""
    return Exchange(**{**vars(exchange), "body": json.dumps(body).encode()})


def conforms(judge: Judge, exchange: Exchange) -> bool:
    """Whether its answer is one of the contract; not counted."""
    with TALLY.silent():
        try:
            judge.answer(exchange)
        except OpenAPIError:
            return False
        return True


def may_be_asked(judge: Judge, exchange: Exchange) -> bool:
    """Whether its request is one of the contract; not counted."""
    with TALLY.silent():
        try:
            judge.request(exchange)
        except OpenAPIError:
            return False
        return True


def _routes(contract: Json) -> Iterable[tuple[list[bool], str, list[str], str]]:
    for path, methods in contract["paths"].items():
        segments = path.split("/")
        for method, operation in methods.items():
            if method in METHODS:
                yield [one.startswith("{") for one in segments], method, segments, operation["operationId"]


def _opened(contract: Json) -> OpenAPI:
    """openapi-core, but for the parts of multipart bodies and for archives, which it cannot judge to the end."""
    contract = deepcopy(contract)
    for one in objects_in(contract):
        if MULTIPART in one.get("requestBody", {}).get("content", {}):
            del one["requestBody"]
        if ARCHIVE in one:
            one[ARCHIVE] = {}
        if one.get("deprecated") is True:  # it would warn of each use
            del one["deprecated"]
    config = Config(extra_format_validators=rules.FORMATS)
    return OpenAPI.from_dict(contract, config=config)


def _judged(validate: Callable[..., None], *messages: Any) -> None:
    """As openapi-core judges, without its habit of repeating the whole message."""
    try:
        validate(*messages)
    except OpenAPIError as error:
        why = error.__cause__ or error
        details = [one.message[:200] for one in getattr(why, "schema_errors", [])]
        raise NotOfTheContractError(type(why).__name__, *details) from None


def _query(exchange: Exchange) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(exchange.query, keep_blank_values=True))


def _request(exchange: Exchange) -> MockRequest:
    return MockRequest(
        HOST,
        exchange.method.lower(),
        BASE + exchange.path.removeprefix(MOUNT),
        args=_query(exchange),
        headers=dict(exchange.headers),
        data=exchange.sent,
        content_type=re.sub(r";.*", "", exchange.headers.get("Content-Type", "")),
    )


def _json(body: bytes) -> Any:
    try:
        return strict_json(body)
    except ValueError as error:
        raise NotOfTheContractError(str(error)) from None


def _raise(faults: Iterable[str]) -> None:
    found = list(faults)
    if found:
        raise NotOfTheContractError(found)
