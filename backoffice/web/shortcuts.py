"""Every key that keys.js knows, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CTRL = pgettext_lazy("key on a keyboard", "Ctrl")
SHIFT = pgettext_lazy("key on a keyboard", "Shift")
ENTER = pgettext_lazy("key on a keyboard", "Enter")
ESC = pgettext_lazy("key on a keyboard", "Esc")


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`name`: what an element carries in `data-key`, or keys.js sees to itself; `keys`: as they stand on the keyboard;
    `what` it does."""

    name: str
    keys: tuple[str | Promise, ...]
    what: str | Promise


@dataclass(frozen=True, slots=True)
class Group:
    label: str | Promise
    shortcuts: tuple[Shortcut, ...]


GROUPS = (
    Group(
        _("Everywhere"),
        (
            Shortcut("Ctrl+K", (CTRL, "K"), _("Find a page, an action or an order")),
            Shortcut("/", ("/",), _("Search")),
            Shortcut("?", ("?",), _("Show these keys")),
            Shortcut("Esc", (ESC,), _("Close, leave the field, or choose nothing")),
            Shortcut("u", ("u",), _("Undo what you asked for last")),
            Shortcut("Ctrl+Enter", (CTRL, ENTER), _("Send the form")),
        ),
    ),
    Group(
        _("Go to"),
        (
            Shortcut("g h", ("g", "h"), _("Start")),
            Shortcut("g o", ("g", "o"), _("Orders")),
            Shortcut("g a", ("g", "a"), _("Actions")),
            Shortcut("g c", ("g", "c"), _("Connections")),
        ),
    ),
    Group(
        _("In a list"),
        (
            Shortcut("j", ("j", "k"), _("Next and previous row; the arrows do the same")),
            Shortcut("x", ("x",), _("Choose the row, or choose it no more")),
            Shortcut("X", (SHIFT, "x"), _("Choose all rows since the last one chosen")),
            Shortcut("o", ("o", ENTER), _("Open the row")),
            Shortcut("f", ("f",), _("Add a filter")),
        ),
    ),
    Group(
        _("With an order, or with chosen rows"),
        (
            Shortcut("a", ("a",), _("Accept: opens the form or the review, and sends nothing yet")),
            Shortcut("s", ("s",), _("Ship: opens the form of a parcel, and sends nothing yet")),
            Shortcut("n", ("n", "p"), _("Next and previous order of the list")),
        ),
    ),
)
