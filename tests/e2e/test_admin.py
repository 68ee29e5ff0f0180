"""The administration in a browser: nothing of it breaks our strict Content-Security-Policy (`open_window` watches)."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from backoffice.users import rights, roles
from backoffice.users.models import User
from tests.cast import somebody
from tests.e2e.conftest import OpenWindow
from tests.orders import rows


@pytest.fixture
def ada(anna: User) -> User:
    roles.give(anna, rights.ADMINISTRATOR)
    return anna


def test_every_list_is_shown_without_a_report_and_fits_a_telephone(open_window: OpenWindow, ada: User) -> None:
    order = rows.place()
    page = open_window(390, "dark")
    too_wide = []
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
    ]

    for url in ["/admin/", *lists, f"/admin/orders/order/{order.pk}/change/", f"/admin/users/user/{ada.pk}/change/"]:
        page.goto(url)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(url)

    assert too_wide == []


def test_administrator_limits_a_colleague_to_one_channel(open_window: OpenWindow, ada: User) -> None:
    order = rows.place()
    person = somebody(rights.AGENT)
    page = open_window()

    page.goto(f"/admin/users/user/{person.pk}/change/")
    page.get_by_label("Works for all connections").uncheck()
    page.get_by_text("Add another Scope").click()
    page.locator("#id_scope_rows-0-place").select_option(label="Nord: Nordlicht")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()

    person = User.objects.get(pk=person.pk)
    assert (person.all_connections, person.scopes) == (False, [(order.connection_id, order.channel_id)])
