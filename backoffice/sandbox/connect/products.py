"""The seller's catalog (domain.md §1.3, §2.8; §8, questions 39 to 43)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import empty_answer
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies, product_rules, questions, walking
from backoffice.sandbox.connect.rules import Json, Rule, fields, several
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
    return empty_answer(202)


def delete_products(call: Call) -> Response:
    found = _products(call, product_rules.IDENTIFIER)
    catalogue.change(call, {"delete": [product["id"] for product in found]})
    return empty_answer(202)


def _products(call: Call, rule: Rule) -> list[Json]:
    found: list[Json] = bodies.read(call.request, fields({"products": several(rule, least=1, most=MOST)}))["products"]
    return found


OPERATIONS = (
    Operation("listProducts", "GET", "/connect/products", "connect:product:read", MINUTE, list_products),
    Operation(
        "upsertProducts", "POST", "/connect/products", "connect:product:write", MINUTE, upsert_products, writes=True
    ),
    Operation(
        "deleteProducts", "DELETE", "/connect/products", "connect:product:delete", MINUTE, delete_products, writes=True
    ),
)
