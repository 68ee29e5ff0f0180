from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from backoffice.lists.views import answer
from backoffice.outbox import batches, detail, groups, listing, queue, strips
from backoffice.outbox.enums import State
from backoffice.outbox.forms import GroupForm, ReasonForm
from backoffice.outbox.listing import ACTIONS
from backoffice.outbox.models import Action
from backoffice.outbox.queries import batches_visible_to, visible_to, with_company
from backoffice.outbox.queue import ObjectedError
from backoffice.outbox.shown import wish
from backoffice.outbox.standing import kept_by, too_late, why_waiting
from backoffice.users.rights import APPROVE, demand
from backoffice.web import times
from backoffice.web.middleware import is_poll
from backoffice.web.pages import page, way_back
from backoffice.web.requests import Request


@require_safe
def action_detail(request: Request, pk: int) -> HttpResponse:
    """One action: its life, why it is where it is, and what can be done about it."""
    return _detail(request, pk)


@require_safe
def batch_detail(request: Request, pk: int) -> HttpResponse:
    """Many actions that were asked for at once, and how far they are."""
    batch = get_object_or_404(batches_visible_to(request.user), pk=pk)
    return page(request, "outbox/batch.html", batches.context(request.user, batch, now=timezone.now()))


@require_safe
def strip(request: Request) -> HttpResponse:
    """What every page tells about actions on their way. After a button was pressed the page itself looks again too."""
    response = page(request, "outbox/strip.html", strips.context(request.user, request.scope, now=timezone.now()))
    if not is_poll(request):
        trigger_client_event(response, "actionsChanged")
    return response


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Takes an action back, if nothing of it left."""
    action = _action(request, pk)
    if queue.undo(pk, by=request.user, now=timezone.now()):
        messages.success(request, _("Undone: %(what)s. Nothing was sent.") % {"what": _named(action)})
    else:
        messages.warning(request, too_late(_action(request, pk), timezone.now()))
    return redirect(way_back(request, "actions:list"))


@require_POST
def send_now(request: Request, pk: int) -> HttpResponse:
    """Lets a waiting action leave before its time."""
    action = _action(request, pk)
    now = timezone.now()
    if queue.send_now(pk, now=now):
        said = _("Not waiting for its time any more: %(what)s. %(why)s")
        messages.success(request, said % {"what": _named(action), "why": why_waiting(_action(request, pk), now)})
    else:
        messages.warning(request, _("%(what)s does not wait for its time any more.") % {"what": _named(action)})
    return redirect(way_back(request, "actions:list"))


@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """Asks for the same again; without a page to go back to, the new action is shown."""
    action = _action(request, pk)
    _demand_for_unknown(request, action)
    now = timezone.now()
    try:
        new = groups.ask_again(action, by=request.user, now=now)
    except ObjectedError as error:
        messages.error(request, _("Not asked again: %(why)s") % {"why": error})
        return redirect(way_back(request, "actions:list") if "next" in request.POST else _page_of(action))
    leaves = _("It leaves at %(time)s.") % {"time": times.clock(new.not_before, now)}
    said = _("Asked again: %(what)s. %(when)s")
    messages.success(request, said % {"what": _named(new), "when": kept_by(new.connection, now) or leaves})
    return redirect(way_back(request, "actions:list") if "next" in request.POST else _page_of(new))


@require_POST
def again_many(request: Request) -> HttpResponse:
    """Asks again for all failed actions of one group, at most 500."""
    form = GroupForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That group is not there any more. This is what needs you now."))
        return answer(request, ACTIONS, status=422)
    actions = listing.failed_like(visible_to(request.user), **form.cleaned_data)
    outcome = groups.again(actions, by=request.user, now=timezone.now(), most=listing.MOST_AGAIN)
    (messages.warning if outcome.objected else messages.success)(request, str(outcome))
    return redirect(way_back(request, "actions:list"))


@require_POST
def give_up(request: Request, pk: int) -> HttpResponse:
    """Ends a failed or unknown action, with a reason."""
    action = _action(request, pk)
    _demand_for_unknown(request, action)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, give_up_form=form)
    if queue.give_up(pk, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()):
        messages.success(request, _("Given up: %(what)s.") % {"what": _named(action)})
    else:
        _somebody_else(request)
    return redirect(way_back(request, "actions:list"))


@require_POST
def resolve(request: Request, pk: int) -> HttpResponse:
    """Ends an unknown action: it did happen, and the person says how they know."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, resolve_form=form)
    action = _action(request, pk)
    if queue.resolve(pk, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()):
        messages.success(request, _("Settled: %(what)s did happen.") % {"what": _named(action)})
    else:
        _somebody_else(request)
    return redirect(way_back(request, "actions:list"))


