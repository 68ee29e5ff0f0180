"""Rows that were chosen all at once, and numbers that were pasted: both are kept under a token, for one person.

What is chosen is fixed at that moment. Rows that come later are not in it, and rows that changed meanwhile are sorted
out by the sheet that the choice leads to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.utils import timezone

from backoffice.lists.declaration import List
from backoffice.lists.models import Selection
from backoffice.users.models import User

# Rows of one choice, and numbers that are looked up at once.
MOST_ROWS = 10_000
MOST_WORDS = 1000
# A choice outlives the work on it, not the week.
LASTS = timedelta(days=7)

_LARGEST = 2**63 - 1


def keep_rows(user: User, the_list: List, keys: Sequence[int]) -> Selection:
    """Fixes these rows, at most MOST_ROWS of them."""
    return _keep(user, the_list, Selection.Kind.ROWS, keys[:MOST_ROWS], left_out=max(len(keys) - MOST_ROWS, 0))


def keep_words(user: User, the_list: List, words: Sequence[str]) -> Selection:
    """Keeps these numbers, at most MOST_WORDS of them."""
    return _keep(user, the_list, Selection.Kind.WORDS, words[:MOST_WORDS], left_out=max(len(words) - MOST_WORDS, 0))


def _keep(
    user: User, the_list: List, kind: Selection.Kind, ids: Sequence[int] | Sequence[str], left_out: int
) -> Selection:
    Selection.objects.filter(user=user, created_at__lt=timezone.now() - LASTS).delete()
    return Selection.objects.create(user=user, list=the_list.key, kind=kind, ids=list(ids), left_out=left_out)


def find(user: User, the_list: List, kind: Selection.Kind, token: str) -> Selection | None:
    """What this person keeps under the token; None when that is nothing, or not theirs. One query."""
    if not token.isascii() or "\0" in token:
        return None
    return Selection.objects.filter(token=token, user=user, list=the_list.key, kind=kind).first()


def chosen(user: User, the_list: List, token: str) -> list[int]:
    """The rows kept under the token; none when it is nobody's of ours. They may be gone, changed or out of sight."""
    found = find(user, the_list, Selection.Kind.ROWS, token)
    return [int(pk) for pk in found.ids] if found else []


def keys_of(texts: Iterable[str]) -> list[int]:
    """Primary keys out of a form, each once; what is none is left out."""
    return list(dict.fromkeys(int(text) for text in texts if _is_key(text)))


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST
