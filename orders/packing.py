"""One parcel of an order: what is in it and how it travels, as a form takes it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import msgspec
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.outbox import queue
from backoffice.outbox.kinds import Json, fingerprint
from backoffice.outbox.models import Action
from backoffice.outbox.queries import on_target
from backoffice.users.models import User
from orders import shipping
from orders.actions import SHIP_LINES
from orders.badges import Badge, badge
from orders.models import Order, OrderLine
from orders.queries import visible_to

# Characters that nobody sees, as they come with copied text; a scanner ends with some, too.
INVISIBLE = {"Cc", "Cf", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of which something is left. `typed`: what its field holds; `units`: what that means."""

    line: OrderLine
    left: int
    shipped: int  # in parcels that the channel confirmed
    typed: str
    units: int = 0
    error: str = ""

    @property
    def name(self) -> str:
        """Of its field."""
        return f"line-{self.line.pk}"

    @property
    def underway(self) -> int:
        """Units in parcels that the channel has not confirmed."""
        return max(self.line.quantity - self.shipped - self.left, 0)


@dataclass(frozen=True, slots=True)
class Text:
    """One field for text. `most`: how many characters it takes."""

    name: str
    value: str
    most: int
    error: str = ""


@dataclass
class Packing:
    """The form of one parcel. `seen` is a fingerprint of the order and of what was left of it, as the person saw them.

    `elsewhere`: other orders with a parcel of the same tracking number; `hidden`: how many more there are that this
    person does not work for.
    """

    order: Order
    rows: list[Row]
    others: list[tuple[OrderLine, Badge]]
    texts: dict[str, Text]
    version: str
    seen: str
    token: str
    follows: Action | None = None
    elsewhere: list[Order] = field(default_factory=list)
    hidden: int = 0
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def request(self) -> Json:
        """As the kind takes it; complete when there are no errors. One query: for the channel's word for a carrier."""
        items = {row.line.remote_id: row.units for row in self.rows if row.units}
        texts = {name: text.value for name, text in self.texts.items()}
        return {"items": items, **texts, "carrier": shipping.taken_as(self.order.channel, texts["carrier"])}

    @property
    def is_barred(self) -> bool:
        """Whether no parcel can be sent, whatever is typed: then there is a reason instead of a form."""
        return not self.rows

    @property
    def about_the_link(self) -> str:
        """When it is needed: a channel knows by itself where the carriers that worked can be followed."""
        known = ", ".join(self.suggestions[:3])
        if not known:
            return _("Where the customer can follow it. Many channels need it for a carrier that they do not know.")
        return _("Needed where the carrier is new to this channel; not for %(carriers)s.") % {"carriers": known}

    @property
    def wrong(self) -> list[Row | Text]:
        """Fields with an error."""
        return [*(row for row in self.rows if row.error), *(text for text in self.texts.values() if text.error)]

    @property
    def first_error(self) -> str:
        """The field that gets the focus."""
        if self.elsewhere or self.hidden:
            return "all_the_same"
        fields = self.wrong or (self.rows if self.errors else [])
        return fields[0].name if fields else ""

    @cached_property
    def suggestions(self) -> list[str]:
        """Carriers that worked on this channel, newest first."""
        return shipping.suggestions(self.order.channel)

    @property
    def carriers(self) -> list[str]:
        """What to choose from: carriers that worked, and the one that the order itself names."""
        return list(dict.fromkeys(filter(None, (*self.suggestions, self.order.document.shipping_info.carrier))))

    @property
    def about_the_carrier(self) -> str:
        """How it is written. What is sent under another name than it is typed is said beforehand. One query."""
        said = _("As %(channel)s calls it.") % {"channel": self.order.channel}
        known = self.order.channel.carriers.order_by("-worked_at", "-pk").values_list("typed", "name")
        other = [f"{typed} → {name}" for typed, name in known[:50] if typed != name.casefold()][:5]
        return f"{said} " + _("Sent under another name: %(names)s.") % {"names": ", ".join(other)} if other else said

    @cached_property
    def asks_warehouse(self) -> bool:
        return bool(self.texts["warehouse_id"].value) or shipping.asks_warehouse(self.order.channel)

    @cached_property
    def asks_return_number(self) -> bool:
        typed = self.texts["return_tracking_number"].value
        return bool(typed) or shipping.asks_return_number(self.order.channel, self.follows)


def opened(order: Order, actions: Iterable[Action], token: str, follows: Action | None) -> Packing:
    """A form with all that is left; after a failure, with what the parcel of that action held."""
    left = what_is_left(order, actions)
    before: Json = follows.request if follows else {"items": left}
    rows = [
        replace(row, typed=str(min(before["items"].get(row.line.remote_id, 0), row.left))) for row in _rows(order, left)
    ]
    texts = {name: Text(name, before.get(name, ""), most) for name, (_label, most) in shipping.TEXTS.items()}
    packing = _packing(order, rows, texts, token, follows)
    if follows is None and packing.rows and packing.asks_warehouse:
        texts["warehouse_id"] = replace(texts["warehouse_id"], value=shipping.last_warehouse(order.channel))
    return packing


def filled_in(
    order: Order, actions: Iterable[Action], values: QueryDict, follows: Action | None, *, by: User
) -> Packing:
    """The form as it was sent. Its `errors` say what is wrong; what was typed stays."""
    left = what_is_left(order, actions)
    rows = [_units(row, values.get(row.name, "")) for row in _rows(order, left)]
    texts = {name: _text(name, values.get(name, "")) for name in shipping.TEXTS}
    packing = _packing(order, rows, _together(texts), _plain(values.get("token", ""))[:40], follows)
    if packing.is_barred:
        packing.errors.append(objection(order, actions))
    elif values.get("seen") != packing.seen:
        packing.differences = _differences(order, left, values.get("version", ""))
        packing.errors.append(_changed())
    else:
        _judge(packing, values, by)
    return packing


def send(packing: Packing, *, by: User, now: datetime) -> None:
    """Asks for the parcel. Raises queue.ObjectedError."""
    with transaction.atomic():
        # Held to the end: of two forms that were right when they were looked at, the second is looked at again.
        order, token, follows = packing.order, packing.token, packing.follows
        Order.objects.select_for_update().only("pk").get(pk=order.pk)
        left = what_is_left(order, on_target(SHIP_LINES.target_type, order.pk))
        if fingerprint(_version(order, left)) != packing.seen:
            raise queue.ObjectedError(_changed())
        queue.ask(SHIP_LINES, order, packing.request, by=by, now=now, token=token, follows=follows)


def _changed() -> str:
    return _("The order changed after you opened this form. Look at its lines again, then send it.")


def what_is_left(order: Order, actions: Iterable[Action]) -> dict[str, int]:
    """By line id, the units that no parcel holds, of lines that can be shipped."""
    if shipping.objection_to_shipping(order, actions):
        return {}
    return {line: units for line, units in shipping.left(order, actions).items() if units > 0}


def objection(order: Order, actions: Iterable[Action]) -> str:
    """Why no parcel of this order can be sent now; "" when one can."""
    objected = shipping.objection_to_shipping(order, actions)
    return objected.text if objected else ""


def leaves_at_once(order: Order, now: datetime) -> bool:
    """Whether there will be no time to undo: the deadline is too close."""
    return not queue.undo_window(SHIP_LINES, order, now=now)


def _packing(order: Order, rows: list[Row], texts: dict[str, Text], token: str, follows: Action | None) -> Packing:
    left = {row.line.remote_id: row.left for row in rows}
    version = _version(order, left)
    others = [(line, badge(line.status)) for line in order.lines.all() if line.remote_id not in left]
    encoded = msgspec.json.encode(version).decode()
    return Packing(order, rows, others, texts, encoded, fingerprint(version), token, follows)


def _rows(order: Order, left: Mapping[str, int]) -> list[Row]:
    shipped = shipping.shipped(order)
    return [
        Row(line, left[line.remote_id], shipped.get(line.remote_id, 0), "0")
        for line in order.lines.all()
        if line.remote_id in left
    ]


