from __future__ import annotations

from django.urls import path

from backoffice.sync import views

# The pages of connections: here, because they show readings, and this package may look at connections.
app_name = "connections"

urlpatterns = [
    # /connections/
    path("", views.connection_list, name="list"),
    # /connections/readings/<pk>/
    path("readings/<int:pk>/check/", views.check_now, name="check_now"),
]
