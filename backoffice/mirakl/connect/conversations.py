"""Calls about conversations with customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from backoffice.mirakl.connect import operations, types
from backoffice.mirakl.connect.calls import Calls, read_action_id
from backoffice.mirakl.connect.inputs import conversations as inputs
from backoffice.mirakl.connect.inputs.files import File, check_files
from backoffice.mirakl.downloads import Download, check_zip, download_of
from backoffice.mirakl.limits import checked, query
from backoffice.mirakl.pages import Page, page_reader, read_page, walk
from backoffice.mirakl.reading import read
from backoffice.mirakl.transport import DOWNLOAD, Part, Query, file_part, json_part

_read_messages = page_reader("messages")


class Conversations(Calls):
    """Reading conversations, starting one, answering. Mirakl states no call frequency for any of it."""

    def list_conversations(
        self,
        *,
        updated_from: datetime | None = None,
        conversation_ids: Sequence[str] = (),
        entity_ids: Sequence[str] = (),
        limit: int = 100,
    ) -> Iterator[Page]:
        """All pages of conversations, newest `updated_at` first (`listConversations`).

        Connect demands `updated_from`, which is inclusive, or `conversation_ids`. `entity_ids` are Connect's order ids;
        ids are at most 100; `limit` is conversations per page, 1 to 100. `types.read(raw, types.Conversation)` makes a
        record typed. Raises ValueError for what Connect would refuse, and PageTokenExpired when the walk has to start
        again.
        """
        first = query(
            inputs.ConversationFilter(
                limit=limit,
                updated_from=updated_from,
                conversation_ids=conversation_ids,
                entity_type="ORDER" if entity_ids else None,
                entity_ids=entity_ids,
            )
        )
        return walk(lambda token: self._conversation_page([("page_token", token)] if token else first))

    def get_conversation_messages(self, conversation_id: str, message_after: datetime | None = None) -> Page:
        """The messages of a conversation, newest first by the channel's time (`getConversationMessages`).

        All of them are in the one page. `message_after` is exclusive and compares with `created_at`, the time at
        Connect. `types.read(raw, types.Message)` makes a record typed. Raises NotFound for an unknown conversation and
        for an anonymised one.
        """
        return self._transport.call(
            operations.GET_CONVERSATION_MESSAGES,
            _read_messages,
            query=query(inputs.MessageFilter(message_after=message_after)),
            conversationId=conversation_id,
        )

    def create_conversation(self, conversation: inputs.NewConversation, files: Sequence[File] = ()) -> str:
        """Begins a conversation with the customer of an order (`createConversation`). Returns the action id.

        At most five files. `get_conversation_action_status` tells the id of the conversation, once there is one. Not
        repeatable: sent twice, the customer gets it twice. Raises ValueError for what Connect would refuse, with the
        field's name, NotFound for an unknown order, and OutcomeUnknown when the answer was lost or has no action id.
        """
        parts = _parts("conversation", checked(conversation), files)
        return self._transport.call(operations.CREATE_CONVERSATION, read_action_id, parts=parts)

    def create_message(self, conversation_id: str, body: str, files: Sequence[File] = ()) -> str:
        """Writes to the customer in a conversation (`createMessage`). Returns the action id.

        `body` is plain text of 1 to 2,000 characters, an emoji counting as two. At most five files. The message has no
        id before it is read back. Raises as `create_conversation`; an anonymised conversation is not found.
        """
        parts = _parts("message_input", checked(inputs.MessageText(body=body)), files)
        return self._transport.call(
            operations.CREATE_MESSAGE, read_action_id, parts=parts, conversationId=conversation_id
        )

    def download_conversation_attachments(
        self, conversation_id: str, into: BinaryIO, attachment_ids: Sequence[str] = (), *, largest: int = DOWNLOAD
    ) -> Download:
        """Writes a ZIP of attachments into a seekable file (`downloadConversationAttachments`).

        Those with these ids (at most 100; unknown ones are left out), or all; each at
        `<message id>/<attachment id>/<file name>`. It is not opened here. `largest` is in bytes. Raises NotFound when
        there is none, or the conversation is unknown or anonymised, TooLarge, and Unreadable for what is no ZIP; the
        file then holds nothing of worth.
        """
        answer = self._transport.download(
            operations.DOWNLOAD_CONVERSATION_ATTACHMENTS,
            into,
            check=check_zip,
            largest=largest,
            query=query(inputs.AttachmentFilter(attachment_ids=attachment_ids)),
            conversationId=conversation_id,
        )
        return download_of(answer, f"{conversation_id}_attachments.zip")

    def get_conversation_action_status(self, action_id: str) -> types.ConversationActionStatus:
        """How far a write about a conversation has come (`getConversationActionStatus`). Its failure is called ERROR.

        Raises NotFound for an id that Connect does not know, or no longer. ValueError for an empty one.
        """
        return self._transport.call(
            operations.GET_CONVERSATION_ACTION_STATUS,
            lambda body: read(body, types.ConversationActionStatus),
            actionId=action_id,
        )

    def _conversation_page(self, query: Query) -> Page:
        return self._transport.call(operations.LIST_CONVERSATIONS, read_page, query=query)


def _parts(name: str, content: object, files: Sequence[File]) -> list[Part]:
    """The JSON part under its name, then the files."""
    check_files(files)
    return [json_part(name, content), *(file_part("files", file.filename, file.content) for file in files)]
