"""What becomes of a write (domain.md §1.1, §2.5)."""

from __future__ import annotations

from backoffice.mirakl.reading import Moment
from backoffice.mirakl.values import Payload


class Acknowledgement(Payload, frozen=True):
    """Mirakl took a write and will carry it out. `tracking_id` is the older name of the same id."""

    action_id: str = ""
    tracking_id: str = ""


class Acknowledgements(Payload, frozen=True):
    """Mirakl took several reports, in their order."""

    actions: list[Acknowledgement]


class ActionError(Payload, frozen=True):
    """Why an action failed. `message` is the marketplace's own text, in any language (domain.md §2.5)."""

    code: str = ""
    message: str = ""


class ActionStatus(Payload, frozen=True):
    """How far an action has come. `status` is Mirakl's word: PENDING, SUCCESS, FAILED, or one that is new."""

    status: str
    id: str = ""
    created_at: Moment | None = None
    updated_at: Moment | None = None
    errors: list[ActionError] = []
