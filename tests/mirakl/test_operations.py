from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from backoffice.mirakl import Connect
from backoffice.mirakl.connect import operations
from backoffice.mirakl.operations import Operation, Outcome, Pace
from backoffice.mirakl.transport import fill

CONNECT = [value for value in vars(operations).values() if isinstance(value, Operation)]


@pytest.fixture(scope="module")
def official() -> dict[str, dict[str, Any]]:
    """The operations of the official contracts by their id."""
    folder = os.environ.get("MIRAKL_SPECS")
    if not folder:
        pytest.skip("MIRAKL_SPECS names no folder with the official contracts.")
    entries = json.loads((Path(folder) / "operations.json").read_text())
    return {entry["id"]: entry for entry in entries if entry["family"] == "connect"}


@pytest.mark.parametrize("operation", CONNECT, ids=lambda operation: operation.id)
def test_operation_has_a_method_of_its_name(operation: Operation) -> None:
    name = re.sub(r"(?=[A-Z])", "_", operation.id.removeprefix("v2-")).lower()

    assert callable(getattr(Connect, name))


@pytest.mark.contract
@pytest.mark.parametrize("operation", CONNECT, ids=lambda operation: operation.id)
def test_operation_agrees_with_the_official_contract(operation: Operation, official: dict[str, dict[str, Any]]) -> None:
    entry = official[operation.id]

    assert (operation.family, operation.method, operation.path) == (entry["family"], entry["method"], entry["path"])
    assert operation.pace == published_pace(entry["max_frequency"].lower())
    assert (operation.outcome is Outcome.TRACKED) == entry["async"]


def published_pace(text: str) -> Pace | None:
    """In the words of the contract: "Once per minute", "Asynchronous: once per minute per action ID", others."""
    if "once per minute" not in text:
        return None
    return Pace(calls=1, seconds=60, per="action_id" if "per action id" in text else "")


def test_pace_is_an_interval() -> None:
    assert Pace(calls=4, seconds=60).interval == 15


def test_path_is_filled_with_encoded_segments() -> None:
    path = fill("/v2/orders/{order_id}/documents/{name}", {"order_id": "0002_a/b?c#d", "name": "é ü%2F"})

    assert path == "/v2/orders/0002_a%2Fb%3Fc%23d/documents/%C3%A9%20%C3%BC%252F"
    assert requests.Request("GET", f"https://api.test{path}").prepare().url == f"https://api.test{path}"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_path_that_would_lead_elsewhere_is_a_value_error(value: str) -> None:
    with pytest.raises(ValueError, match="cannot be a part of an address"):
        fill("/v2/orders/{order_id}", {"order_id": value})
