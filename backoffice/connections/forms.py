from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.connections.models import Connection


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """The stored secret never leaves the database: the field comes empty, and empty means keep."""

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
            "state",
            "keep_bodies",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["secret"].help_text = _("Leave empty to keep the one that is stored. It is never shown.")
        else:
            self.fields["secret"].required = True

    def clean_secret(self) -> object:
        return self.cleaned_data["secret"] or self.instance.secret
