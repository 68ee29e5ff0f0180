"""Every operation of our client, asked with the least and with everything, and where its effect shows."""

from __future__ import annotations

from tests.contract.drives.conversations import CONVERSATION_DRIVES
from tests.contract.drives.drive import PAST, Drive
from tests.contract.drives.orders import ORDER_DRIVES, V1_DRIVES
from tests.contract.drives.products import PRODUCT_DRIVES
from tests.contract.drives.returns import DOCUMENT_DRIVES, RETURN_DRIVES

__all__ = ["DRIVES", "FULLEST", "PAST", "Drive"]

DRIVES = (
    *ORDER_DRIVES,
    *V1_DRIVES,
    *RETURN_DRIVES,
    *DOCUMENT_DRIVES,
    *CONVERSATION_DRIVES,
    *PRODUCT_DRIVES,
)
FULLEST = {drive.operation: drive for drive in DRIVES}  # the last one of an operation says the most
