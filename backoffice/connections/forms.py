from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.connections import addresses
from backoffice.connections.clients import SPOKEN
from backoffice.connections.enums import Family, State
from backoffice.connections.models import Connection

_VISIBLE = re.compile(r"[\x21-\x7e]*")
_ADDRESSES = ("base_url", "token_url")


def _host(url: str) -> str:
    """With its port."""
    return urlsplit(url).netloc


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """The stored secret never leaves the database: the field comes empty, and empty means keep.

    Its state is no field of it: that is set by its own buttons, each with its consequences and its record.
    """

    secret = forms.CharField(
        label=_("Client secret or shop key"),
        required=False,
        strip=True,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Connection
        fields = [
            "name",
            "family",
            "base_url",
            "token_url",
            "client_id",
            "secret",
            "audience",
            "shop_id",
            "speed",
            "keep_bodies",
            "report_orders",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stored = {name: getattr(self.instance, name) for name in self.fields if hasattr(self.instance, name)}
        if self.instance.pk:
            self.fields["secret"].help_text = _("Leave empty to keep the one that is stored. It is never shown.")
        else:
            self.fields["secret"].required = True
        # Cleaned first: what an address has to look like depends on it.
        self.order_fields(["family"])

    @property
    def edited(self) -> set[str]:
        """Names of the fields that a valid form changes."""
        return {name for name, value in self._stored.items() if self.cleaned_data.get(name, value) != value}

    def clean_base_url(self) -> str:
        return addresses.base_url(self.cleaned_data["base_url"], self.cleaned_data.get("family", ""))

    def clean_token_url(self) -> str:
        return addresses.token_url(self.cleaned_data["token_url"])

    def clean_secret(self) -> object:
        return self.cleaned_data["secret"] or self.instance.secret

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("family") in SPOKEN:
            for name in ("token_url", "client_id"):
                if name in values and not values[name]:
                    self.add_error(name, _("Mirakl Connect needs this. It stands beside the secret at Mirakl."))
        elif values.get("family") == Family.MARKETPLACE and not _VISIBLE.fullmatch(self.data.get("secret", "").strip()):
            self.add_error("secret", _("A shop key has only letters, digits and signs, and no space in it."))
        if self.instance.pk and not self.data.get("secret", "").strip() and self._leads_elsewhere(values):
            # Whoever can change the address could have the stored secret sent to a host of his own, and read it there.
            self.add_error("secret", _("The address leads to another host now: enter the secret for it."))
        return values

    def _leads_elsewhere(self, values: Mapping[str, Any]) -> bool:
        """Whether the secret would travel to a host that it was not entered for."""
        known = {_host(self._stored[name]) for name in _ADDRESSES}
        return any(_host(values.get(name, "")) not in known | {""} for name in _ADDRESSES)


class PageForm(ConnectionForm):
    """The same as a page shows it: what only an administrator of the program sets is left to the administration."""

    observe = forms.BooleanField(
        label=_("Observe only"),
        required=False,
        initial=True,
        help_text=_("It reads, and nothing leaves until somebody lets it. What staff ask for waits."),
    )

    class Meta(ConnectionForm.Meta):
        fields = [
            *("name", "family", "base_url", "token_url", "client_id", "secret", "audience", "shop_id", "report_orders")
        ]
        help_texts = {
            "family": _("Only Mirakl Connect is read so far. The others can be entered, and wait."),
            "base_url": _("Ends before /v2. https:// is added where it is missing."),
            "token_url": _("Where the client id and secret become a token."),
            "shop_id": _("Only where one key opens several shops."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.Meta.fields)
        for name, field in self.fields.items():
            looks = {"family": "form-select", "report_orders": "form-check-input", "observe": "form-check-input"}
            field.widget.attrs["class"] = looks.get(name, "form-control")
        for name in ("base_url", "token_url"):
            self.fields[name].widget.attrs |= {"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}
        if self.instance.pk:
            del self.fields["observe"]
        else:
            self.initial = {"base_url": addresses.PRODUCTION, "token_url": addresses.TOKENS, **self.initial}

    @property
    def secret_was_typed(self) -> bool:
        """For a form that comes back with an error: the page must say that it is gone."""
        return bool(self.data.get("secret"))

    def state(self) -> State:
        """What a new connection begins with."""
        return State.OBSERVE if self.cleaned_data["observe"] else State.ACTIVE
