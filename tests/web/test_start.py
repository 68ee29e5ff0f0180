from __future__ import annotations

from django.test import Client


def test_start_leads_to_the_orders(annas_browser: Client) -> None:
    response = annas_browser.get("/")

    assert (response.status_code, response["Location"]) == (302, "/orders/")
