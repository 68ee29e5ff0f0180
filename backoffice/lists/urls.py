"""The addresses of a list, for the `urls.py` of the app that declares it."""

from __future__ import annotations

from django.urls import URLPattern, path

from backoffice.lists import views
from backoffice.lists.declaration import List


def patterns(the_list: List) -> list[URLPattern]:
    """All URLs of a list. Their names belong into `backoffice.access`: list, export, columns, begin, views and view;
    select where there are verbs, lookup where numbers can be looked up."""
    known = {"the_list": the_list}
    choosing = [path("select/", views.select, known, name="select")] if the_list.verbs else []
    looking_up = [path("lookup/", views.lookup, known, name="lookup")] if the_list.exact else []
    return [
        path("", views.show, known, name="list"),
        path("export/", views.export, known, name="export"),
        *choosing,
        *looking_up,
        path("columns/", views.columns, known, name="columns"),
        path("begin/", views.begin, known, name="begin"),
        path("views/", views.views, known, name="views"),
        path("views/<int:pk>/", views.view, known, name="view"),
    ]
