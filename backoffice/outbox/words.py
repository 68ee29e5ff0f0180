"""Why an action did not happen, for people: who refused, why, and what to do now.

Mirakl publishes names of codes and no definitions (domain.md §2.5): the sentences are our reading of the names, and the
channel's own text always stands beside them, as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backoffice.outbox.enums import Cause


class Offer(StrEnum):
    """What a page offers a person to do about it; `templates/outbox/_offers.html` has the buttons."""

    AGAIN = "again"  # the same once more
    FORM = "form"  # the form anew, with other values
    ELSEWHERE = "elsewhere"  # it was done in another place: ended with that reason
    TARGET = "target"  # look at what it is about
    CONNECTIONS = "connections"
    HAPPENED = "happened"  # an unknown one did happen
    GIVE_UP = "give_up"
    SETTLE = "settle"  # somebody looked into it: nothing is left to be done


A, F, E, T, C, H, G, S = (
    Offer.AGAIN,
    Offer.FORM,
    Offer.ELSEWHERE,
    Offer.TARGET,
    Offer.CONNECTIONS,
    Offer.HAPPENED,
    Offer.GIVE_UP,
    Offer.SETTLE,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """`own_text` is what was answered, word by word; `own_label` says whose words these are."""

    who: str
    title: str
    sentence: str
    step: str
    offers: tuple[Offer, ...]
    own_label: str
    own_text: str
    code: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the tables below. Its texts may name %(channel)s, %(about)s and %(text)s."""

    title: str | Promise
    sentence: str | Promise
    step: str | Promise
    offers: tuple[Offer, ...]


_WRONG_STATE = Entry(
    _("It moved on"),
    _("%(about)s had moved on at %(channel)s before this arrived."),
    _(
        "Look at it as it is now. If what you wanted has happened already, choose “Done there already”; "
        "otherwise open the form anew, which offers what is still possible."
    ),
    (T, E, F, A, G),
)
_BUSY_STEP = _("We try again by ourselves, a few times. Choose “Try again” when you know that it works again.")

# Every code of domain.md §2.5.
CODES: Mapping[str, Entry] = {
    "INVALID_INPUT": Entry(
        _("Something in it is not accepted"),
        _("%(channel)s does not accept something in what was sent. Its own text says what."),
        _("Open the form anew, correct what it names, and send it again."),
        (F, A, T, G),
    ),
    "DATA_NOT_FOUND": Entry(
        _("Not known there"),
        _("%(channel)s does not know %(about)s, or one of its lines."),
        _("Look at it: it may have been cancelled or deleted there. If it is still there, try again."),
        (T, A, E, G),
    ),
    "UNEXPECTED": Entry(
        _("A fault on their side"),
        _("%(channel)s had a fault that it does not explain."),
        _BUSY_STEP,
        (A, T, G),
    ),
    "UNAVAILABLE": Entry(_("Not answering"), _("%(channel)s is not answering."), _BUSY_STEP, (A, T, G)),
    "TOO_MANY_REQUEST": Entry(
        _("Too many requests"),
        _("%(channel)s has had too many requests and asks for a pause."),
        _BUSY_STEP,
        (A, T, G),
    ),
    "ACTION_NOT_SUPPORTED": Entry(
        _("Not possible from here"),
        _("%(channel)s does not accept this through Mirakl."),
        _("Do it in the back office of %(channel)s, then choose “Done there already”."),
        (E, T, A, G),
    ),
    "ORDER_IN_WRONG_STATE": _WRONG_STATE,
    "RETURN_IN_WRONG_STATE": _WRONG_STATE,
    "INVALID_PRODUCT_ID": Entry(
        _("SKU not known"),
        _("The SKU on a line is not the one that %(channel)s expects."),
        _("Compare the SKU with the listing on %(channel)s, correct it there or here, and try again."),
        (A, F, T, G),
    ),
    "OUT_OF_STOCK": Entry(
        _("Out of stock there"),
        _("%(channel)s says that the item is not available."),
        _(
            "If you have it: raise the stock on %(channel)s and try again. "
            "If not: open the form anew and refuse or cancel the line."
        ),
        (F, A, T, G),
    ),
    "ORDER_FULFILLED_BY_PARTNER": Entry(
        _("Not ours to do"),
        _("A partner of %(channel)s fulfils this order, so it is not ours to change."),
        _("Nothing has to be done here. Give it up to clear it away."),
        (G, T, A),
    ),
    "PAYMENT_REQUIRED": Entry(
        _("Not paid yet"),
        _("%(channel)s has not charged the customer yet."),
        _("Wait until the order is paid, then try again."),
        (A, T, G),
    ),
    "SYNCHRONIZATION_DEACTIVATED": Entry(
        _("Synchronisation is off"),
        _("The synchronisation of orders with %(channel)s is switched off in Mirakl."),
        _("Switch it on in Mirakl, in the settings of this store. Then try again: everything of this store at once."),
        (A, T, G),
    ),
    "CARRIER_NOT_SUPPORTED": Entry(
        _("Carrier not known"),
        _("%(channel)s does not know this carrier."),
        _("Open the form anew and choose a carrier that %(channel)s knows."),
        (F, A, T, G),
    ),
    "MISSING_CARRIER": Entry(
        _("Carrier missing"),
        _("%(channel)s wants to know the carrier."),
        _("Open the form anew and choose the carrier."),
        (F, A, T, G),
    ),
    "WAREHOUSE_ID_REQUIRED": Entry(
        _("Warehouse missing"),
        _("%(channel)s wants to know from which warehouse it is shipped."),
        _("Open the form anew and choose the warehouse."),
        (F, A, T, G),
    ),
    "WAREHOUSE_ID_NOT_FOUND": Entry(
        _("Warehouse not known"),
        _("%(channel)s does not know this warehouse."),
        _("Open the form anew and choose a warehouse that %(channel)s knows."),
        (F, A, T, G),
    ),
    "OTHER": Entry(
        _("Another reason"),
        _("%(channel)s gives a reason that has no code. Its own text says more."),
        _("Read its text. Then try again, open the form anew, or give it up; an administrator sees every attempt."),
        (A, F, T, G),
    ),
}

