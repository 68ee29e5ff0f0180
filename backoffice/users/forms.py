from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backoffice.users.models import User


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


class PreferencesForm(forms.ModelForm):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """How the pages look to one person. What is not sent stays as it is: the menu sends one field at a time."""

    time_zone = forms.CharField(label=_("Time zone"), max_length=64)
    # Two values and no box: a box that is not ticked sends nothing, just as a form without the field.
    single_keys = forms.TypedChoiceField(
        label=_("Keyboard shortcuts of one key"),
        choices=[("yes", _("On")), ("no", _("Off"))],
        coerce=lambda value: value == "yes",
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["language", "time_zone", "theme", "density", "single_keys"]

    def __init__(self, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.initial["single_keys"] = "yes" if self.instance.single_keys else "no"
        if data is not None:
            self.is_bound = True
            self.data = {**self.initial, **{name: data[name] for name in self.fields if name in data}}

    def clean_time_zone(self) -> str:
        """The zone as the list of zones writes it: "america/new york" is near enough."""
        if self.cleaned_data["time_zone"] == self.initial["time_zone"]:
            return str(self.initial["time_zone"])
        typed = "_".join(self.cleaned_data["time_zone"].split()).casefold()
        found = next((zone for zone in zone_names() if zone.casefold() == typed), None)
        if found is None:
            raise ValidationError(_("There is no such time zone. Choose one of the list: Europe/Berlin, for example."))
        return found

    def save(self, commit: bool = True) -> User:
        """Writes these columns and no others: an administrator may be changing the rest."""
        self.instance.save(update_fields=self.Meta.fields)
        person: User = self.instance
        return person


def zone_names() -> list[str]:
    """Those that name a region and a town, and UTC."""
    return sorted({zone for zone in zoneinfo.available_timezones() if zone.partition("/")[0] in REGIONS} | {"UTC"})


REGIONS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)
