"""What is asked about conversations, and what is written to customers (domain.md §1.3, §2.6).

Mirakl does not say how it counts characters. Here one outside the basic plane (an emoji, mostly) counts as two, as it
does in Java and JavaScript: what passes is short enough by either way of counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from backoffice.mirakl.limits import Id, Input

LONGEST_BODY = 2000
LONGEST_TOPIC = 500


class ConversationFilter(Input, frozen=True, kw_only=True):
    """Which conversations: at least a moment or some ids. The contract limits no ids; an address has its length."""

    limit: Annotated[int, Meta(ge=1, le=100)]
    updated_from: datetime | None = None
    conversation_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []
    entity_type: Literal["ORDER"] | None = None
    entity_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []

    def check(self) -> None:
        if self.updated_from is None and not self.conversation_ids:
            raise ValueError("updated_from: Connect demands it, or conversation_ids.")


class MessageFilter(Input, frozen=True, kw_only=True):
    """Which messages of a conversation: those that Connect stored after this moment, or all."""

    message_after: datetime | None = None


class AttachmentFilter(Input, frozen=True, kw_only=True):
    """Which attachments of a conversation: some, or all."""

    attachment_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []


class OrderEntity(Input, frozen=True, kw_only=True, tag_field="type", tag="ORDER"):
    """The order that a conversation is about, by Connect's id."""

    id: Id


class Topic(Input, frozen=True, kw_only=True, tag_field="type", tag="FREE_TEXT"):
    """What a conversation is about, in at most 500 characters."""

    value: str

    def check(self) -> None:
        _check_length("value", self.value, LONGEST_TOPIC)


class MessageText(Input, frozen=True, kw_only=True):
    """A message: plain text of 1 to 2,000 characters."""

    body: str

    def check(self) -> None:
        if not self.body:
            raise ValueError("body: it is empty.")
        _check_length("body", self.body, LONGEST_BODY)


class NewConversation(Input, frozen=True, kw_only=True):
    """A conversation to begin with a customer, about an order."""

    entity: OrderEntity
    topic: Topic
    first_message: MessageText


def _check_length(field: str, text: str, most: int) -> None:
    if len(text.encode("utf-16-le")) > 2 * most:
        raise ValueError(f"{field}: a text of at most {most} characters is expected, an emoji counting as two.")