UNKNOWN_CODE = Entry(
    _("A reason that is new to us"),
    _("%(channel)s gives a reason that we do not know. Its own text says more."),
    _("Read its text and the code. Then try again, open the form anew, or ask an administrator to look at it."),
    (A, F, T, G),
)

CAUSES: Mapping[str, Entry] = {
    Cause.CONFLICT: Entry(
        _("It changed meanwhile"),
        _("%(about)s is not what it was when this was asked for, so nothing was sent."),
        _(
            "Compare the two sides. If what you wanted has happened already, choose “Done there already”; "
            "otherwise open the form anew, or try again with %(about)s as it is now."
        ),
        (F, E, A, T, G),
    ),
    Cause.CHECK: Entry(
        _("Not possible any more"),
        _("Just before sending it turned out: %(text)s Nothing was sent."),
        _("Look at %(about)s as it is now, and open the form anew if something is still to be done."),
        (T, F, E, A, G),
    ),
    Cause.REFUSED: Entry(
        _("Refused by Mirakl"),
        _("Mirakl refused the request itself, so nothing reached %(channel)s."),
        _(
            "Look at %(about)s, correct what the answer names with the form, or try again. "
            "If you cannot see why, show an administrator the answer."
        ),
        (T, F, A, G),
    ),
    Cause.RIGHTS: Entry(
        _("A right is missing"),
        _("The credentials of this connection lack a right at Mirakl, so nothing was changed."),
        _("An administrator gives them that right at Mirakl. Then try again: everything that failed so at once."),
        (C, A, T, G),
    ),
    Cause.ADDRESS: Entry(
        _("Wrong address"),
        _("Mirakl answered from another address than the connection's, so nothing was changed."),
        _("An administrator corrects the base URL of the connection. Then try again."),
        (C, A, T, G),
    ),
    Cause.AFTER: Entry(
        _("What it waited for did not happen"),
        _("This was to follow another action, which did not happen. Nothing was sent."),
        _("Settle the other action first, then try this one again, or give it up."),
        (A, T, G),
    ),
    Cause.OURS: Entry(
        _("A fault on our side"),
        _("This program made a mistake before anything was sent."),
        _("Try again. If it fails again, tell an administrator what the program noted."),
        (A, T, G),
    ),
    Cause.LOST: Entry(
        _("The answer was lost"),
        _(
            "It left us, and no answer came back: we do not know whether Mirakl received it. "
            "It is not sent again by itself."
        ),
        _("Every reading of %(about)s is compared with it. Look at what they show, then decide."),
        (H, A, T, G),
    ),
    Cause.STOPPED: Entry(
        _("Interrupted while sending"),
        _(
            "The program stopped just after it had left: we do not know whether Mirakl received it. "
            "It is not sent again by itself."
        ),
        _("Every reading of %(about)s is compared with it. Look at what they show, then decide."),
        (H, A, T, G),
    ),
    Cause.GONE: Entry(
        _("Mirakl no longer knows the action"),
        _("Mirakl took it, and now says that it does not know it any more: nobody can tell what became of it."),
        _("Look at %(about)s, at %(channel)s too if need be, then decide."),
        (H, T, A, G),
    ),
    Cause.SILENT: Entry(
        _("No result after seven days"),
        _("Mirakl took it and never said what became of it. We have stopped asking."),
        _("Look at %(about)s, at %(channel)s too if need be, then decide."),
        (H, T, A, G),
    ),
}

