from __future__ import annotations

import pytest
from django.test import Client

from backoffice.users.models import User

pytestmark = pytest.mark.django_db


def test_administrator_adds_a_colleague_by_e_mail(boriss_browser: Client) -> None:
    response = boriss_browser.post(
        "/admin/users/user/add/",
        {
            "email": "dora@example.test",
            "usable_password": "true",
            "password1": "tea & toast 7",
            "password2": "tea & toast 7",
        },
    )

    assert response.status_code == 302, response.content.decode()
    assert User.objects.get(email="dora@example.test").check_password("tea & toast 7")


def test_administrator_changes_a_colleague(boriss_browser: Client, anna: User) -> None:
    page = boriss_browser.get(f"/admin/users/user/{anna.pk}/change/")

    assert page.status_code == 200
    assert boriss_browser.get("/admin/users/user/?q=anna").status_code == 200


def test_staff_without_the_flag_do_not_see_the_administration(annas_browser: Client) -> None:
    assert annas_browser.get("/admin/").status_code == 403
