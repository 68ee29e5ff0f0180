from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backoffice.web.pages import page
from backoffice.web.requests import Request
from orders import listing
from orders.amounts import summary
from orders.badges import badge
from orders.lines import lines_of
from orders.paging import Position
from orders.queries import Place, visible_to


@require_safe
def order_list(request: Request) -> HttpResponse:
    """The orders of one tab or search, fifty at a time."""
    now = timezone.now()
    return page(request, "orders/list.html", listing.shown(request.user, request.GET, _place(request), now=now))


@require_safe
def order_detail(request: Request, pk: int) -> HttpResponse:
    """One order, as Mirakl last gave it."""
    order = get_object_or_404(visible_to(request.user).select_related("channel", "connection"), pk=pk)
    context = {
        "now": timezone.now(),
        "order": order,
        "document": order.document,
        "badge": badge(order.status),
        "deadline": listing.deadline(order),
        "lines": lines_of(order.document),
        "summary": summary(order.document),
        "back": listing.query(QueryDict(request.GET.get("back", ""))),
    }
    return page(request, "orders/detail.html", context)


def _place(request: Request) -> Place:
    """Which page is asked for. A link that was cut or changed by hand leads to the first one."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        return Place(Position.parse(after) if after else None, Position.parse(before) if before else None)
    except ValueError:
        messages.warning(request, _("That link to a page of the list is damaged. This is the first page."))
        return Place()
