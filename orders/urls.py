from __future__ import annotations

from django.urls import path

from orders import views

app_name = "orders"

urlpatterns = [
    # /orders/
    path("", views.order_list, name="list"),
    path("accept/", views.accept_many, name="accept_many"),
    # /orders/<pk>/
    path("<int:pk>/", views.order_detail, name="detail"),
    path("<int:pk>/accept/", views.accept, name="accept"),
]
