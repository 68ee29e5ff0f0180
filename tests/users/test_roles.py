from __future__ import annotations

import pytest
from django.core.management import call_command
from pytest_django import Settings

from backoffice.users import rights
from backoffice.users.models import User
from tests.cast import browser_of, somebody

pytestmark = pytest.mark.django_db


def test_first_superuser_of_a_fresh_installation_may_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "tea & toast 7")

    call_command("createsuperuser", email="First@example.test", interactive=False, verbosity=0)

    window = browser_of(User.objects.get(email="first@example.test"))
    assert [window.get(url).status_code for url in ("/orders/", "/admin/", "/connections/add/")] == [200, 200, 200]


def test_demo_staff_have_the_role_that_their_address_names(settings: Settings) -> None:
    settings.EMBEDDED = True

    call_command("demo")
    call_command("demo")

    found = {user.email: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert found == {
        "admin@demo.test": ["administrator"],
        "manager@demo.test": ["manager"],
        "agent@demo.test": ["agent"],
        "viewer@demo.test": ["viewer"],
    }


@pytest.mark.parametrize("role", rights.ROLES)
def test_role_has_its_rights_and_no_others(role: str) -> None:
    person = somebody(role)

    held = {right for right in rights.WORDS if User.objects.get(pk=person.pk).has_perm(right)}

    assert held == rights.ROLES[role]


def test_closed_account_has_no_rights_left() -> None:
    person = somebody(rights.MANAGER, is_active=False)

    assert not person.has_perm(rights.SEE)
