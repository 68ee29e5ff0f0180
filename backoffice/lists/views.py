"""The pages of any list. Each view gets the list that its URL belongs to."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.lists import exporting, saving, selecting, showing
from backoffice.lists.declaration import List, Verb
from backoffice.lists.models import SavedView
from backoffice.lists.saving import Shelf, ViewError
from backoffice.lists.state import State, read, words_of
from backoffice.lists.viewer import Viewer
from backoffice.users import rights
from backoffice.web.middleware import is_poll
from backoffice.web.pages import page
from backoffice.web.requests import Request

TEMPLATE = "lists/page.html"


@require_safe
def show(request: Request, the_list: List) -> HttpResponse:
    """One page of the list. To a page that asks by itself: nothing, when nothing changed."""
    return answer(request, the_list)


def answer(request: Request, the_list: List, status: int = 200) -> HttpResponse:
    """The list as the address of this request names it."""
    state, shelf = state_of(request, the_list)
    context = showing.context(showing.shown(state, shelf))
    if is_poll(request):
        if request.GET.get("known") == context["fingerprint"]:
            return HttpResponse(status=204)
    else:
        for problem in state.problems:
            messages.warning(request, problem)
    return page(request, TEMPLATE, context, status)


@require_safe
def export(request: Request, the_list: List) -> HttpResponseBase:
    """Exactly what the list shows, all pages of it, as a file."""
    return exporting.export(request, the_list)


@require_POST
def select(request: Request, the_list: List) -> HttpResponse:
    """Fixes a choice: all rows that the list shows, or those that were picked by hand, which then go to a verb."""
    state, _shelf = state_of(request, the_list)
    picked = request.POST.getlist("pick")
    if picked:
        keys = selecting.keys_of(picked)
    else:
        rows = state.rows().order_by(*state.order.keys)
        keys = list(rows.values_list("pk", flat=True)[: selecting.MOST_ROWS + 1])
    kept = selecting.keep_rows(request.user, the_list, keys)
    if kept.left_out:
        said = _("More than %(most)s rows match. The first %(most)s are chosen; the others come after them.")
        messages.warning(request, said % {"most": f"{selecting.MOST_ROWS:,}"})
    verb = next((verb for verb in the_list.verbs if verb.key == request.POST.get("verb")), None)
    if verb is not None:
        return redirect(f"{verb.url}?{_for_sheet(verb, kept.token, state.query())}")
    return redirect(f"{the_list.url()}?{state.query(selection=kept.token)}")


@require_POST
def lookup(request: Request, the_list: List) -> HttpResponse:
    """Looks up what was pasted: too long for an address, it is kept for the person who pasted it."""
    state, _shelf = state_of(request, the_list)
    words = words_of(request.POST.get("q", ""))
    if not words:
        return redirect(f"{the_list.url()}?{state.without('q', 'ids')}")
    kept = selecting.keep_words(request.user, the_list, words)
    if kept.left_out:
        said = _("Only the first %(most)s of %(number)s numbers are looked up.")
        messages.warning(request, said % {"most": f"{selecting.MOST_WORDS:,}", "number": f"{len(words):,}"})
    return redirect(f"{the_list.url()}?{state.query(view=the_list.everything, ids=kept.token, q='', saved='')}")


@require_POST
def columns(request: Request, the_list: List) -> HttpResponse:
    """Keeps which columns are shown, and in which order."""
    state, shelf = state_of(request, the_list)
    keys = [] if "standard" in request.POST else _ordered(request.POST, the_list)
    saving.keep_columns(shelf, state.view, state.saved, keys)
    return redirect(f"{the_list.url()}?{state.query()}")


@require_POST
def views(request: Request, the_list: List) -> HttpResponse:
    """Saves what the list shows as a new view."""
    state, shelf = state_of(request, the_list)
    shared = request.POST.get("shared") == "yes"
    if shared:
        rights.demand(request.user, rights.SHARE_VIEWS)
    view = SavedView(list=the_list.key, owner=request.user, shared=shared, query=state.core)
    view.columns = [column.key for column in showing.columns_shown(state, shelf)]
    try:
        view.name = saving.named(request.POST.get("name", ""))
        saving.save_new(view)
    except ViewError as error:
        messages.error(request, str(error))
        return redirect(f"{the_list.url()}?{state.query()}")
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(f"{the_list.url()}?{urlencode({'view': view.pk})}")


@require_POST
def view(request: Request, the_list: List, pk: int) -> HttpResponse:
    """Changes a saved view: `do` says how."""
    state, shelf = state_of(request, the_list)
    saved = get_object_or_404(SavedView, pk__in=[one.pk for one in shelf.views], pk=pk)
    do = _CHANGES.get(request.POST.get("do", ""))
    if do is None:
        messages.error(request, _("That button is not known here. Reload the page."))
        return redirect(f"{the_list.url()}?{urlencode({'view': pk})}")
    try:
        shown = do(request, state, shelf, saved)
    except ViewError as error:
        messages.error(request, str(error))
        shown = pk
    return redirect(f"{the_list.url()}?{urlencode({'view': shown})}" if shown else the_list.url())


@require_POST
def begin(request: Request, the_list: List) -> HttpResponse:
    """Makes the view that is open the one that this person begins with, or gives that up."""
    state, shelf = state_of(request, the_list)
    chosen = str(state.saved.pk) if state.saved else state.view.key
    first = "" if shelf.habit.first == chosen else chosen
    saving.keep_habit(shelf.habit, first=first)
    if first:
        messages.success(request, _("You begin with this view from now on."))
    else:
        messages.success(request, _("You begin with the standard view again."))
    return redirect(f"{the_list.url()}?{state.query()}")


def state_of(request: Request, the_list: List) -> tuple[State, Shelf]:
    """The state that the address names, and what this person has of the list."""
    viewer = Viewer.of(request)
    shelf = saving.shelf_of(request.user, the_list)
    return read(the_list, request.GET, viewer, shelf), shelf


def _for_sheet(verb: Verb, token: str, back: str) -> str:
    pairs = {verb.name: verb.value} if verb.name else {}
    return urlencode({"selection": token, "back": back, **pairs})


def _ordered(values: QueryDict, the_list: List) -> list[str]:
    """The columns that are ticked, in the order of the form, with one of them moved up or down."""
    known = [key for key in dict.fromkeys(values.getlist("order")) if the_list.column(key)]
    shown = [key for key in known if key in set(values.getlist("column"))]
    for name, step in (("up", -1), ("down", 1)):
        key = values.get(name, "")
        if key in shown and 0 <= (to := shown.index(key) + step) < len(shown):
            shown.remove(key)
            shown.insert(to, key)
    return shown


def _owned(request: Request, saved: SavedView) -> None:
    """Raises MissingRightError."""
    if not saving.may_change(request.user, saved):
        raise rights.MissingRightError(rights.SHARE_VIEWS)


def _update(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    _owned(request, saved)
    saved.query = state.core
    saved.columns = [column.key for column in showing.columns_shown(state, shelf)]
    saved.save(update_fields=["query", "columns"])
    messages.success(request, _("“%(name)s” was saved.") % {"name": saved.name})
    return saved.pk


def _rename(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    _owned(request, saved)
    saved.name = saving.named(request.POST.get("name", ""))
    saved.save(update_fields=["name"])
    return saved.pk


def _duplicate(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    name = _("%(name)s, copy") % {"name": saved.name[:50]}
    copy = SavedView(list=saved.list, owner=request.user, name=name, query=saved.query, columns=saved.columns)
    saving.save_new(copy)
    messages.success(request, _("This is your own copy: “%(name)s”.") % {"name": copy.name})
    return copy.pk


def _share(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    rights.demand(request.user, rights.SHARE_VIEWS)
    saved.shared = True
    saved.save(update_fields=["shared"])
    messages.success(request, _("Everybody sees “%(name)s” now.") % {"name": saved.name})
    return saved.pk


def _unshare(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    rights.demand(request.user, rights.SHARE_VIEWS)
    if saved.owner_id != request.user.pk:
        raise ViewError(_("Only its owner can take this view back. You can delete it."))
    saved.shared, saved.is_default = False, False
    saved.save(update_fields=["shared", "is_default"])
    messages.success(request, _("Only you see “%(name)s” now.") % {"name": saved.name})
    return saved.pk


def _default(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    rights.demand(request.user, rights.SHARE_VIEWS)
    saving.begin_with(saved, for_everybody=not saved.is_default)
    if saved.is_default:
        messages.success(request, _("The list begins with its standard view again."))
    else:
        messages.success(request, _("Everybody without a wish of their own begins with “%(name)s”.") % {"name": saved})
    return saved.pk


def _delete(request: Request, state: State, shelf: Shelf, saved: SavedView) -> int:
    _owned(request, saved)
    saved.delete()
    messages.success(request, _("“%(name)s” was deleted.") % {"name": saved.name})
    return 0


_CHANGES = {
    "save": _update,
    "rename": _rename,
    "duplicate": _duplicate,
    "share": _share,
    "unshare": _unshare,
    "default": _default,
    "delete": _delete,
}
