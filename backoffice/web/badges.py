"""How a state looks: a word, a colour and an icon, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Badge:
    """`tone` is the end of a CSS class (`badge--attention`), `icon` the name of a file in templates/ui/icons."""

    label: str | Promise
    tone: str
    icon: str