def _units(row: Row, typed: str) -> Row:
    """With what was typed into its field, judged."""
    typed = _plain(typed)[:40]
    digits = typed.lstrip("0") or "0"
    if not typed:
        return replace(row, typed="")
    if not (typed.isascii() and typed.isdigit()):
        said = _("Write a whole number from 0 to %(left)d.") % {"left": row.left}
        return replace(row, typed=typed, error=said)
    if len(digits) > len(str(row.left)) or int(digits) > row.left:
        said = ngettext("Only %(left)d is left.", "Only %(left)d are left.", row.left) % {"left": row.left}
        return replace(row, typed=typed, error=said)
    return replace(row, typed=digits, units=int(digits))


def _text(name: str, typed: str) -> Text:
    plain, most = _plain(typed), shipping.TEXTS[name][1]
    if plain != typed.strip():
        said = _("There were characters in it that cannot be seen. They were taken out: look at it again.")
        return Text(name, plain, most, said)
    if len(plain) > most:
        return Text(name, plain, most, _("At most %(most)d characters fit here.") % {"most": most})
    if name == "tracking_url" and plain and not shipping.is_link(plain):
        return Text(name, plain, most, _("Write a whole address that begins with https:// or http://."))
    return Text(name, plain, most)


def _together(texts: dict[str, Text]) -> dict[str, Text]:
    """Judged by what the others say: a number means nothing without the carrier that gave it."""
    carrier, number, url = (texts[name] for name in ("carrier", "tracking_number", "tracking_url"))
    if carrier.value or carrier.error or not (number.value or url.value):
        return texts
    said = _("Name the carrier: without it nobody can follow the parcel.")
    return {**texts, "carrier": replace(carrier, error=said)}


def _judge(packing: Packing, values: QueryDict, by: User) -> None:
    """Adds what is wrong with it as a whole."""
    if wrong := len(packing.wrong):
        said = ngettext("One field needs another look.", "%(number)d fields need another look.", wrong)
        packing.errors.append(said % {"number": wrong})
    elif not any(row.units for row in packing.rows):
        packing.errors.append(_("Put at least one unit into the parcel."))
    else:
        _look_elsewhere(packing, values.get("all_the_same", ""), by)


def _look_elsewhere(packing: Packing, confirmed: str, by: User) -> None:
    """A number that another order has: that may be so, once somebody said that they know."""
    number = packing.texts["tracking_number"].value
    if not number or confirmed == number:
        return
    found = shipping.used_elsewhere(packing.order, number)
    seen = set(visible_to(by).filter(pk__in=[order.pk for order in found]).values_list("pk", flat=True))
    packing.elsewhere = [order for order in found if order.pk in seen]
    packing.hidden = len(found) - len(packing.elsewhere)
    if found:
        said = _("Another order has a parcel with this tracking number. Correct it, or say that both have it.")
        packing.errors.append(said)


def _plain(typed: str) -> str:
    return "".join(one for one in typed if unicodedata.category(one) not in INVISIBLE).strip()


def _version(order: Order, left: Mapping[str, int]) -> Json:
    return {**SHIP_LINES.version(order), "left": dict(left)}


class _Version(msgspec.Struct):
    lines: dict[str, tuple[str, int]]
    left: dict[str, int]


def _differences(order: Order, left: Mapping[str, int], version: str) -> list[tuple[str, str, str]]:
    """What is not as the form says that it was; nothing when that is damaged."""
    try:
        before = msgspec.json.decode(version, type=_Version)
    except msgspec.DecodeError:
        return []
    seen = {"lines": {line: list(of_line) for line, of_line in before.lines.items()}}
    rows = SHIP_LINES.differences(seen, SHIP_LINES.version(order))
    for line in order.lines.all():
        was, now = before.left.get(line.remote_id, 0), left.get(line.remote_id, 0)
        if was != now:
            rows.append((_("%(sku)s: left to ship") % {"sku": line.sku}, str(was), str(now)))
    return rows
