"""The steps of a check in words: what was found, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.connections.enums import Layer, Outcome
from backoffice.web.badges import Badge

# What was found → the sentence. The names in it are the values of the step.
SENTENCES: Mapping[str, Promise] = {
    "reached": gettext_lazy("%(host)s takes connections (%(address)s)."),
    "name_unknown": gettext_lazy("No machine of the name %(host)s is known."),
    "names_silent": gettext_lazy("Nobody told in time which machine %(host)s is."),
    "connection_silent": gettext_lazy("%(host)s (%(address)s) does not take a connection in time."),
    "connection_refused": gettext_lazy("%(host)s (%(address)s) refuses the connection."),
    "proxy": gettext_lazy("The way goes through the proxy %(proxy)s, which does this for us."),
    "encrypted": gettext_lazy("%(version)s, with a certificate that is good until %(day)s."),
    "expires": gettext_lazy("%(version)s, but the certificate of the host ends on %(day)s."),
    "tls_unused": gettext_lazy("Not used on this machine."),
    "untrusted": gettext_lazy("The certificate of %(host)s is not trusted."),
    "no_tls": gettext_lazy("%(host)s does not speak TLS, or broke it off."),
    "tls_silent": gettext_lazy("%(host)s did not encrypt the connection in time."),
    "asks": gettext_lazy("The API answers, and asks who we are (%(status)s)."),
    "answers": gettext_lazy("Something answers with %(status)s."),
    "not_api": gettext_lazy("What answers here is not Mirakl’s API (%(status)s)."),
    "redirects": gettext_lazy("The address leads elsewhere (%(status)s)."),
    "broken": gettext_lazy("Mirakl has a fault."),
    "silent": gettext_lazy("No answer came."),
    "token": gettext_lazy("The token endpoint gives us a token."),
    "refused": gettext_lazy("Mirakl does not accept these credentials."),
    "not_admitted": gettext_lazy("Mirakl knows the credentials, but does not admit them for this company."),
    "token_refused": gettext_lazy("A token was given, but the API does not accept it."),
    "token_address": gettext_lazy("What answers at the token URL is no token endpoint."),
    "token_silent": gettext_lazy("The token URL gives no answer."),
    "token_broken": gettext_lazy("The token endpoint has a fault."),
    "unreadable_secret": gettext_lazy("The stored secret cannot be read: it was stored under another key of ours."),
    "ours": gettext_lazy("This program made a mistake, or its own memory does not answer."),
    "may_read_orders": gettext_lazy("Orders: may be read. Decisions about orders: only a real one can show it."),
    "no_right": gettext_lazy("The credentials may not read orders."),
    "slow_down": gettext_lazy("Mirakl asks us to wait until %(time)s UTC, so this was not tried."),
    "rejected": gettext_lazy("Mirakl finds our question invalid."),
    "same_time": gettext_lazy("Our clock and Mirakl’s differ by %(seconds)s s."),
    "other_time": gettext_lazy("Our clock and Mirakl’s differ by %(seconds)s s."),
    "no_time": gettext_lazy("The answer does not say what time it is there."),
    "sample": gettext_lazy("Order %(number)s, %(status)s at %(channel)s. Lines: %(lines)s."),
    "no_orders": gettext_lazy("There are no orders of the last 30 days to look at."),
    "strange_sample": gettext_lazy("An order came, but not in the form that it should have."),
    "before": gettext_lazy("Not tried, because of what stands above."),
    "no_client": gettext_lazy("Not tried: this version does not read %(family)s yet."),
}

# What was found → what to do now.
ADVICE: Mapping[str, Promise] = {
    "name_unknown": gettext_lazy("Look for a slip in the address. If it is right, ask whoever runs your network."),
    "names_silent": gettext_lazy("The name server of this machine does not answer. Ask whoever runs your network."),
    "connection_silent": gettext_lazy("A firewall may swallow it. Ask whoever runs your network, or check the port."),
    "connection_refused": gettext_lazy("Nothing listens there. Check host and port of the address."),
    "expires": gettext_lazy("Nothing to do here: the operator of the host has to renew it."),
    "untrusted": gettext_lazy("Check that this is Mirakl’s host. A proxy that looks inside must be trusted here."),
    "no_tls": gettext_lazy("Check host and port: this port may be meant for something else."),
    "tls_silent": gettext_lazy("Check host and port, then try again."),
    "not_api": gettext_lazy("Check the base URL: it ends before /v2, for example https://miraklconnect.com/api."),
    "redirects": gettext_lazy("Check the base URL: an API does not send anybody elsewhere."),
    "answers": gettext_lazy("The steps below tell whether it is the right address."),
    "broken": gettext_lazy("Nothing to do but wait. Check again in some minutes."),
    "silent": gettext_lazy("Check again in some minutes. If it stays so, ask Mirakl."),
    "refused": gettext_lazy("Enter client id and secret again. If Mirakl no longer knows them, make new ones there."),
    "not_admitted": gettext_lazy("Check the seller company id, and that the client may act for this company."),
    "token_refused": gettext_lazy("Base URL and token URL may belong to different environments of Mirakl."),
    "token_address": gettext_lazy("Check the token URL."),
    "token_silent": gettext_lazy("Check the token URL, and whether this machine may reach it."),
    "token_broken": gettext_lazy("Nothing to do but wait. Check again in some minutes."),
    "unreadable_secret": gettext_lazy("Enter the secret again, or put the old key back into ENCRYPTION_KEYS."),
    "ours": gettext_lazy("Tell an administrator of this program what stands below."),
    "no_right": gettext_lazy("Give these credentials the right to read orders at Mirakl, then check again."),
    "slow_down": gettext_lazy("Check again after that time. Nothing is wrong with the connection."),
    "rejected": gettext_lazy("Tell an administrator of this program what stands below."),
    "other_time": gettext_lazy("Let this machine take its time from a time server: deadlines depend on it."),
    "strange_sample": gettext_lazy("Readings park such orders with the reason. Look at them on the connection’s page."),
}

BADGES: Mapping[str, Badge] = {
    Outcome.OK: Badge(Outcome.OK.label, "done", "check"),
    Outcome.WARNING: Badge(Outcome.WARNING.label, "attention", "warning"),
    Outcome.FAILED: Badge(Outcome.FAILED.label, "late", "close"),
    Outcome.SKIPPED: Badge(Outcome.SKIPPED.label, "ended", "clock"),
    "running": Badge(gettext_lazy("at it"), "moving", "hourglass"),
    "to_come": Badge(gettext_lazy("to come"), "unknown", "clock"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step for a page. `took` is "" where nothing was measured; `text` is what was answered."""

    label: str
    badge: Badge
    sentence: str
    advice: str
    took: str
    text: str


