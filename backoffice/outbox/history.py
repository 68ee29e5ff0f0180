"""The life of an action as one moment of a timeline, read from the action's own row: there is no second truth."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from backoffice.outbox.detail import life_of
from backoffice.outbox.enums import State
from backoffice.outbox.shown import Shown
from backoffice.outbox.words import Offer
from backoffice.timeline.enums import Show
from backoffice.timeline.shown import Moment, Step


def moment_of(shown: Shown, now: datetime) -> Moment:
    """What was asked for, at the last moment that is known of it, with its way there.

    Without queries for rows of `queries.with_company`.
    """
    action = shown.action
    steps = tuple(Step(step.label, step.at) for step in life_of(action, now) if not step.ahead)
    explained = shown.explanation
    return Moment(
        at=max(step.at for step in steps),
        part=Show.ACTIONS,
        icon=shown.badge.icon,
        tone=shown.badge.tone,
        sentence=f"{shown.words}: {shown.badge.label}",
        who=_who(shown),
        failed=action.state in {State.FAILED, State.UNKNOWN} or shown.needs_a_person,
        text=explained.sentence if explained else action.reason,
        steps=steps,
        fix_url=_fix(shown),
        url=shown.url,
    )


def _who(shown: Shown) -> str:
    """Who asked for it; who ended it, where that was somebody else."""
    action = shown.action
    asked_by = _("by itself") if action.automatic else str(action.asked_by or _("a rule"))
    if action.ended_by and action.ended_by_id != action.asked_by_id:
        return _("%(one)s, ended by %(other)s") % {"one": asked_by, "other": action.ended_by}
    if action.approved_by:
        return _("%(one)s, agreed by %(other)s") % {"one": asked_by, "other": action.approved_by}
    return asked_by


def _fix(shown: Shown) -> str:
    """Where the most direct way out of a failure is; "" when nothing is to be done."""
    if not shown.needs_a_person:
        return ""
    return shown.form_url if Offer.FORM in shown.offers and shown.form_url else shown.url
