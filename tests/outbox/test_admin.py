from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from backoffice.outbox.enums import State
from backoffice.outbox.models import Attempt, Heartbeat, Valve
from tests.outbox.asking import action_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("model", ["action", "attempt"])
def test_administration_lists_cost_the_same_for_any_number_of_rows(
    boriss_browser: Client, django_assert_num_queries: DjangoAssertNumQueries, model: str, number: int
) -> None:
    for _ in range(number):
        Attempt.objects.create(action=action_in(State.FAILED), at=timezone.now(), operation="v2-x")

    # Session and person, the count, the rows, and what the filters offer.
    with django_assert_num_queries({"action": 6, "attempt": 6}[model]):
        response = boriss_browser.get(f"/admin/outbox/{model}/")

    assert response.status_code == 200


@pytest.mark.parametrize("model", ["action", "attempt", "batch", "valve", "heartbeat"])
def test_administration_looks_and_never_changes(boriss_browser: Client, model: str) -> None:
    action = action_in(State.FAILED)
    Attempt.objects.create(action=action, at=timezone.now(), operation="v2-x")
    Valve.objects.create(connection=action.connection)
    Heartbeat.objects.create(pk=1, at=timezone.now())

    assert boriss_browser.get(f"/admin/outbox/{model}/").status_code == 200
    assert boriss_browser.get(f"/admin/outbox/{model}/add/").status_code == 403


def test_administration_shows_a_whole_action(boriss_browser: Client) -> None:
    action = action_in(State.FAILED)

    assert boriss_browser.get(f"/admin/outbox/action/{action.pk}/change/").status_code == 200
