"""Saved views: who sees which, which of them somebody begins with, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from backoffice.lists.declaration import Column, List, View
from backoffice.lists.models import Habit, SavedView
from backoffice.users import rights
from backoffice.users.models import User

# So many of one person in one list: more are no tabs any more.
MOST = 30


@dataclass(frozen=True)
class Shelf:
    """What one person has of one list: their own views and those that are shared, and their habits."""

    views: Sequence[SavedView]
    habit: Habit

    def find(self, pk: int) -> SavedView | None:
        return next((view for view in self.views if view.pk == pk), None)

    @property
    def first(self) -> str:
        """What the list begins with: their own wish, or what is there for everybody; "" for the list's first view."""
        wish = self.habit.first
        if wish and (not wish.isdigit() or self.find(int(wish))):
            return wish
        return next((str(view.pk) for view in self.views if view.is_default), "")


def shelf_of(user: User, the_list: List) -> Shelf:
    """Two queries."""
    views = SavedView.objects.filter(Q(owner=user) | Q(shared=True), list=the_list.key).select_related("owner")
    habit = Habit.objects.filter(user=user, list=the_list.key).first()
    return Shelf(list(views), habit or Habit(user=user, list=the_list.key))


def may_change(user: User, view: SavedView) -> bool:
    """One's own; and, with the right to share, also what colleagues shared or left behind."""
    return view.owner_id == user.pk or (view.shared and user.has_perm(rights.SHARE_VIEWS))


def columns_of(the_list: List, shelf: Shelf, view: View, saved: SavedView | None) -> list[Column]:
    """The columns that somebody wants to see, in their order; the first one always."""
    wanted = saved.columns if saved and saved.columns else _dict(shelf.habit.columns).get(view.key)
    keys = [key for key in wanted if isinstance(key, str)] if isinstance(wanted, list) else []
    found = [column for key in dict.fromkeys(keys) if (column := the_list.column(key))]
    if not found:
        return [column for column in the_list.columns if not column.optional]
    first = the_list.columns[0]
    return [first, *(column for column in found if column is not first)]


def keep_columns(shelf: Shelf, view: View, saved: SavedView | None, keys: list[str]) -> None:
    """In the saved view where that may be changed, else for this person; no keys: as the list has them."""
    if saved and may_change(shelf.habit.user, saved):
        saved.columns = keys
        saved.save(update_fields=["columns"])
        return
    columns = {**_dict(shelf.habit.columns), view.key: keys}
    keep_habit(shelf.habit, columns={key: kept for key, kept in columns.items() if kept})


def keep_habit(habit: Habit, **fields: object) -> None:
    Habit.objects.update_or_create(user=habit.user, list=habit.list, defaults=fields)


def save_new(view: SavedView) -> None:
    """Saves a view as the last one of its list. Raises ViewError."""
    if SavedView.objects.filter(list=view.list, owner=view.owner).count() >= MOST:
        raise ViewError(_("You have %(most)d views in this list: delete one first.") % {"most": MOST})
    view.position = (SavedView.objects.filter(list=view.list).aggregate(most=Max("position"))["most"] or 0) + 1
    view.save()


def begin_with(view: SavedView, *, for_everybody: bool) -> None:
    """Makes a shared view the one that everybody begins with who has no wish of their own, or takes that back."""
    with transaction.atomic():
        SavedView.objects.filter(list=view.list, is_default=True).update(is_default=False)
        if for_everybody:
            SavedView.objects.filter(pk=view.pk).update(is_default=True, shared=True)


def named(name: str) -> str:
    """A name as it is stored. Raises ViewError."""
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise ViewError(_("Give the view a name."))
    if len(name) > 60:
        raise ViewError(_("A name has 60 characters at most."))
    return name


class ViewError(ValueError):
    """Why a view cannot be kept like this: a sentence for people."""


def _dict(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
