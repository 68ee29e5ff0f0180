from __future__ import annotations

from django.urls import path

from backoffice.dashboard import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
