"""A client of the sandbox's conversations that is not ours."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import quote

import requests

from tests.sandbox.calling import bearer
from tests.sandbox_server import RunningSandbox

Files = list[tuple[str, bytes]]
Parts = list[tuple[str, tuple[str | None, bytes | str, str]]]


class Correspondent:
    """Calls the operations of conversations with one token."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = f"{sandbox.connect_url}/conversations"
        self.headers = bearer(sandbox)

    def answer(self, *path: str, method: str = "GET", **options: Any) -> requests.Response:
        url = "/".join([self.url, *(quote(segment, safe="") for segment in path)])
        return requests.request(method, url, headers=self.headers, timeout=30, **options)

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.answer(params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ids(self, **params: Any) -> list[str]:
        return [conversation["id"] for conversation in self.page(**params)["data"]]

    def row(self, conversation_id: str) -> dict[str, Any]:
        """The conversation as it is listed."""
        found: dict[str, Any] = self.page(conversation_ids=conversation_id)["data"][0]
        return found

    def messages(self, conversation_id: str, **params: Any) -> list[dict[str, Any]]:
        answer = self.answer(conversation_id, params=params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def begin(self, content: Any, files: Files | None = None, parts: Parts | None = None) -> requests.Response:
        """Call createConversation; `parts` go in front of the usual ones, and stand alone where content is None."""
        sent = (parts or []) + _parts("conversation", content, files or [])
        return self.answer(method="POST", files=sent)

    def write(
        self, conversation_id: str, content: Any, files: Files | None = None, parts: Parts | None = None
    ) -> requests.Response:
        """Call createMessage; a text stands for a message with this body."""
        content = {"body": content} if isinstance(content, str) else content
        sent = (parts or []) + _parts("message_input", content, files or [])
        return self.answer(conversation_id, "messages", method="POST", files=sent)

    def action(self, action_id: str) -> requests.Response:
        return self.answer("actions", action_id)

    def end(self, call: requests.Response) -> dict[str, Any]:
        """The action of a call that was taken, as getConversationActionStatus tells it."""
        assert call.status_code == 202, call.text
        found: dict[str, Any] = self.action(call.json()["action_id"]).json()
        return found

    def archive(self, conversation_id: str, **params: Any) -> dict[str, bytes]:
        """Path and content of every entry of the download."""
        answer = self.answer(conversation_id, "attachments", params=params)
        assert answer.status_code == 200, answer.text
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def _parts(name: str, content: Any, files: Files) -> Parts:
    own: Parts = [] if content is None else [(name, (None, json.dumps(content), "application/json"))]
    return own + [("files", (filename, data, "application/octet-stream")) for filename, data in files]


def about(order_id: str, **fields: Any) -> dict[str, Any]:
    """What createConversation is asked; fields stand for the topic's value and the body of the message."""
    wanted = {"topic": "Delivery", "body": "We have news about your order.", **fields}
    return {
        "entity": {"type": "ORDER", "id": order_id},
        "topic": {"type": "FREE_TEXT", "value": wanted["topic"]},
        "first_message": {"body": wanted["body"]},
    }
