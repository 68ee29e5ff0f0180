"""The people in our tests. Anna works with orders, Boris administers, Chloé lives in Paris.

Anna and Chloé are managers: they may do all that is done with orders and actions. Others come by `somebody`.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backoffice.users import rights, roles
from backoffice.users.models import User

PASSWORD = "correct horse"


def manager(email: str, **fields: Any) -> User:
    return somebody(rights.MANAGER, email, **fields)


def somebody(role: str, email: str = "", **fields: Any) -> User:
    """A person with this role; "" for somebody who has none yet."""
    user = User.objects.create_user(email or f"{role or 'nobody'}@example.test", PASSWORD, **fields)
    if role:
        roles.give(user, role)
    return user


@pytest.fixture
def anna(db: None) -> User:
    return manager("anna@example.test", first_name="Anna", last_name="Berg")


@pytest.fixture
def boris(db: None) -> User:
    return User.objects.create_superuser("boris@example.test", PASSWORD, first_name="Boris")


@pytest.fixture
def chloe(db: None) -> User:
    return manager("chloe@example.test", first_name="Chloé", time_zone="Europe/Paris")


def browser_of(user: User) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def annas_browser(anna: User) -> Client:
    return browser_of(anna)


@pytest.fixture
def boriss_browser(boris: User) -> Client:
    return browser_of(boris)


@pytest.fixture
def chloes_browser(chloe: User) -> Client:
    return browser_of(chloe)
