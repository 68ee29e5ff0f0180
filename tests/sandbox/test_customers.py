"""Conversations and products of the worlds `demo` and `trouble`, and customers who write as time passes."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.connect.product_rules import PRODUCT
from backoffice.sandbox.dates import parse
from backoffice.sandbox.market import catalogue
from backoffice.sandbox.market.words import CONVERSATION_CODES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import assortment
from backoffice.sandbox.worlds.customers import writing
from tests.sandbox.correspondence import Correspondent, about
from tests.sandbox.worlds import made
from tests.sandbox_server import RunningSandbox

Json = dict[str, Any]


@pytest.fixture(scope="module")
def conversations(demo: World) -> list[Json]:
    return writing.listed(demo)


@pytest.fixture(scope="module")
def products(demo: World) -> list[Json]:
    return catalogue.listed(demo.store)


def messages(conversations: list[Json]) -> list[Json]:
    return [message for conversation in conversations for message in conversation["messages"]]


def test_demo_has_60_conversations_of_1_to_8_messages(conversations: list[Json]) -> None:
    living = [conversation for conversation in conversations if "anonymized_at" not in conversation]
    lengths = {len(conversation["messages"]) for conversation in living}

    assert len(conversations) == 60
    assert (min(lengths), max(lengths)) == (1, 8)
    assert {conversation["origin"]["channel_id"] for conversation in living} == {"0001", "0002", "0003"}
    assert {message["sender"]["type"] for message in messages(living)} == {"CUSTOMER", "STORE", "CHANNEL"}
    assert {message.get("visible_to_customer") for message in messages(living)} == {True, False, None}


def test_demo_has_conversations_that_nobody_answered(conversations: list[Json]) -> None:
    last = Counter(one["messages"][-1]["sender"]["type"] for one in conversations if one["messages"])

    assert last["CUSTOMER"] >= 10
    assert last["STORE"] >= 10


def test_demo_has_anonymised_conversations_without_a_word(conversations: list[Json]) -> None:
    erased = [conversation for conversation in conversations if "anonymized_at" in conversation]

    assert len(erased) == 6
    for conversation in erased:
        assert conversation["messages"] == []
        assert conversation["participants"][1] == {"type": "CUSTOMER", "name": "Anonymized"}


def test_demo_has_conversations_about_orders_that_connect_does_not_know(demo: World, conversations: list[Json]) -> None:
    known = {conversation["entity"].get("id") for conversation in conversations}
    orders = {order_id for (order_id,) in demo.store.rows("SELECT id FROM orders")}

    assert known - {None} <= orders
    assert len([one for one in conversations if "id" not in one["entity"]]) == 6
    assert len(known - {None}) == 50  # four orders are written about twice


def test_demo_dates_of_conversations_make_sense(demo: World, conversations: list[Json]) -> None:
    now = demo.clock.now()
    created = {
        order_id: parse(from_json(body)["created_at"])
        for order_id, body in demo.store.rows("SELECT id, body FROM orders")
    }

    for conversation in conversations:
        dates = [parse(message["created_at"]) for message in conversation["messages"]]
        assert dates == sorted(set(dates))
        assert parse(conversation["created_at"]) <= parse(conversation["updated_at"]) <= now
        assert created.get(conversation["entity"].get("id"), now - timedelta(days=3)) < parse(
            conversation["created_at"]
        )
        if dates:
            assert (dates[0], dates[-1]) == (parse(conversation["created_at"]), parse(conversation["updated_at"]))


def test_demo_attachments_are_files_of_their_kind_with_odd_names(demo: World, conversations: list[Json]) -> None:
    names = {one["filename"] for message in messages(conversations) for one in message["attachments"]}
    beginnings = Counter(content[:4] for (content,) in demo.store.rows("SELECT content FROM attachments"))

    assert beginnings.keys() == {b"\x89PNG", b"\xff\xd8\xff\xe0", b"%PDF"}
    assert min(beginnings.values()) >= 3
    assert any(not name.isascii() for name in names)
    assert max(map(len, names)) > 200


def test_worlds_are_the_same_every_time(conversations: list[Json], products: list[Json]) -> None:
    again = made("demo")

    found = writing.listed(again)
    assert [(one["id"], one["topic"], len(one["messages"])) for one in found] == [
        (one["id"], one["topic"], len(one["messages"])) for one in conversations
    ]
    assert [message["body"] for message in messages(found)] == [message["body"] for message in messages(conversations)]
    assert [one["id"] for one in catalogue.listed(again.store)] == [one["id"] for one in products]
    again.close()


def test_demo_has_200_products_that_could_have_been_upserted(products: list[Json]) -> None:
    faults: dict[str, str] = {}

    for number, product in enumerate(products):
        kept = PRODUCT(str(number), product, faults)
        assert {**kept, "number": product["number"]} == product

    assert faults == {}
    assert len(products) == 200


def test_every_product_of_an_order_is_in_the_catalog(demo: World, products: list[Json]) -> None:
    orders = [from_json(body) for (body,) in demo.store.rows("SELECT body FROM orders")]
    sold = {line["product"]["id"] for order in orders for line in order["order_lines"]}

    assert sold <= {product["id"] for product in products}


def test_products_of_demo_differ(demo: World, products: list[Json]) -> None:
    now = demo.clock.now()
    discounts = [discount for product in products for discount in product.get("discount_prices", [])]
    starts = [parse(discount["start_date"]) > now for discount in discounts if "start_date" in discount]
    ends = [parse(discount["end_date"]) > now for discount in discounts if "end_date" in discount]
    prices = [price for product in products for price in product.get("standard_prices", [])]
    stocks = [product["quantities"] for product in products if "quantities" in product]

    assert {True, False} == set(starts) == set(ends)
    assert any("start_date" not in discount for discount in discounts)
    assert {price["price"]["currency"] for price in prices} == {"EUR", "GBP"}
    assert {price.get("scope") for price in prices} == {None, "EUR_FR", "EUR_DE"}
    assert {len(stock) for stock in stocks} == {1, 3}
    assert any(place["available_quantity"] == 0 for stock in stocks for place in stock)
    assert sum(1 for product in products if "partner_quantities" in product) >= 15
    assert sum(1 for product in products if product.keys() == {"id", "number"}) == assortment.SPARSE
    assert max(len(text["value"]) for product in products for text in product.get("descriptions", [])) == 6000


def test_trouble_ends_answers_in_every_way(trouble_served: RunningSandbox) -> None:
    correspondent = Correspondent(trouble_served)
    rows = correspondent.page(updated_from="2020-01-01T00:00:00Z")["data"][::-1]

    ends = {}
    for row in rows:
        calls = [correspondent.write(row["id"], "Hello"), correspondent.begin(about(row["entity"]["id"]))]
        ends[row["topic"]["value"]] = [_end(correspondent, call) for call in calls]

    assert ends == {
        **{code: [code, code] for code in CONVERSATION_CODES},
        "Slow": ["PENDING", "PENDING"],
        "Forgotten": ["gone", "gone"],
        "Pending for ever": ["PENDING", "PENDING"],
        "An unknown word": ["QUEUED_AT_CHANNEL", "QUEUED_AT_CHANNEL"],
        "A file name that climbs": ["SUCCESS", "SUCCESS"],
        "Anonymized": ["refused", "SUCCESS"],
    }
    climbing = next(row["id"] for row in rows if row["topic"]["value"] == "A file name that climbs")
    assert [path.split("/", 2)[2] for path in correspondent.archive(climbing)] == ["../../outside.png"]
    assert {"NW-ODD", "NW-POT-24"} <= {product["id"] for product in trouble_served.products()}


def _end(correspondent: Correspondent, call: Any) -> str:
    if call.status_code != 202:
        return "refused"
    action = correspondent.action(call.json()["action_id"])
    if not action.ok:
        return "gone"
    found = action.json()
    return str(found["errors"][0]["code"] if "errors" in found else found["status"])


@pytest.fixture
def alive(sandbox: RunningSandbox) -> RunningSandbox:
    """Alive, with the first customer about to write in 150 s."""
    sandbox.place_orders(3, status="SHIPPED")
    sandbox.configure(alive=True)
    sandbox.advance(0)
    return sandbox


def test_customers_write_as_time_passes(alive: RunningSandbox) -> None:
    counts = [written(alive)]
    for seconds in (140, 10, 140, 10):
        alive.advance(seconds)
        counts.append(written(alive))

    assert counts == [0, 0, 1, 1, 2]
    assert {message["sender"]["type"] for message in messages(alive.conversations())} == {"CUSTOMER"}


def written(sandbox: RunningSandbox) -> int:
    return len(messages(sandbox.conversations()))


def test_long_silence_brings_one_message(alive: RunningSandbox) -> None:
    alive.advance(86400)

    assert written(alive) == 1


def test_nobody_writes_in_a_world_that_is_not_alive(alive: RunningSandbox) -> None:
    alive.configure(alive=False)

    alive.advance(86400)

    assert written(alive) == 0


ODD: list[Any] = [
    [7],
    {"status": "SHIPPED"},
    {"status": "SHIPPED", "id": 7, "shipping_info": [], "billing_info": "none"},
    {
        "status": "SHIPPED",
        "id": "bill",
        "shipping_info": {"address": None},
        "billing_info": {"address": {"last_name": "Doe", "country_iso_code": ["FRA"]}},
        "origin": 7,
    },
]


def test_odd_orders_do_not_stop_the_world(sandbox: RunningSandbox) -> None:
    for number, order in enumerate(ODD):
        sandbox.put_raw_order(json.dumps(order), order_id=f"odd-{number}", updated_at="2026-01-31T08:30:00Z")
    sandbox.configure(alive=True)

    for seconds in (0, 150, 150, 150):
        sandbox.advance(seconds)

    order_ids = [conversation["entity"]["id"] for conversation in sandbox.conversations()]
    assert len(order_ids) == 3
    assert not {"odd-0", "odd-1", "odd-2"} & set(order_ids)  # new orders may have come meanwhile


def test_customer_answers_the_store(alive: RunningSandbox) -> None:
    conversation = alive.customer_writes(order_id=alive.place_order(channel_id="0002")["id"])["conversation_id"]
    correspondent = Correspondent(alive)
    correspondent.end(correspondent.write(conversation, "Could you send a photo?"))

    for _ in range(20):
        alive.advance(150)
        correspondent = Correspondent(alive)
        found = correspondent.messages(conversation)
        if len(found) > 2:
            break

    assert [message["sender"]["type"] for message in found] == ["CUSTOMER", "STORE", "CUSTOMER"]
    assert correspondent.row(conversation)["updated_at"] == found[0]["created_at"]
