"""The seller's catalog (domain.md §1.3, §2.8; §8, questions 39 to 43)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies, product_rules, questions, rules, walking
from backoffice.sandbox.market import catalogue

MOST = 1000  # products of one call or one page


def list_products(call: Call) -> Response:
    catalogue.settle(call.world)
    return walking.answer(call, walking.Listing("products", keys=("id",), descending=False), _asked)


def _asked(call: Call) -> walking.Question:
    return walking.Question(limit=questions.number(call.request.args, "limit", default=MOST, least=1, most=MOST))


def upsert_products(call: Call) -> Response:
    """One faulty product refuses the whole call (question 42). The contract demands no list; an empty call is none."""
    found = _products(call, product_rules.PRODUCT)
    catalogue.change(call, {"upsert": list({product["id"]: product for product in found}.values())})
    return _accepted()


def delete_products(call: Call) -> Response:
    found = _products(call, product_rules.IDENTIFIER)
    catalogue.change(call, {"delete": [product["id"] for product in found]})
    return _accepted()


def _products(call: Call, rule: rules.Rule) -> list[dict[str, Any]]:
    body, faults = bodies.json_object(call.request), rules.Faults()
    found: list[dict[str, Any]] = rules.several(rule, least=1, most=MOST)("products", body.get("products"), faults)
    bodies.refuse(faults)
    return found


def _accepted() -> Response:
    answer = Response(status=202)
    del answer.headers["Content-Type"]  # there is nothing that could have one
    return answer


OPERATIONS = (
    Operation("listProducts", "GET", "/connect/products", "connect:product:read", MINUTE, list_products),
    Operation(
        "upsertProducts", "POST", "/connect/products", "connect:product:write", MINUTE, upsert_products, writes=True
    ),
    Operation(
        "deleteProducts", "DELETE", "/connect/products", "connect:product:delete", MINUTE, delete_products, writes=True
    ),
)
