"""schemathesis attacks every operation of the sandbox with the official contract, call frequencies off.

No 5xx, every answer conforms, what the contract forbids is refused with the envelope, and what it allows, about records
that exist, is taken. Deterministic: the seed and the numbers of cases stand in `attacking.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import requests

from backoffice.mirakl.connect.operations import OPERATIONS
from backoffice.sandbox.server import App, Server
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World as SandboxWorld
from backoffice.sandbox.worlds.loading import load
from tests.contract.attacking import LEAST, MOST_SECONDS, SEED, Attacker
from tests.contract.grounding import World
from tests.contract.judge import Judge
from tests.contract.recording import Exchange, Recorder
from tests.contract.tally import TALLY
from tests.sandbox.calling import Caller, bearer
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.contract

# Making up their bodies takes long: they come last and get what time the others have left.
HEAVY = ("v2-cancelOrderLines", "v2-refundOrderLines", "v2-reportOrderActions", "upsertProducts")


@pytest.fixture(scope="module")
def attacked(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Attacker, World]]:
    """One sandbox for all operations: what one leaves behind the next one has to live with."""
    kept: list[Exchange] = []
    world = SandboxWorld(tmp_path_factory.mktemp("attack") / "attack.sqlite3", switches=Switches(limits=False))
    load(world, "empty")
    server = Server(world, around=lambda app: Recorder(app, kept))
    server.start()
    sandbox = RunningSandbox(server.url)
    TALLY.seed = SEED
    attacker = Attacker(
        judge, sandbox.connect_url, bearer(sandbox), kept, time.monotonic() + MOST_SECONDS, len(OPERATIONS)
    )
    yield attacker, furnished(sandbox, judge)
    attacker.close()
    server.close()


def furnished(sandbox: RunningSandbox, judge: Judge) -> World:
    """A record of each kind."""
    order = sandbox.place_order(status="AWAITING_SHIPMENT", lines=3, fulfillment={"type": "FULFILLED_BY_SELLER"})
    returned = sandbox.open_return(order["id"])
    document = sandbox.add_document(order["id"], type="CUSTOMER_INVOICE")
    message = sandbox.customer_writes(order_id=order["id"], body="Where is it?", attachments=1)
    sandbox.put_product(id="SKU-1")
    caller = Caller(sandbox)
    accepted = sandbox.place_order(fulfillment={"type": "FULFILLED_BY_SELLER"})
    answer = caller.accept(accepted["id"])
    assert answer.status_code == 202, answer.text
    replied = _reply(sandbox, caller, message["conversation_id"])
    return World(
        sandbox,
        judge,
        order,
        ids={
            "order_id": order["id"],
            "return_id": returned["id"],
            "action_id": answer.json()["action_id"],
            "tracking_id": answer.json()["action_id"],
            "conversationId": message["conversation_id"],
            "actionId": replied,
        },
        known={
            "document_ids": [document["id"]],
            "types": ["CUSTOMER_INVOICE"],
            "attachment_ids": [message["attachments"][0]["id"]],
        },
    )


def _reply(sandbox: RunningSandbox, caller: Caller, conversation_id: str) -> str:
    answer = requests.post(
        f"{sandbox.connect_url}/conversations/{conversation_id}/messages",
        files={"message_input": (None, b'{"body": "Soon."}', "application/json")},
        headers=caller.headers,
        timeout=30,
    )
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["action_id"]
    return found


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS, key=lambda one: (one in HEAVY, one)))
def test_attack_finds_nothing(attacked: tuple[Attacker, World], operation_id: str) -> None:
    attacker, world = attacked

    findings = attacker.attack(operation_id, lambda case: world.ground(operation_id, case))

    assert TALLY.attack(operation_id).cases >= LEAST
    assert not findings, f"{len(findings)} findings:\n" + "\n".join(findings[:10])


class Lying:
    """A sandbox of which the attack has to find something: `lie` says what becomes of 2xx and 4xx."""

    def __init__(self, app: App, lie: dict[str, str]) -> None:
        self._app, self._lie = app, lie

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        told: list[Any] = []
        body = b"".join(self._app(environ, lambda *args: told.extend(args)))
        status, headers = self._lie.get(told[0][:1], told[0]), dict(told[1])
        if environ["REQUEST_METHOD"] != "PUT":
            status = told[0]
        elif status != told[0]:
            body = b'{"action_id": "A"}' if status.startswith("2") else b'{"code": "C", "message": "M"}'
        headers["Content-Length"] = str(len(body))
        start_response(status, list(headers.items()))
        return [body]


@pytest.mark.parametrize(
    ("lie", "finding"),
    [
        ({"4": "202 Accepted"}, "accepted although"),
        ({"2": "400 Bad Request"}, "refused"),
        ({"4": "500 Error"}, "answered 500"),
        ({"4": "409 Conflict"}, "answered 409"),
        ({"2": "200 OK"}, "wrong answer"),
    ],
)
def test_attack_finds_a_lie(
    judge: Judge, world: SandboxWorld, exchanges: list[Exchange], lie: dict[str, str], finding: str
) -> None:
    server = Server(world, around=lambda app: Recorder(Lying(app, lie), exchanges))
    server.start()
    sandbox = RunningSandbox(server.url)
    returned = sandbox.open_return(sandbox.place_order()["id"])
    attacker = Attacker(judge, sandbox.connect_url, bearer(sandbox), exchanges, time.monotonic() + MOST_SECONDS, 1)
    furniture = World(sandbox, judge, {}, ids={"return_id": returned["id"]}, known={})

    with TALLY.silent():
        findings = attacker.attack("v2-acceptReturn", lambda case: furniture.ground("v2-acceptReturn", case))
    attacker.close()
    server.close()

    assert findings
    assert [one for one in findings if not one.startswith(finding)] == []
