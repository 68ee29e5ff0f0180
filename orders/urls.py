from __future__ import annotations

from django.urls import path

from orders import views

app_name = "orders"

urlpatterns = [
    # /orders/
    path("", views.order_list, name="list"),
    # /orders/<pk>/
    path("<int:pk>/", views.order_detail, name="detail"),
]
