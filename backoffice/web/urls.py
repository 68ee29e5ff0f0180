from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from backoffice.web import views

urlpatterns = [
    path("", views.start, name="start"),
    path("login/", views.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
]
