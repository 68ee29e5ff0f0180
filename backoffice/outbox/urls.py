from __future__ import annotations

from django.urls import path

from backoffice.lists.urls import patterns
from backoffice.outbox import views
from backoffice.outbox.listing import ACTIONS

app_name = "actions"

urlpatterns = [
    # /actions/
    *patterns(ACTIONS),
    path("strip/", views.strip, name="strip"),
    path("again/", views.again_many, name="again_many"),
    # /actions/batches/<pk>/
    path("batches/<int:pk>/", views.batch_detail, name="batch"),
    path("batches/<int:pk>/undo/", views.undo_batch, name="undo_batch"),
    # /actions/<pk>/
    path("<int:pk>/", views.action_detail, name="detail"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/send-now/", views.send_now, name="send_now"),
    path("<int:pk>/again/", views.again, name="again"),
    path("<int:pk>/give-up/", views.give_up, name="give_up"),
    path("<int:pk>/resolve/", views.resolve, name="resolve"),
    path("<int:pk>/settle/", views.settle, name="settle"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
]