@require_POST
def settle(request: Request, pk: int) -> HttpResponse:
    """Somebody looked into what is confirmed and not seen in two readings."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, settle_form=form)
    action = _action(request, pk)
    if queue.settle(pk, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()):
        messages.success(request, _("Settled: %(what)s.") % {"what": _named(action)})
    else:
        _somebody_else(request)
    return redirect(way_back(request, "actions:list"))


@require_POST
def approve(request: Request, pk: int) -> HttpResponse:
    """A colleague of the asker agrees."""
    action = _action(request, pk)
    try:
        agreed = queue.approve(action, by=request.user, now=timezone.now())
    except ObjectedError as error:
        messages.error(request, str(error))
    else:
        if agreed:
            messages.success(request, _("Agreed: %(what)s.") % {"what": _named(action)})
        else:
            _somebody_else(request)
    return redirect(way_back(request, "actions:list"))


@require_POST
def refuse(request: Request, pk: int) -> HttpResponse:
    """A colleague of the asker does not agree, and says why."""
    action = _action(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _detail(request, pk, refuse_form=form)
    if action.asked_by_id == request.user.pk:
        messages.error(request, _("You asked for this yourself: take it back instead."))
    elif action.state == State.TO_APPROVE and queue.undo(
        pk, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]
    ):
        messages.success(request, _("Refused: %(what)s. Nothing was sent.") % {"what": _named(action)})
    else:
        _somebody_else(request)
    return redirect(way_back(request, "actions:list"))


@require_POST
def undo_batch(request: Request, pk: int) -> HttpResponse:
    """Takes back all of a batch that has not left."""
    batch = get_object_or_404(batches_visible_to(request.user), pk=pk)
    number = queue.undo_batch(batch, by=request.user, now=timezone.now())
    if number:
        said = ngettext("%(number)d undone: it was not sent.", "%(number)d undone: they were not sent.", number)
        messages.success(request, said % {"number": number})
    else:
        messages.warning(request, _("Too late: nothing of it is left to be undone."))
    return redirect(way_back(request, "actions:list"))


def _action(request: Request, pk: int) -> Action:
    return get_object_or_404(visible_to(request.user).select_related("asked_by", "ended_by"), pk=pk)


def _demand_for_unknown(request: Request, action: Action) -> None:
    """It may have arrived: whoever ends or repeats it answers for that. Raises MissingRightError."""
    if action.state == State.UNKNOWN:
        demand(request.user, APPROVE)


def _detail(request: Request, pk: int, **forms: ReasonForm) -> HttpResponse:
    """The page of an action; with a form that was filled in wrongly, 422."""
    actions = with_company(visible_to(request.user)).select_related("batch", "approved_by")
    action = get_object_or_404(actions, pk=pk)
    context = {
        **detail.context(request.user, action, now=timezone.now()),
        **{name: ReasonForm() for name in _FORMS},
        **forms,
        "back": ACTIONS.cleaned(request.GET.get("back", "")),
    }
    return page(request, "outbox/detail.html", context, status=422 if forms else 200)


_FORMS = ("give_up_form", "resolve_form", "refuse_form", "settle_form")


def _page_of(action: Action) -> str:
    return wish(action).url


def _named(action: Action) -> str:
    """What it is and what it is about: "Accept 2 lines, MR-1001"."""
    return f"{wish(action).words}, {action.label}"


def _somebody_else(request: Request) -> None:
    messages.warning(request, _("Somebody dealt with this meanwhile. This is how it stands now."))
