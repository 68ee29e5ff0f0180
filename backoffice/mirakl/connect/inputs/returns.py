"""What is asked about returns, and what is done to them (domain.md §1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from backoffice.mirakl.limits import Id, Input

# CHANNEL_SPECIFIC can be read, but not asked for.
Status = Literal["REQUEST_INITIATED", "REQUEST_DECLINED", "OPENED", "RECEIVED", "CLOSED"]
# OTHER can be read, but not written.
RejectionReason = Literal["RETURN_WINDOW_CLOSED", "NOT_ELIGIBLE_FOR_RETURN", "FINAL_SALES"]


class ReturnFilter(Input, frozen=True, kw_only=True):
    """Which returns. Unlike with orders, Connect demands `updated_from`."""

    limit: Annotated[int, Meta(ge=1, le=100)]
    updated_from: datetime
    order_ids: Annotated[Sequence[Id], Meta(max_length=100)] = []
    statuses: Annotated[Sequence[Status], Meta(max_length=100)] = []


class ReturnDecision(Input, frozen=True, kw_only=True):
    """Whether a return is accepted. A reason goes with a refusal; the contract does not demand one."""

    accepted: bool
    rejection_reason: RejectionReason | None = None


class Tracking(Input, frozen=True, kw_only=True):
    """How the parcel comes back. What is written here as `carrier` is read as `carrier_name`."""

    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""


class TrackingInformation(Input, frozen=True, kw_only=True):
    """What the customer needs to send something back. An empty text is left out."""

    rma_id: str = ""
    label_url: str = ""
    tracking: Tracking | None = None
