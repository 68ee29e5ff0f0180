"""The one place that says how a status looks: a word, a colour and an icon, never colour alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from backoffice.web.badges import Badge
from orders.enums import Status

__all__ = ["Badge", "badge"]


_LOOKS = {
    Status.AWAITING_FRAUD_CHECK: ("waiting", "hourglass"),
    Status.AWAITING_ACCEPTANCE: ("attention", "inbox"),
    Status.AWAITING_PAYMENT: ("waiting", "hourglass"),
    Status.AWAITING_SHIPMENT: ("work", "package"),
    Status.SHIPPED: ("moving", "truck"),
    Status.DELIVERED: ("done", "check"),
    Status.CLOSED: ("ended", "archive"),
}


def badge(status: str) -> Badge:
    """The badge of a Mirakl status. One that we do not know is shown in Mirakl's own word, and neutral."""
    for known, (tone, icon) in _LOOKS.items():
        if known == status:
            return Badge(known.label, tone, icon)
    if status == Status.CHANNEL_SPECIFIC:
        return Badge(Status.CHANNEL_SPECIFIC.label, "unknown", "question")
    return Badge(status or _("No status"), "unknown", "question")
