"""Where the palette leads: every page that this person may go to, and their saved views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backoffice.lists import declaration
from backoffice.lists.models import SavedView
from backoffice.users.models import User
from backoffice.web import navigation
from backoffice.web.scope import Scope
from backoffice.web.searching import Hit


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading. Orders and the like cannot be starred: stars stay in the browser, data must not."""

    label: str | Promise
    hits: Sequence[Hit]
    can_star: bool = True


def groups(user: User, scope: Scope) -> list[Group]:
    """Pages of the navigation and of the person, and the views of every list, saved ones too. One query."""
    return [Group(_("Pages"), _pages(user, scope)), Group(_("Views"), _views(user, scope))]


def _pages(user: User, scope: Scope) -> list[Hit]:
    found = [Hit(str(item.label), scope.added_to(reverse(item.url_name))) for item in navigation.items(user)]
    own = (("preferences", _("Preferences")), ("shortcuts", _("Keyboard shortcuts")))
    return [*found, *(Hit(label, reverse(name)) for name, label in own)]


def _views(user: User, scope: Scope) -> list[Hit]:
    saved: dict[str, list[tuple[str, str]]] = {}
    rows = SavedView.objects.filter(Q(owner=user) | Q(shared=True)).values_list("list", "pk", "name")
    for key, pk, name in rows:
        saved.setdefault(key, []).append((str(pk), name))
    found = []
    for one in declaration.known():
        views = [(view.key, str(view.label)) for view in one.views]
        for key, name in (*views, *saved.get(one.key, ())):
            url = scope.added_to(f"{one.url()}?{urlencode({'view': key})}")
            found.append(Hit(f"{one.label}: {name}", url))
    return found
