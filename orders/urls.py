from __future__ import annotations

from django.urls import path

from backoffice.lists.urls import patterns
from orders import views
from orders.listing import ORDERS

app_name = "orders"

urlpatterns = [
    # /orders/
    *patterns(ORDERS),
    path("accept/", views.accept_many, name="accept_many"),
    # /orders/<pk>/
    path("<int:pk>/", views.order_detail, name="detail"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/ship/", views.ship, name="ship"),
]
