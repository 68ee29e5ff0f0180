from __future__ import annotations

import secrets
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.lists.walking import neighbours
from backoffice.outbox import queue
from backoffice.outbox.enums import State
from backoffice.outbox.models import Action, Batch
from backoffice.outbox.queries import on_target
from backoffice.web.pages import page
from backoffice.web.requests import Request
from orders import deciding, detail, packing, reviewing
from orders.actions import ACCEPT_LINES, SHIP_LINES, OrderKind
from orders.listing import ORDERS
from orders.models import Order
from orders.queries import visible_to


@require_safe
def order_detail(request: Request, pk: int) -> HttpResponse:
    """One order, as Mirakl last gave it, and what is asked of Mirakl about it."""
    orders = visible_to(request.user).select_related("channel", "connection__valve")
    order = get_object_or_404(orders.prefetch_related("lines", "parcels"), pk=pk)
    actions = on_target(ACCEPT_LINES.target_type, pk)
    context = detail.shown(order, actions, request.user, show=request.GET.get("show", ""), now=timezone.now())
    back = _back(request.GET)
    links = {**_links(request, pk, back, show=context["timeline"].show), **_neighbours(request, pk, back)}
    return page(request, "orders/detail.html", {**context, **links})


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: Request, pk: int) -> HttpResponse:
    """Accept or refuse each line of an order that waits."""
    order = _order(request, ACCEPT_LINES, pk)
    values = request.POST if request.method == "POST" else request.GET
    follows = _failed_before(ACCEPT_LINES, order, values.get("follows"))
    if request.method != "POST":
        return _form(request, order, deciding.opened(order, secrets.token_urlsafe(20), follows))
    decision = deciding.filled_in(order, values, follows)
    if not decision.errors:
        try:
            _ask(request, decision)
        except queue.ObjectedError as error:
            decision.errors.append(str(error))
    if decision.errors and not Action.objects.filter(token=decision.token).exists():
        return _form(request, order, decision, status=422)
    back = _back(request.POST)
    return redirect(_links(request, pk, back)["order_url"])


@require_http_methods(["GET", "HEAD", "POST"])
def ship(request: Request, pk: int) -> HttpResponse:
    """Send one parcel of an order."""
    order = _order(request, SHIP_LINES, pk)
    actions = on_target(SHIP_LINES.target_type, pk)
    values = request.POST if request.method == "POST" else request.GET
    follows = _failed_before(SHIP_LINES, order, values.get("follows"))
    if request.method != "POST":
        return _parcel(request, order, packing.opened(order, actions, secrets.token_urlsafe(20), follows))
    parcel = packing.filled_in(order, actions, values, follows, by=request.user)
    if not parcel.errors:
        try:
            packing.send(parcel, by=request.user, now=timezone.now())
        except queue.ObjectedError as error:
            parcel.errors.append(str(error))
    if parcel.errors and not Action.objects.filter(token=parcel.token).exists():
        return _parcel(request, order, parcel, status=422)
    return redirect(_links(request, pk, _back(request.POST))["order_url"])


@require_http_methods(["GET", "HEAD", "POST"])
def accept_many(request: Request) -> HttpResponse:
    """Look through what was chosen in the list, then accept or refuse it as one batch."""
    now = timezone.now()
    if request.method != "POST":
        return _sheet(request, reviewing.chosen(request.user, request.GET, now=now))
    try:
        sent = reviewing.Sent.parse(request.POST)
    except ValueError as error:
        review = reviewing.Review(reviewing.decision_of(request.POST), 0, errors=[str(error)])
        return _sheet(request, review, status=422)
    result = reviewing.confirm(request.user, request.POST, sent, now=now)
    if isinstance(result, Batch):
        return redirect("actions:batch", pk=result.pk)
    return _sheet(request, result, status=422)


def _ask(request: Request, decision: deciding.Decision) -> None:
    """Raises queue.ObjectedError."""
    before = deciding.blocking(on_target(ACCEPT_LINES.target_type, decision.order.pk))
    if before is not None and not before.is_open:  # the queue itself sees to open ones
        raise queue.ObjectedError(deciding.unseen(), before)
    queue.ask(
        ACCEPT_LINES,
        decision.order,
        decision.request,
        by=request.user,
        now=timezone.now(),
        token=decision.token,
        follows=decision.follows,
    )