DIFFERS = Entry(
    _("Not seen yet"),
    _("%(channel)s says that it is done, but two readings of %(about)s do not show it."),
    _("Look at %(about)s, at %(channel)s too if need be. If it did not happen, open the form anew. Then settle this."),
    (T, F, S),
)
NO_CAUSE = Entry(
    _("It did not happen"),
    _("Nobody said why."),
    _("Look at %(about)s, then try again or give it up."),
    (A, T, G),
)


def entry_of(cause: str, code: str) -> Entry:
    """The line of the tables for this cause; where the channel did not do it, for its code."""
    if cause == Cause.CHANNEL:
        return CODES.get(code, UNKNOWN_CODE)
    return CAUSES.get(cause, NO_CAUSE)


def explain(  # noqa: PLR0913 -- keyword-only, each on its own
    entry: Entry, *, cause: str = "", code: str = "", place: str = "", about: str = "", text: str = "", step: str = ""
) -> Explanation:
    """Fills in an entry. `place`: the channel, "" where it has no name; `about`: the target, "" for several;
    `text`: what was answered, or our own check; `step`: what comes next instead of the entry's."""
    names = {
        "channel": place or gettext("the channel"),
        "about": about or gettext("each of them"),
        "text": text,
    }
    return Explanation(
        who=_who(cause, place),
        title=str(entry.title),
        sentence=_begun(str(entry.sentence) % names, place, about),
        step=step or _begun(str(entry.step) % names, place, about),
        offers=entry.offers,
        own_label=_whose(cause, place),
        own_text="" if cause in _OUR_WORDS else text,
        code=code,
    )


# Their text is a sentence of ours and stands in the explanation already.
_OUR_WORDS = {Cause.CONFLICT, Cause.CHECK, Cause.SILENT}


def _who(cause: str, place: str) -> str:
    if cause == Cause.CHANNEL:
        return _begun(gettext("%(channel)s did not do it") % {"channel": place or gettext("the channel")}, place)
    if cause in {Cause.REFUSED, Cause.RIGHTS}:
        return gettext("Mirakl refused it")
    if cause in {Cause.CONFLICT, Cause.CHECK, Cause.AFTER, Cause.ADDRESS, Cause.OURS}:
        return gettext("We stopped it")
    if cause in {Cause.LOST, Cause.STOPPED, Cause.GONE, Cause.SILENT}:
        return gettext("Nobody can tell")
    return ""


def _whose(cause: str, place: str) -> str:
    if cause == Cause.CHANNEL:
        return gettext("%(channel)s in its own words") % {"channel": place or gettext("The channel")}
    if cause in {Cause.REFUSED, Cause.RIGHTS, Cause.ADDRESS, Cause.GONE}:
        return gettext("Mirakl in its own words")
    return gettext("What the program noted")


def _begun(sentence: str, *names: str) -> str:
    """A sentence begins with a capital letter, except where it begins with a name, which is written as it is."""
    if any(name and sentence.startswith(name) for name in names):
        return sentence
    return sentence[:1].upper() + sentence[1:]
