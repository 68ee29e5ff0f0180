from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.outbox import listing


class ReasonForm(forms.Form):
    """Why a person ends an action by hand. The reason stays with it for everybody to read."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2, "maxlength": 500}),
        error_messages={"required": _("Say why: your colleagues will read it.")},
    )


class GroupForm(forms.Form):
    """Which failed actions are asked for again together: as the list groups them. A batch narrows them further."""

    cause = forms.CharField(max_length=12)
    code = forms.CharField(max_length=60, required=False)
    place = forms.CharField(max_length=200, required=False, strip=False)
    batch = forms.IntegerField(required=False, min_value=1, max_value=listing.LARGEST_ID)
