from __future__ import annotations

import inspect
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

CONNECT = list(operations.OPERATIONS.values())
AREAS = Connect.__bases__  # one class for each area; what they share has no operation of its own


@pytest.fixture(scope="module")
def official() -> dict[str, dict[str, Any]]:
    """The operations of the official contracts by their id."""
    folder = os.environ.get("MIRAKL_SPECS")
    if not folder:
        pytest.skip("MIRAKL_SPECS names no folder with the official contracts.")
    entries = json.loads((Path(folder) / "operations.json").read_text())
    return {entry["id"]: entry for entry in entries if entry["family"] == "connect"}


def test_methods_and_operations_are_the_same_set() -> None:
    methods = [name for area in AREAS for name in vars(area) if not name.startswith("_")]

    assert len(methods) == len(set(methods))
    assert set(methods) == {operation.name for operation in CONNECT}
    assert len({operation.name for operation in CONNECT}) == len(CONNECT)


@pytest.mark.parametrize("operation", CONNECT, ids=lambda operation: operation.id)
def test_method_names_its_operation_and_asks_for_every_part_of_its_address(operation: Operation) -> None:
    method = getattr(Connect, operation.name)

    needed = set(re.findall(r"{(\w+)}", operation.path))
    asked = {re.sub(r"(?=[A-Z])", "_", name).lower() for name in needed}
    assert f"`{operation.id}`" in (method.__doc__ or "")
    assert asked <= inspect.signature(method).parameters.keys()
    assert operation.pace is None or not operation.pace.per or operation.pace.per in needed


def test_method_is_named_after_its_operation() -> None:
    names = {operation.id: operation.name for operation in CONNECT}

    assert names["v2-listOrders"] == "list_orders"
    assert names["listOrders"] == "list_orders_v1"
    assert names["v2-getOrderTracking"] == "get_order_tracking_v1"
    assert names["getConversationActionStatus"] == "get_conversation_action_status"


def test_only_what_reads_is_ever_sent_again() -> None:
    assert {operation.id for operation in CONNECT if operation.repeatable} == {
        operation.id for operation in CONNECT if operation.method == "GET"
    }


@pytest.mark.contract
def test_operations_are_those_of_the_official_contract(official: dict[str, dict[str, Any]]) -> None:
    assert operations.OPERATIONS.keys() == official.keys()


@pytest.mark.contract
@pytest.mark.parametrize("operation", CONNECT, ids=lambda operation: operation.id)
def test_operation_agrees_with_the_official_contract(operation: Operation, official: dict[str, dict[str, Any]]) -> None:
    entry = official[operation.id]

    assert (operation.family, operation.method, operation.path) == (entry["family"], entry["method"], entry["path"])
    assert operation.pace == published_pace(entry["max_frequency"].lower())
    assert operation.deprecated == entry["deprecated"]
    assert (operation.outcome is not Outcome.NOW) == entry["async"]


def published_pace(text: str) -> Pace | None:
    """In the words of the contract: "Once per minute", "Asynchronous: once per minute per action ID", others."""
    if "once per minute" not in text:
        return None
    found = re.search(r"per (action|tracking) id", text)
    return Pace(calls=1, seconds=60, per=f"{found[1]}_id" if found else "")


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
