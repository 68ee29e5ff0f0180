"""Rules for the address of a connection."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def is_loopback(host: str) -> bool:
    """True for `localhost` and every loopback address, whatever its spelling."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_inside(host: str) -> bool:
    """True for this machine, and for an address (not a name) that means something only inside a network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost"


def validate_mirakl_url(value: str) -> None:
    """https, a host, nothing else odd. Plain http only to this machine and only where the settings allow it."""
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValidationError(
            _("This is not an address. It should look like https://miraklconnect.com/api.")
        ) from error
    if not host or parts.scheme not in ("http", "https") or re.search(r"\s", value):
        raise ValidationError(_("This is not an address. It should look like https://miraklconnect.com/api."))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValidationError(_("The address must hold no user name, question mark or hash: only host and path."))
    if _is_inside(host) and not (settings.ALLOW_LOOPBACK_CONNECTIONS and is_loopback(host)):
        raise ValidationError(_("Mirakl does not run at an address inside your network: enter the name of its host."))
    if parts.scheme == "http" and not (settings.ALLOW_LOOPBACK_CONNECTIONS and is_loopback(host)):
        raise ValidationError(_("The address must start with https://: a key sent over http can be read on the way."))
