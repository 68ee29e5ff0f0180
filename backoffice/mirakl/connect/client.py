"""Mirakl Connect for a seller: one method per operation."""

from __future__ import annotations

from backoffice.mirakl.connect.conversations import Conversations
from backoffice.mirakl.connect.deprecated import Deprecated
from backoffice.mirakl.connect.documents import Documents
from backoffice.mirakl.connect.orders import Orders
from backoffice.mirakl.connect.products import Products
from backoffice.mirakl.connect.returns import Returns


class Connect(Orders, Documents, Returns, Conversations, Products, Deprecated):
    """The seller's side of Mirakl Connect.

    `base_url` ends before `/v2`; `name` is what log lines call the connection; `speed` divides the intervals of the
    call frequencies and is 1 except on a sandbox; without a `pacer` nothing waits; the `watcher` is told of every
    attempt. `timeout` is in seconds: to connect or to send a piece of a body, and without a byte of the answer. Every
    method raises any `errors.MiraklError`, and ValueError, with the field's name, for what Connect would refuse.
    """
