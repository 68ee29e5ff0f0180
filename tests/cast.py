"""The people in our tests. Anna works with orders, Boris administers, Chloé lives in Paris."""

from __future__ import annotations

import pytest
from django.test import Client

from backoffice.users.models import User

PASSWORD = "correct horse"


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna@example.test", PASSWORD, first_name="Anna", last_name="Berg")


@pytest.fixture
def boris(db: None) -> User:
    return User.objects.create_superuser("boris@example.test", PASSWORD, first_name="Boris")


@pytest.fixture
def chloe(db: None) -> User:
    return User.objects.create_user("chloe@example.test", PASSWORD, first_name="Chloé", time_zone="Europe/Paris")


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
