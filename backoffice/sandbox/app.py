"""The WSGI app: finds the operation, lets scripted trouble strike, authorises, counts, answers, writes the journal."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.wrappers import Request, Response

from backoffice.sandbox import frequency, trouble
from backoffice.sandbox.answers import CODES, OAuthRefusedError, RefusedError
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.control.site import ControlSite, is_loopback
from backoffice.sandbox.dates import written
from backoffice.sandbox.faults import Fault
from backoffice.sandbox.journal import harmless
from backoffice.sandbox.multipart import LARGEST_BODY
from backoffice.sandbox.operations import OPERATIONS, Routes
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.returning import labels

TOKEN_PATH = "/auth/oauth/token"  # noqa: S105 -- an address
TOKEN_OPERATION = "token"  # noqa: S105 -- its name in faults and journal
CONTROL = "/_control"
MOST_DRAINED = 4 * LARGEST_BODY  # bytes


class Sandbox:
    """Serve one world. `closing` wakes the calls that a scripted fault makes slow."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closing = threading.Event()
        self._routes = Routes(OPERATIONS)
        self._control = ControlSite(world)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        if not is_loopback(request.host):
            answer = RefusedError(403, "The sandbox answers only under a loopback name.").answer()
        elif request.path == CONTROL or request.path.startswith(f"{CONTROL}/"):
            answer = self._control.answer(request)
        elif request.path.startswith(labels.MOUNT):
            answer = labels.answer(self.world, request)
        else:
            answer = self._journaled(request)
        return answer(environ, start_response)

    def _journaled(self, request: Request) -> Response:
        entry: dict[str, Any] = {
            "request_id": secrets.token_hex(8),
            "at": written(self.world.clock.now()),
            "method": request.method,
            "path": request.path,
            "query": request.args.to_dict(flat=False),
            "headers": harmless(request.headers),
            "body_sha256": None,
            "operation": None,
            "client": None,
            "fault": None,
            "status": None,
            "milliseconds": None,
        }
        # Before the answer: a caller whose connection is cut may look into the journal at once.
        self.world.journal.add(entry)
        began = time.perf_counter()
        try:
            answer = self._answered(request, entry)
            answer.headers["X-Request-Id"] = entry["request_id"]
            entry["status"] = answer.status_code
            return answer
        finally:
            entry["milliseconds"] = round((time.perf_counter() - began) * 1000, 3)

    def _answered(self, request: Request, entry: dict[str, Any]) -> Response:
        try:
            if request.path == TOKEN_PATH:
                return self._token(request, entry)
            raw_path = request.environ.get("RAW_URI", request.path).partition("?")[0]
            operation, path = self._routes.find(request.method, raw_path)
            return self._operation(operation, request, path, entry)
        except RefusedError as refused:
            return refused.answer()
        except HTTPException as refused:
            return _in_envelope(request, refused).answer()

    def _token(self, request: Request, entry: dict[str, Any]) -> Response:
        entry["operation"], entry["client"] = TOKEN_OPERATION, request.form.get("client_id")
        if request.method != "POST":
            raise OAuthRefusedError(405, "Only POST is possible here.", code="invalid_request").with_header(
                "Allow", "POST"
            )
        fault = self._strike(TOKEN_OPERATION, request, entry)
        if fault is not None:
            trouble.before(fault, request, self.closing, envelope=OAuthRefusedError)
        return trouble.after(fault, request, self.world.tokens.answer(request), envelope=OAuthRefusedError)

    def _operation(
        self, operation: Operation, request: Request, path: dict[str, str], entry: dict[str, Any]
    ) -> Response:
        entry["operation"] = operation.id
        call = Call(self.world, operation, request, path, self.world.clock.now(), entry["request_id"])
        if not operation.writes:
            return self._outcome(call, entry)
        entry["body_sha256"] = sha256(_whole(request)).hexdigest()
        self.world.writes.arrived(call)
        answer = self._outcome(call, entry)
        self.world.writes.answered(call, answer.status_code)
        return answer

    def _outcome(self, call: Call, entry: dict[str, Any]) -> Response:
        """What the caller is told, be it a refusal. Raises ConnectionError where a fault keeps it away."""
        fault = self._strike(call.operation.id, call.request, entry)
        try:
            if fault is not None:
                trouble.before(fault, call.request, self.closing, envelope=RefusedError)
            # The clock is read again: a fault may have held the call up.
            answer = self._authorised(replace(call, now=self.world.clock.now()), entry)
        except RefusedError as refused:
            answer = refused.answer()
        return trouble.after(fault, call.request, answer)

    def _authorised(self, call: Call, entry: dict[str, Any]) -> Response:
        operation = call.operation
        client = self.world.tokens.bearer(call.request.headers.get("Authorization", ""))
        entry["client"] = client.id
        if operation.scope not in client.scopes:
            raise RefusedError(403, f"The client lacks the scope {operation.scope}.")
        if operation.every is not None:
            self._count(call, operation.every, client.id)
        return operation.handler(call)

    def _count(self, call: Call, every: timedelta, client_id: str) -> None:
        """A call with a page token belongs to its walk, which was counted by its first call (question 59a)."""
        if self.world.switches.limits and "page_token" not in call.request.args:
            pause = frequency.seconds(every, self.world.switches.speed)
            of = call.path.get(call.operation.per, "")
            self.world.frequency.count(client_id, call.operation.id, every=pause, now=call.now, of=of)

    def _strike(self, operation_id: str, request: Request, entry: dict[str, Any]) -> Fault | None:
        fault = self.world.faults.strike(operation_id, with_page_token="page_token" in request.args)
        entry["fault"] = fault.kind if fault else None
        return fault


def _in_envelope(request: Request, refused: HTTPException) -> RefusedError:
    """What werkzeug refuses by itself. The rest of a body that is too large is read first, or its sender, still
    sending, would find the connection closed instead of an answer.
    """
    status = refused.code or 400
    if status == 413:
        _drain(request)
        text = f"A body has at most {LARGEST_BODY:,} bytes."
    else:
        text = refused.description or "The request cannot be understood."
    return RefusedError(status if status in CODES else 400, text)


def _drain(request: Request) -> None:
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, MOST_DRAINED)
    while left > 0 and (read := stream.read(min(left, 1024 * 1024))):
        left -= len(read)


def _whole(request: Request) -> bytes:
    """The body of a call. A caller that goes away in the middle of it has asked nothing."""
    try:
        return request.get_data()
    except ClientDisconnected as gone:
        raise ConnectionAbortedError("the body did not arrive") from gone
