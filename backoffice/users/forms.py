from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LogInForm(AuthenticationForm):
    """E-mail address and password. One answer for every refusal, so that nobody learns who has an account."""

    error_messages = {
        "invalid_login": _(
            "This e-mail address and password do not belong together. Check both; "
            "capital letters in the password matter."
        ),
        "inactive": _("This account is closed. An administrator can open it again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"class": "form-control", "autofocus": True, "autocomplete": "username"}
        )
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs["class"] = "form-control"
