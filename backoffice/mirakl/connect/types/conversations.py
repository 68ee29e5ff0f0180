"""Conversations with customers and their messages (domain.md §1.3, §2.6)."""

from __future__ import annotations

from backoffice.mirakl.connect.types.actions import ActionError
from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Payload


class ConversationTopic(Payload, frozen=True):
    """What a conversation is about; the only `type` today is FREE_TEXT."""

    type: str = ""
    value: str = ""


class ConversationEntity(Payload, frozen=True):
    """The order that a conversation is about. `id` is empty while Connect does not know the order."""

    type: str = ""
    id: str = ""
    channel_entity_id: str = ""


class ConversationOrigin(Payload, frozen=True):
    """Where a conversation takes place. `channel_store_id` is unique only within its channel."""

    channel_id: str = ""
    channel_name: str = ""
    channel_store_id: str = ""
    channel_store_name: str = ""


class ConversationParticipant(Payload, frozen=True):
    """Who takes part besides the store: a CHANNEL, or a CUSTOMER, who has no `id`."""

    type: str = ""
    id: str = ""
    name: str = ""


class Conversation(Payload, frozen=True):
    """`updated_at` moves with each message. Of an anonymised one only this row is left: its messages are not found."""

    id: str
    updated_at: Moment
    channel_conversation_id: str = ""
    topic: ConversationTopic = ConversationTopic()
    entity: ConversationEntity = ConversationEntity()
    origin: ConversationOrigin = ConversationOrigin()
    participants: list[ConversationParticipant] = []
    created_at: Moment | None = None
    anonymized_at: Moment | None = None


class MessageSender(Payload, frozen=True):
    """A CUSTOMER, who has no `id`, the STORE or the CHANNEL."""

    type: str = ""
    id: str = ""
    name: str = ""


class MessageAttachment(Payload, frozen=True):
    """A file of a message; its content comes with a download."""

    id: str = ""
    filename: str = ""
    size_in_bytes: int = 0


class Message(Payload, frozen=True):
    """`body` is plain text of anybody's. `visible_to_customer` is None where nothing is said about it.

    `created_at` is when Connect stored the message: the one to go on from. `channel_created_at` is when it was written.
    """

    id: str
    created_at: Moment
    channel_message_id: str = ""
    body: str = ""
    sender: MessageSender = MessageSender()
    visible_to_customer: bool | None = None
    channel_created_at: Moment | None = None
    attachments: list[MessageAttachment] = []


class ConversationActionStatus(Payload, frozen=True):
    """How far a write has come. `status` is PENDING, SUCCESS, ERROR (not FAILED as with orders), or one that is new.

    `conversation_id` is how one learns the id of a conversation that was created.
    """

    status: str
    id: str = ""
    conversation_id: str = ""
    created_at: Moment | None = None
    updated_at: Moment | None = None
    errors: list[ActionError] = []
