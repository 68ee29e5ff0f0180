"""The tabs of the orders list: which orders each shows, in which order, and what it says when it is empty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orders.enums import Stage
from orders.models import Order


@dataclass(frozen=True, slots=True)
class Tab:
    """`stage` "" is every stage; `late` keeps what should have been shipped before now."""

    key: str
    label: str | Promise
    empty: str | Promise
    stage: str
    field: str = "sort_at"
    newest_first: bool = False
    late: bool = False

    def rows(self, orders: QuerySet[Order], *, now: datetime) -> QuerySet[Order]:
        """Those of `orders` that belong on this tab, in no order."""
        if self.stage:
            orders = orders.filter(stage=self.stage)
        if self.late:
            orders = orders.filter(sort_at__lt=now)
        return orders


TABS = (
    Tab(Stage.TO_ACCEPT, Stage.TO_ACCEPT.label, _("Every order has been accepted or refused."), Stage.TO_ACCEPT),
    Tab(Stage.WAITING, Stage.WAITING.label, _("No order waits for a fraud check or a payment."), Stage.WAITING),
    Tab(
        Stage.TO_SHIP, Stage.TO_SHIP.label, _("Everything that was accepted and paid has been shipped."), Stage.TO_SHIP
    ),
    Tab("late", _("Late"), _("No shipment is late."), Stage.TO_SHIP, late=True),
    Tab(Stage.SHIPPED, Stage.SHIPPED.label, _("No order is on its way."), Stage.SHIPPED, newest_first=True),
    Tab(Stage.CLOSED, Stage.CLOSED.label, _("No order is closed yet."), Stage.CLOSED, newest_first=True),
    Tab(
        Stage.OTHER, Stage.OTHER.label, _("No order has a status of its channel alone."), Stage.OTHER, newest_first=True
    ),
    Tab("all", _("All"), _("There is no order yet."), "", field="created_at", newest_first=True),
)
BY_KEY = {tab.key: tab for tab in TABS}


def tab_of(key: str, *, searching: bool) -> Tab:
    """The tab with this key. Without one: the next work to do, or, for a search, everything."""
    return BY_KEY.get(key) or BY_KEY["all" if searching else str(Stage.TO_ACCEPT)]
