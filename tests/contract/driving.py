"""How our client is driven: with a token of its own, without sleeping, on a stage."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from backoffice.mirakl import ClientCredentials, Connect
from backoffice.mirakl.auth import Token
from backoffice.mirakl.connect.operations import OPERATIONS
from tests.contract.drives import Drive
from tests.contract.judge import Judge
from tests.contract.recording import Exchange
from tests.contract.stage import Stage
from tests.sandbox_server import RunningSandbox

MakeStage = Callable[[Drive], Stage]


class OwnTokens:
    """A store of tokens for one process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str, fetch: Callable[[], Token]) -> str:
        if key not in self._kept:
            self._kept[key] = fetch().access_token
        return self._kept[key]

    def drop(self, key: str, token: str) -> None:
        del self._kept[key]


def connect(sandbox: RunningSandbox, **client: str) -> Connect:
    """Our client, unpaced; it does not sleep before it tries once more."""
    known = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret, **client}
    auth = ClientCredentials(sandbox.token_url, known["client_id"], known["client_secret"], tokens=OwnTokens())
    return Connect(sandbox.connect_url, auth=auth, sleep=lambda seconds: None)


def stage_for(drive: Drive, sandbox: RunningSandbox, exchanges: list[Exchange]) -> Stage:
    """With the action that the drive may ask about."""
    stage = Stage(sandbox, connect(sandbox), exchanges, drive.status, drive.return_status)
    if drive.operation in ("v2-getActionStatus", "v2-getOrderTracking"):
        stage.ids = replace(stage.ids, action=stage.api.close_return(stage.ids.return_))
    if drive.operation == "getConversationActionStatus":
        action_id = stage.api.create_message(stage.ids.conversation, "Soon.")
        stage.ids = replace(stage.ids, conversation_action=action_id)
    sandbox.settle()
    exchanges.clear()
    return stage


@contextmanager
def allowed(operation_id: str) -> Iterator[None]:
    """A deprecated call warns."""
    with warnings.catch_warnings():
        if OPERATIONS[operation_id].deprecated:
            warnings.simplefilter("ignore", DeprecationWarning)
        yield


def judged(judge: Judge, exchanges: list[Exchange]) -> list[int]:
    """The statuses, after every request and every answer was found to conform."""
    for exchange in exchanges:
        judge.request(exchange)
        judge.answer(exchange)
    return [exchange.status for exchange in exchanges]


def followed(stage: Stage, drive: Drive, action_id: str) -> Any:
    if drive.follow == "order":
        return stage.api.get_action_status(action_id)
    return stage.api.get_conversation_action_status(action_id)
