"""The list of keys, for the dialog on every page and the page of its own."""

from __future__ import annotations

from django import template

from backoffice.web import shortcuts

register = template.Library()


@register.simple_tag
def shortcut_groups() -> tuple[shortcuts.Group, ...]:
    """Every key, by where it works."""
    return shortcuts.GROUPS
