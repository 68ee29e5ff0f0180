from __future__ import annotations

from django.urls import path

from backoffice.connections import views as connections
from backoffice.sync import views

# The pages of connections: here, because they show readings, and this package may look at connections.
app_name = "connections"

urlpatterns = [
    # /connections/
    path("", views.connection_list, name="list"),
    path("add/", connections.add, name="add"),
    # /connections/<pk>/
    path("<int:pk>/", views.connection_detail, name="detail"),
    path("<int:pk>/edit/", connections.edit, name="edit"),
    path("<int:pk>/check/", connections.check, name="check"),
    path("<int:pk>/pause/", connections.pause, name="pause"),
    path("<int:pk>/observe/", connections.observe, name="observe"),
    path("<int:pk>/activate/", connections.activate, name="activate"),
    # /connections/checks/<pk>/
    path("checks/<int:pk>/", connections.progress, name="progress"),
    # /connections/readings/<pk>/
    path("readings/<int:pk>/check/", views.check_now, name="check_now"),
]
