"""Hostile and friendly calls made up by schemathesis from the official contract; the judge says which are which."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from openapi_core.exceptions import OpenAPIError
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig, SchemathesisConfig
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation, BaseSchema

from tests.contract.judge import Judge
from tests.contract.recording import Exchange
from tests.contract.tally import TALLY

SEED = 20
COVERING = 200  # cases at the boundaries of the schemas, for each operation
FUZZING = 40  # of each kind, good and bad
LEAST = 10  # cases of each operation, whatever the time
MOST_SECONDS = 150.0  # for all operations together, so that a slow machine ends as well
REFUSALS = {400, 401, 403, 404, 405, 411, 413, 415, 429}
Endpoint = APIOperation[Any, Any, Any, Any]
Ground = Callable[[Case[Any]], None]


@dataclass
class Attacker:
    """`left` operations share the time until `ends_at`; what one leaves over is for the others."""

    judge: Judge
    base_url: str
    headers: dict[str, str]
    exchanges: list[Exchange]
    ends_at: float
    left: int

    def __post_init__(self) -> None:
        config = SchemathesisConfig(seed=SEED)
        config.projects.default.generation = GenerationConfig(with_security_parameters=False, database="none")
        self._config = config.projects.default.generation
        self._schema = schemathesis.openapi.from_dict(deepcopy(self.judge.contract), config=config)
        self._session = requests.Session()
        self._session.trust_env = False

    def attack(self, operation_id: str, ground: Ground) -> list[str]:
        """What went wrong, each with the call that it was. `ground` puts what exists in place of what was made up."""
        operation = _find(self._schema, operation_id)
        findings: list[str] = []
        self._operation_ends_at = time.monotonic() + (self.ends_at - time.monotonic()) / max(self.left, 1)
        self.left -= 1
        for position, case in enumerate(self._covering(operation)):
            if position == COVERING:
                break
            findings += self._try(operation_id, case, ground)
        for mode in GenerationMode:
            findings += self._fuzzed(operation_id, operation, mode, ground)
        TALLY.attack(operation_id).failures += len(findings)
        return findings

    def close(self) -> None:
        self._session.close()

    def _covering(self, operation: Endpoint) -> Iterator[Case[Any]]:
        modes = list(GenerationMode)
        return self._schema.iter_coverage_cases(operation, generation_modes=modes, generation_config=self._config)

    def _fuzzed(self, operation_id: str, operation: Endpoint, mode: GenerationMode, ground: Ground) -> list[str]:
        findings: list[str] = []

        @seed(SEED)
        @settings(
            max_examples=FUZZING,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def fuzz(case: Case[Any]) -> None:
            findings.extend(self._try(operation_id, case, ground))

        try:
            fuzz()
        except Unsatisfiable:  # where nothing in a request can be wrong
            if mode is GenerationMode.POSITIVE:
                raise
        return findings

    def _try(self, operation_id: str, case: Case[Any], ground: Ground) -> list[str]:
        if time.monotonic() > self._operation_ends_at and TALLY.attack(operation_id).cases >= LEAST:
            return []
        ground(case)
        self.exchanges.clear()
        answer = case.call(base_url=self.base_url, session=self._session, headers=self.headers)
        TALLY.attack(operation_id).cases += 1
        if not self.exchanges:  # an id such as ".." led out of the paths of Connect
            return [] if answer.status_code == 404 else [f"answered {answer.status_code} to {answer.request.url}"]
        return [f"{fault}: {told(self.exchanges[-1])}" for fault in self._faults(self.exchanges[-1])]

    def _faults(self, exchange: Exchange) -> Iterator[str]:
        if exchange.status >= 300 and exchange.status not in REFUSALS:
            yield f"answered {exchange.status}"
        try:
            self.judge.answer(exchange)
        except OpenAPIError as error:
            yield f"wrong answer {error}"
            return
        why = self.judge.forbids(exchange)
        if why and exchange.status < 300:
            yield f"accepted although {why}"
        if not why and exchange.status >= 300:
            yield "refused"


def told(exchange: Exchange) -> str:
    path = f"{exchange.path}?{exchange.query}".rstrip("?")
    sent = exchange.sent[:600].decode(errors="backslashreplace")
    said = exchange.body[:300].decode(errors="backslashreplace")
    return f"{exchange.method} {path} {exchange.headers.get('Content-Type', '')} {sent!r} -> {exchange.status} {said}"


def _find(schema: BaseSchema, operation_id: str) -> Endpoint:
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if operation.definition.raw["operationId"] == operation_id:
            return operation
    raise LookupError(operation_id)
