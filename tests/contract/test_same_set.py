"""The official operations, our table, our methods and the sandbox's routes are the same set."""

from __future__ import annotations

import inspect
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.calls import Calls
from backoffice.mirakl.connect.operations import OPERATIONS as CLIENT
from backoffice.mirakl.operations import Outcome
from backoffice.sandbox.operations import OPERATIONS as SANDBOX
from tests.contract.judge import METHODS, MOUNT, Judge

pytestmark = pytest.mark.contract

Row = dict[str, Any]


@pytest.fixture
def wanted(judge: Judge) -> dict[str, Row]:
    """What `operations.json` and the contract itself say of each operation, by its id."""
    entries = json.loads((Path(os.environ["MIRAKL_SPECS"]) / "operations.json").read_text(encoding="utf-8"))
    official = {
        operation["operationId"]: {"method": method.upper(), "path": path, "operation": operation}
        for path, methods in judge.official["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }
    listed = {entry["id"]: entry for entry in entries if entry["family"] == "connect"}
    assert listed.keys() == official.keys()
    for operation_id, entry in listed.items():
        found = official[operation_id]
        assert (entry["method"], entry["path"]) == (found["method"], found["path"])
        assert entry["deprecated"] == found["operation"].get("deprecated", False)
        entry["scope"] = found["operation"]["security"][0]["Bearer"][0]
    return listed


def is_once_a_minute(entry: Row) -> bool:
    return "once per minute" in entry["max_frequency"].lower()


def counted_per(entry: Row) -> str:
    """The path parameter that a frequency is counted for: "per action ID" is for `action_id`."""
    found = re.search(r"per (action|tracking) id", entry["max_frequency"].lower())
    return f"{found[1]}_id" if found else ""


def test_our_table_is_the_official_one(wanted: dict[str, Row]) -> None:
    ours = {
        one.id: (
            one.family,
            one.method,
            one.path,
            one.deprecated,
            one.pace is not None,
            one.pace.per if one.pace else "",
            one.outcome is not Outcome.NOW,
            one.repeatable,
        )
        for one in CLIENT.values()
    }

    assert ours == {
        entry["id"]: (
            "connect",
            entry["method"],
            entry["path"],
            entry["deprecated"],
            is_once_a_minute(entry),
            counted_per(entry),
            entry["async"],
            entry["method"] == "GET",
        )
        for entry in wanted.values()
    }
    assert {(one.pace.calls, one.pace.seconds) for one in CLIENT.values() if one.pace} == {(1, 60)}


def test_our_methods_are_the_official_operations(wanted: dict[str, Row]) -> None:
    """Besides them a client has only what calls any operation by its id."""
    public = {name for name, _ in inspect.getmembers(Connect, inspect.isfunction) if not name.startswith("_")}
    methods = public - vars(Calls).keys()
    names = {re.sub(r"(?=[A-Z])", "_", one.removeprefix("v2-")).lower() for one in wanted if not is_old(wanted[one])}
    old = {re.sub(r"(?=[A-Z])", "_", one.removeprefix("v2-")).lower() + "_v1" for one in wanted if is_old(wanted[one])}

    assert methods == names | old
    assert len(methods) == 28


def is_old(entry: Row) -> bool:
    return bool(entry["deprecated"])


def test_routes_of_the_sandbox_are_the_official_ones(wanted: dict[str, Row]) -> None:
    routes = {one.id: (one.method, one.path, one.scope, one.every, one.per, one.writes) for one in SANDBOX}

    assert len(routes) == len(SANDBOX)
    assert routes == {
        entry["id"]: (
            entry["method"],
            MOUNT + entry["path"],
            entry["scope"],
            timedelta(minutes=1) if is_once_a_minute(entry) else None,
            counted_per(entry),
            entry["method"] != "GET",
        )
        for entry in wanted.values()
    }
