from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from backoffice.web import log_in, views

urlpatterns = [
    path("", views.start, name="start"),
    path("login/", log_in.LogIn.as_view(), name="login"),
    path("login/again/", log_in.LogInAgain.as_view(), name="log_in_again"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("shortcuts/", views.shortcuts, name="shortcuts"),
    path("preferences/", views.preferences, name="preferences"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
