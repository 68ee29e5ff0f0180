"""Fixtures: a sandbox over loopback, in a thread or as a process of its own."""

from __future__ import annotations

import base64
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest
import requests

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class RunningSandbox:
    """A sandbox that answers at `url`, with its control interface as methods. Every method is one HTTP call."""

    client_id = "demo-client"
    client_secret = "demo-secret"

    def __init__(self, url: str) -> None:
        self.url = url
        self.connect_url = f"{url}/connect"
        self.token_url = f"{url}/auth/oauth/token"

    def place_order(self, **fields: Any) -> dict[str, Any]:
        """Place a whole believable order that differs in these fields; also `channel_id`, `lines` (how many)."""
        order: dict[str, Any] = self._do("place", **fields)
        return order

    def place_orders(self, count: int, **fields: Any) -> list[str]:
        """Place many; their ids."""
        ids: list[str] = self._do("place-many", count=count, **fields)
        return ids

    def update_order(self, order_id: str, **fields: Any) -> dict[str, Any]:
        order: dict[str, Any] = self._do("update", order_id=order_id, **fields)
        return order

    def step_order(self, order_id: str, status: str = "", status_reason: str = "") -> dict[str, Any]:
        """What the marketplace does next by itself (payment confirmed, delivered, closed), or this status, at once."""
        chosen = {"status": status, "status_reason": status_reason} if status else {}
        order: dict[str, Any] = self._do("order-step", order_id=order_id, **chosen)
        return order

    def open_return(self, order_id: str, **fields: Any) -> dict[str, Any]:
        """Open a believable return of the order that differs in these fields; REQUEST_INITIATED if no `status` says so.

        Also `lines` (of `order_line_id`, `quantity`, `reason`, none of which must be given), `reason` (of all of them)
        and `label`: a document as "pdf", "pdf-two-pages", "png", "jpeg", "csv", "broken-pdf", or "url": a `label_url`.
        """
        found: dict[str, Any] = self._do("open-return", order_id=order_id, **fields)
        return found

    def change_return(self, return_id: str, **fields: Any) -> dict[str, Any]:
        """None takes a field away; `updated_at` moves on unless it is given."""
        found: dict[str, Any] = self._do("change-return", return_id=return_id, **fields)
        return found

    def add_document(self, order_id: str, *, content: bytes | None = None, **fields: Any) -> dict[str, Any]:
        """Put a document to the order: `type`, `channel_type`, `filename`, `updated_at`, and its bytes as `content` or
        made in a `format` (the ones of labels)."""
        if content is not None:
            fields["content"] = base64.b64encode(content).decode()
        found: dict[str, Any] = self._do("add-document", order_id=order_id, **fields)
        return found

    def returns(self) -> list[dict[str, Any]]:
        """Every return, the one opened first first, as it is served; a `label_url` of ours begins with `sandbox:`."""
        return self._all("returns")

    def documents(self) -> list[dict[str, Any]]:
        """Every document as it is listed, the first one put first, with the `sha256` of its bytes."""
        return self._all("documents")

    def put_raw_order(self, json_text: str, **where: str) -> None:
        """Serve this text verbatim; `order_id` and `updated_at` where the text has none to read."""
        self._do("put-raw", text=json_text, **where)

    def advance(self, seconds: float) -> datetime:
        return datetime.fromisoformat(self._do("advance", seconds=seconds)["now"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self.state()["now"])

    def fault(self, operation: str = "*", *, kind: str, **options: Any) -> None:
        """Options: `times` (None: no end), `after`, `share` (0 to 1); of a kind `retry_after`, `seconds`, `status`,
        `when`.

        Kinds: "401", "403", "404", "410", "429", "500", "503"; "cut", "slow"; what spoils an answer: "html",
        "wrong-type", "broken-json", "truncated", "empty"; "expired-page-token". A cut and a status strike `when`:
        "before" the call has any effect, or "after_commit" (or `after_commit=True`); a cut also "midway" through the
        answer, which is after the effect too, as everything is that spoils an answer.
        """
        self._do("fault", operation=operation, kind=kind, **options)

    def script_action(self, **fields: Any) -> None:
        """How the marketplace will end the next actions: `code` (FAILED with it), `outcome`, or `to`.

        Outcomes: "success", "slow" (`seconds`), "forget" (the id answers 404), "pending-for-ever", "unknown-word"
        (`word`; for ever, or for `seconds`). Where: `order_id`, `channel_id`, `kind` (as of `actions()`: "ACCEPT",
        "CANCEL", "REFUND", "CREATE_SHIPMENT" …), `mixed` (only lists with both decisions).
        How often: `times` (1; None: no end), `share` (0 to 1). `to`: the status of accepted lines. `message`: what the
        marketplace says. It is decided when the call is taken, so script before you call.
        """
        self._do("script-action", **fields)

    def clear_scripts(self) -> None:
        self._do("clear-scripts")

    def settle(self) -> int:
        """The marketplace ends every pending action now, except those that pend for ever; tells how many.

        The clock does not move: tokens and call frequencies stay as they are. What an action changes shows after
        `show_seconds`, which is at once unless it was configured.
        """
        settled: int = self._do("settle")["settled"]
        return settled

    def actions(self) -> list[dict[str, Any]]:
        """Every action ever taken, oldest first: `id`, `order_id`, `kind`, `body`, `request_id`, `status`, `errors` …

        `shown_at` is None until the order shows what the action did to it.
        """
        return self._all("actions")

    def writes(self) -> list[dict[str, Any]]:
        """Every writing call that ever arrived, oldest first; outlives a kill of the sandbox.

        `request_id`, `at`, `operation`, `path` (the values in it), `body`, `status` (None: no whole answer was given)
        and `action_id`: the call was taken if it is not None, and had no effect if it is. It is "" where the operation
        takes calls without an action, as upsertProducts does.
        """
        return self._all("writes")

    def customer_writes(self, **fields: Any) -> dict[str, Any]:
        """The message, with `conversation_id`. Where: `conversation_id`, `order_id` (a new conversation about it), or
        `channel_order_id` and `channel_id` (an order that Connect does not know).

        What: `body`, `topic`, `attachments` (how many, of this `format`: "png", "jpeg", "pdf"; or a list of `filename`
        with `format`, or with `content` in base64), `channel_created_at`, `visible_to_customer` (None: left out).
        """
        message: dict[str, Any] = self._do("customer-writes", **fields)
        return message

    def channel_writes(self, **fields: Any) -> dict[str, Any]:
        """As `customer_writes`; not visible to the customer unless it is said."""
        message: dict[str, Any] = self._do("channel-writes", **fields)
        return message

    def anonymise_conversation(self, conversation_id: str) -> dict[str, Any]:
        conversation: dict[str, Any] = self._do("anonymise-conversation", conversation_id=conversation_id)
        return conversation

    def anonymise_order(self, order_id: str) -> dict[str, Any]:
        """The order and every conversation about it."""
        order: dict[str, Any] = self._do("anonymise-order", order_id=order_id)
        return order

    def put_product(self, **fields: Any) -> None:
        """Serve this product as it is, however odd; `id` names it."""
        self._do("put-product", **fields)

    def drop_product(self, product_id: str) -> None:
        self._do("drop-product", id=product_id)

    def conversations(self) -> list[dict[str, Any]]:
        """Every conversation, oldest first, with its `messages`, oldest first."""
        return self._all("conversations")

    def products(self) -> list[dict[str, Any]]:
        """Every product that listProducts shows, in the order they came."""
        return self._all("products")

    def shipments(self) -> list[dict[str, Any]]:
        """Every parcel, oldest first, as its channel has it: `id`, `order_id`, `items`, `carrier` …"""
        return self._all("shipments")

    def reports(self) -> list[dict[str, Any]]:
        """Everything that v2-reportOrderActions told, oldest first; `id` is the action id that it was given."""
        return self._all("reports")

    def clear_faults(self) -> None:
        self._do("clear-faults")

    def revoke_tokens(self) -> None:
        self._do("revoke-tokens")

    def configure(self, **switches: Any) -> None:
        self._do("configure", **switches)

    def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._see("journal")
        return entries

    def clear_journal(self) -> None:
        self._do("clear-journal")

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self._see("state")
        return state

    def _do(self, verb: str, **arguments: Any) -> Any:
        answer = requests.post(f"{self.url}/_control/{verb}", data=_encoder.encode(arguments), timeout=30)
        return self._read(answer)

    def _see(self, view: str) -> Any:
        return self._read(requests.get(f"{self.url}/_control/{view}", timeout=30))

    def _all(self, view: str) -> list[dict[str, Any]]:
        """Every page of a view whose rows are numbered."""
        found: list[dict[str, Any]] = []
        while rows := self._see(f"{view}?after={found[-1]['number'] if found else 0}"):
            found += rows
        return found

    def _read(self, answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.status_code} {answer.text}"
        return _decoder.decode(answer.content)


@contextmanager
def serving(name: str, state: str | Path = ":memory:") -> Iterator[RunningSandbox]:
    """A world in this process: limits off, actions end at once, speed 1, no order moves by itself."""
    # This plugin is imported before coverage begins to measure: what it imports at the top would count as never run.
    from backoffice.sandbox.server import Server  # noqa: PLC0415 -- see above
    from backoffice.sandbox.switches import Switches  # noqa: PLC0415 -- see above
    from backoffice.sandbox.world import World  # noqa: PLC0415 -- see above
    from backoffice.sandbox.worlds.loading import load  # noqa: PLC0415 -- see above

    world = World(state, switches=Switches(limits=False, settle_seconds=0))
    load(world, name)
    server = Server(world)
    server.start()
    try:
        yield RunningSandbox(server.url)
    finally:
        server.close()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A fresh, empty world in this process's memory: limits off, speed 1, no order moves by itself.

    `settle_seconds` is 0: an action ends at the first look after its 202, be it at its status, at the orders, or
    through this object. A test that needs it PENDING configures `settle_seconds=3600` before the call, and calls
    `settle()` when the marketplace may answer.
    """
    with serving("empty") as running:
        yield running


class SandboxProcess(RunningSandbox):
    """`python -m backoffice.sandbox` as a process; `stop` and `kill` end it, and another may take its state file."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "backoffice.sandbox", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.first_line = _first_line(self.process)
        super().__init__(self.first_line.split()[-1])

    def stop(self) -> int:
        self.process.terminate()
        return self._ended()

    def kill(self) -> int:
        self.process.kill()
        return self._ended()

    def _ended(self) -> int:
        code = self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()
        return code


def _first_line(process: subprocess.Popen[str]) -> str:
    lines: queue.Queue[str] = queue.Queue()

    def read(stream: IO[str]) -> None:
        lines.put(stream.readline())

    assert process.stdout
    threading.Thread(target=read, args=(process.stdout,), daemon=True).start()
    return lines.get(timeout=60).strip()


@pytest.fixture
def sandbox_process(tmp_path: Path) -> Iterator[Callable[..., SandboxProcess]]:
    """Start sandboxes as processes on one state file: `sandbox_process("--world", "demo", "--limits", "off")`."""
    started: list[SandboxProcess] = []

    def start(*arguments: str) -> SandboxProcess:
        process = SandboxProcess("--port", "0", "--state", str(tmp_path / "process.sqlite3"), *arguments)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()