def _form(request: Request, order: Order, decision: deciding.Decision, status: int = 200) -> HttpResponse:
    now = timezone.now()
    newest = deciding.blocking(on_target(ACCEPT_LINES.target_type, order.pk))
    back = _back(request.POST if request.method == "POST" else request.GET)
    context = {
        "now": now,
        "order": order,
        "decision": decision,
        "objection": deciding.objection(order, newest),
        "at_once": deciding.leaves_at_once(order, now),
        "newest": newest,
    }
    return page(request, "orders/accept.html", {**context, **_links(request, order.pk, back)}, status)


def _parcel(request: Request, order: Order, parcel: packing.Packing, status: int = 200) -> HttpResponse:
    now = timezone.now()
    back = _back(request.POST if request.method == "POST" else request.GET)
    links = _links(request, order.pk, back)
    context = {
        "now": now,
        "order": order,
        "parcel": parcel,
        "reason": packing.objection(order, on_target(SHIP_LINES.target_type, order.pk)) if parcel.is_barred else "",
        "at_once": packing.leaves_at_once(order, now),
        "empty_url": f"{links['ship_url']}{'&' if '?' in links['ship_url'] else '?'}follows=",
    }
    return page(request, "orders/ship.html", {**context, **links}, status)


def _order(request: Request, kind: OrderKind, pk: int) -> Order:
    """As the kind looks at it; 404 when this person does not work for it."""
    whole = kind.targets().defer(None).defer("search")  # of one order the payload costs little
    return get_object_or_404(whole.filter(pk__in=visible_to(request.user).values("pk")), pk=pk)


def _sheet(request: Request, review: reviewing.Review, status: int = 200) -> HttpResponse:
    values = request.POST if request.method == "POST" else request.GET
    token = values.get("token") or secrets.token_urlsafe(20)
    context = {"review": review, "token": token, "back": _back(values), "now": timezone.now()}
    return page(request, "orders/accept_many.html", context, status)


def _failed_before(kind: OrderKind, order: Order, key: str | None) -> Action | None:
    """The failed action that this form asks for again: the one with this key, or the newest that nobody dealt with."""
    mine = Action.objects.filter(kind=kind.name, target_type=kind.target_type, target_id=order.pk)
    failed = mine.filter(state=State.FAILED, successor=None)
    if key is None:
        return failed.first()
    return failed.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None


def _back(values: QueryDict) -> str:
    """The state of the list that somebody came from."""
    return ORDERS.cleaned(values.get("back", ""))


def _links(request: Request, pk: int, back: str, show: str = "all") -> dict[str, str]:
    """The addresses of an order's pages, which remember the list that somebody came from, and on its own page which
    part of the timeline is open: `show_query` is that page's address up to the name of the part."""
    kept = {**({"back": back} if back else {}), **{kind: str(pk) for kind, pk in request.scope.pairs}}
    order_url, list_url = reverse("orders:detail", args=[pk]), reverse("orders:list")
    return {
        "back": back,
        "back_url": f"{list_url}?{back}" if back else list_url,
        "order_url": _with_query(order_url, kept if show == "all" else {**kept, "show": show}),
        "accept_url": _with_query(reverse("orders:accept", args=[pk]), kept),
        "ship_url": _with_query(reverse("orders:ship", args=[pk]), kept),
        "show_query": _with_query(order_url, {**kept, "show": ""}),
    }


def _neighbours(request: Request, pk: int, back: str) -> dict[str, str]:
    """The addresses of the orders before and after this one in the list that somebody came from; "" where is none."""
    found = neighbours(ORDERS, request, back, pk)
    return {
        f"{name}_url": _links(request, other, back)["order_url"] if other else ""
        for name, other in (("previous", found.previous), ("following", found.next))
    }


def _with_query(url: str, values: dict[str, str]) -> str:
    return f"{url}?{urlencode(values)}" if values else url
