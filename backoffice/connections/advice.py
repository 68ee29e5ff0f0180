"""What a person can do about trouble with a connection."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.connections.enums import Trouble

_ADVICE: dict[str, str | Promise] = {
    Trouble.UNREACHABLE: _(
        "Nothing answers at this address. Check the base URL and the network; it is tried again by itself."
    ),
    Trouble.CREDENTIALS: _(
        "Mirakl does not accept the client id and secret, or the shop key. Make new ones at Mirakl and enter them here."
    ),
    Trouble.RIGHTS: _("The credentials are good, but lack a right. Give it to them at Mirakl, then check now."),
    Trouble.ADDRESS: _("What answers at this address is not Mirakl’s API. Check the base URL and the token URL."),
    Trouble.BUSY: _(
        "We asked more often than Mirakl allows. Nothing to do: the next reading waits as long as it was told."
    ),
    Trouble.BROKEN: _("Mirakl answers with an error of its own. Nothing to do but wait: it is tried again by itself."),
    Trouble.OURS: _("Reading stopped because of a fault in this program. Tell an administrator what stands below."),
}


def advice(trouble: str) -> str | Promise:
    """One or two sentences for this kind of trouble; "" for none."""
    return _ADVICE.get(trouble, "")
