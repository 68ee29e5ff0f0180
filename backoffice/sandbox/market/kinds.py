"""Every kind of action by its name."""

from __future__ import annotations

from backoffice.sandbox.market.acceptance import Acceptance
from backoffice.sandbox.market.cancelation import Cancelation
from backoffice.sandbox.market.kind import Kind
from backoffice.sandbox.market.messaging import ConversationCreation, MessageCreation
from backoffice.sandbox.market.refunding import Refund
from backoffice.sandbox.market.returning import Closing, Decision, Reception, Tracking
from backoffice.sandbox.market.shipping import Shipping
from backoffice.sandbox.market.uploading import Upload

KINDS: dict[str, Kind] = {
    "ACCEPT": Acceptance(),
    "CANCEL": Cancelation(),
    "REFUND": Refund(),
    "CREATE_SHIPMENT": Shipping(),
    "CREATE_CONVERSATION": ConversationCreation(),
    "CREATE_MESSAGE": MessageCreation(),
    "ACCEPT_RETURN": Decision(),
    "UPDATE_RETURN_TRACKING_INFORMATION": Tracking(),
    "ACKNOWLEDGE_RETURN_RECEPTION": Reception(),
    "CLOSE_RETURN": Closing(),
    "UPLOAD_DOCUMENT": Upload(),
}
