"""Conversations with customers (domain.md §1.3, §2.6; §8, questions 8 and 44 to 48)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, json_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import archives, following, letters, naming, questions, walking
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import actions, messaging, records, uploads
from backoffice.sandbox.market.kind import Record
from backoffice.sandbox.market.settling import settle

MOST_ATTACHMENTS = 100  # ids of one download


def list_conversations(call: Call) -> Response:
    settle(call.world)
    messaging.recognise_orders(call.world.store, call.now)
    return walking.answer(call, walking.Listing("conversations"), _asked)


def _asked(call: Call) -> walking.Question:
    args = call.request.args
    updated_from = questions.moment(args, "updated_from")
    conversation_ids = questions.several(args, "conversation_ids")
    if updated_from is None and not conversation_ids:
        text = "Either updated_from or conversation_ids is required."
        raise RefusedError(400, text, field="updated_from")
    entity_type = questions.choice(args, "entity_type", ("ORDER",))
    entity_ids = questions.several(args, "entity_ids")
    if (entity_type is None) != (not entity_ids):
        missing = "entity_type" if entity_type is None else "entity_ids"
        raise RefusedError(400, "entity_type and entity_ids go together.", field=missing)
    return walking.Question(
        limit=questions.number(args, "limit", default=50, least=1, most=100),
        among={"id": conversation_ids, "entity_id": entity_ids},
        since=None if updated_from is None else micros(updated_from),
    )


def get_conversation_messages(call: Call) -> Response:
    """Filtered by when Connect stored them, sorted by when the channel got them."""
    after = questions.moment(call.request.args, "message_after")
    settle(call.world)
    with call.world.store.lock:
        conversation = _conversation(call)
        rows = call.world.store.rows(
            "SELECT body FROM messages WHERE conversation_id = ? AND created_at > ?"
            " ORDER BY channel_created_at DESC, number DESC",
            (conversation.id, micros(after) if after else -(2**63)),
        )
    text = b",".join([body for (body,) in rows])
    return Response(b'{"messages":[' + text + b"]}", content_type="application/json")


def create_conversation(call: Call) -> Response:
    """Only the form is judged here, and whether the order is known; the rest is for the marketplace to say."""
    wanted, files = letters.new_conversation(call)
    world = call.world
    with world.store.transaction():
        order = naming.order_known_by(call, wanted["entity"]["id"], "conversation.entity.id")
        asked = {
            "conversation_id": messaging.new_id(),
            "topic": wanted["topic"]["value"],
            "body": wanted["first_message"]["body"],
        }
        action_id = actions.take(call, actions.at_order(order, "conversation"), "CREATE_CONVERSATION", asked)
        uploads.keep(world.store, action_id, files)
    return json_answer({"action_id": action_id}, 202)


def create_message(call: Call) -> Response:
    wanted, files = letters.new_message(call)
    world = call.world
    with world.store.transaction():
        conversation = _conversation(call)
        order_id = conversation.body["entity"].get("id", "")
        aim = actions.Aim(conversation.id, order_id, actions.channel_of(conversation.body), "conversation")
        action_id = actions.take(call, aim, "CREATE_MESSAGE", {"body": wanted["body"]})
        uploads.keep(world.store, action_id, files)
    return json_answer({"action_id": action_id}, 202)


def download_conversation_attachments(call: Call) -> Response:
    """Always a ZIP; ids that are unknown, or another conversation's, are skipped."""
    wanted = questions.several(call.request.args, "attachment_ids", most=MOST_ATTACHMENTS)
    settle(call.world)
    with call.world.store.lock:
        conversation = _conversation(call)
        rows = call.world.store.rows(
            "SELECT id, message_id, filename, content FROM attachments WHERE conversation_id = ? ORDER BY number",
            (conversation.id,),
        )
    found = [row for row in rows if not wanted or row[0] in wanted]
    if not found:
        raise RefusedError(404, "The conversation has no such attachment.", field="attachment_ids")
    files = (
        (f"{message_id}/{own_id}/{filename}", call.now, content) for own_id, message_id, filename, content in found
    )
    return archives.answer(call, f"{conversation.id}_attachments", files)


def get_conversation_action_status(call: Call) -> Response:
    action, answer = following.status_of(call, "actionId", "conversation")
    if action.kind == "CREATE_MESSAGE":
        answer["conversation_id"] = action.target
    elif action.status == "SUCCESS":
        answer["conversation_id"] = action.asked()["conversation_id"]
    return json_answer(answer)


def _conversation(call: Call) -> Record:
    """Raises RefusedError 404 where it is unknown or anonymised: to a caller both are the same."""
    found = records.find(call.world.store, "conversations", call.path["conversationId"])
    if found is None or "anonymized_at" in found.body:
        raise RefusedError(404, "There is no conversation with this id.", field="conversationId")
    return found


OPERATIONS = (
    Operation(
        "listConversations",
        "GET",
        "/connect/conversations",
        "connect:conversation:read",
        None,
        list_conversations,
    ),
    Operation(
        "getConversationMessages",
        "GET",
        "/connect/conversations/{conversationId}",
        "connect:conversation:read",
        None,
        get_conversation_messages,
    ),
    Operation(
        "createConversation",
        "POST",
        "/connect/conversations",
        "connect:conversation:create",
        None,
        create_conversation,
        writes=True,
    ),
    Operation(
        "createMessage",
        "POST",
        "/connect/conversations/{conversationId}/messages",
        "connect:conversation:reply",
        None,
        create_message,
        writes=True,
    ),
    Operation(
        "downloadConversationAttachments",
        "GET",
        "/connect/conversations/{conversationId}/attachments",
        "connect:conversation:read",
        None,
        download_conversation_attachments,
    ),
    Operation(
        "getConversationActionStatus",
        "GET",
        "/connect/conversations/actions/{actionId}",
        "connect:conversation:action:read",
        None,
        get_conversation_action_status,
    ),
)