def shown(steps: Iterable[Mapping[str, Any]], *, ended: bool) -> list[StepShown]:
    """Every layer: those that were tried in words, and, while the check goes on, those that are still to come."""
    by_layer = {step.get("layer"): step for step in steps}
    found = []
    running = not ended
    for layer in Layer:
        step = by_layer.get(layer.value)
        if step is not None:
            found.append(_said(layer, step))
        elif not ended:
            badge = BADGES["running" if running else "to_come"]
            found.append(StepShown(str(layer.label), badge, "", "", "", ""))
            running = False
    return found


def _said(layer: Layer, step: Mapping[str, Any]) -> StepShown:
    said = step["said"]
    sentence = SENTENCES.get(said)  # None: stored by another version of this program
    milliseconds = step.get("milliseconds")
    return StepShown(
        label=str(layer.label),
        badge=BADGES.get(step["outcome"], BADGES[Outcome.SKIPPED]),
        sentence=_filled(str(sentence), step["values"]) if sentence else "",
        advice=str(ADVICE.get(said, "")) if step["outcome"] != Outcome.OK else "",
        took="" if milliseconds is None else _("%(number)s ms") % {"number": milliseconds},
        text=step.get("text", ""),
    )


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    try:
        return sentence % values
    except KeyError:  # stored by another version
        return ""
