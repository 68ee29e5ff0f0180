"""Payloads of Mirakl Connect in the field's own words (domain.md §1.1, §1.3).

A missing text is "", a missing object None (or an empty one where every order has it), a missing list []. Enumerations
are plain text, because new members may appear at any time.
"""

from __future__ import annotations

from backoffice.mirakl.connect.types.actions import Acknowledgement, Acknowledgements, ActionError, ActionStatus
from backoffice.mirakl.connect.types.conversations import (
    Conversation,
    ConversationActionStatus,
    ConversationEntity,
    ConversationOrigin,
    ConversationParticipant,
    ConversationTopic,
    Message,
    MessageAttachment,
    MessageSender,
)
from backoffice.mirakl.connect.types.documents import OrderDocument
from backoffice.mirakl.connect.types.orders import (
    Address,
    Adjustment,
    BillingInfo,
    CustomAttribute,
    DeliveryDate,
    Fulfillment,
    Order,
    OrderLine,
    Origin,
    Product,
    ShippingInfo,
    Tax,
    TaxAdjustment,
)
from backoffice.mirakl.connect.types.products import (
    Attribute,
    CatalogProduct,
    Category,
    DiscountPrice,
    Gtin,
    Image,
    LocalisedText,
    PartnerQuantity,
    Quantity,
    StandardPrice,
)
from backoffice.mirakl.connect.types.returns import Return, ReturnAddress, ReturnLine, ReturnTracking
from backoffice.mirakl.connect.types.shipments import Shipment, ShippedItem
from backoffice.mirakl.reading import read
from backoffice.mirakl.values import Money

__all__ = [
    "Acknowledgement",
    "Acknowledgements",
    "ActionError",
    "ActionStatus",
    "Address",
    "Adjustment",
    "Attribute",
    "BillingInfo",
    "CatalogProduct",
    "Category",
    "Conversation",
    "ConversationActionStatus",
    "ConversationEntity",
    "ConversationOrigin",
    "ConversationParticipant",
    "ConversationTopic",
    "CustomAttribute",
    "DeliveryDate",
    "DiscountPrice",
    "Fulfillment",
    "Gtin",
    "Image",
    "LocalisedText",
    "Message",
    "MessageAttachment",
    "MessageSender",
    "Money",
    "Order",
    "OrderDocument",
    "OrderLine",
    "Origin",
    "PartnerQuantity",
    "Product",
    "Quantity",
    "Return",
    "ReturnAddress",
    "ReturnLine",
    "ReturnTracking",
    "Shipment",
    "ShippedItem",
    "ShippingInfo",
    "StandardPrice",
    "Tax",
    "TaxAdjustment",
    "read",
]
