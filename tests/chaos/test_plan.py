"""A plan can be made again, and leaves nothing out."""

from __future__ import annotations

import pytest

from tests.chaos import plan
from tests.chaos.forms import Form, read


@pytest.mark.parametrize("server", [True, False])
def test_plan_of_a_seed_is_the_same_every_time_and_another_seed_gives_another(server: bool) -> None:
    assert plan.make(300, 7, server=server) == plan.make(300, 7, server=server)
    assert plan.make(300, 7, server=server) != plan.make(300, 8, server=server)


def test_plan_decides_as_many_orders_as_wanted() -> None:
    assert [plan.make(count, 7, server=True).orders for count in (1, 40, 300, 5000)] == [1, 40, 300, 5000]


@pytest.mark.parametrize("seed", range(20))
def test_plan_of_the_usual_size_holds_every_way_and_everything_that_breaks(seed: int) -> None:
    made = plan.make(300, seed, server=True)

    whats = {event.what for event in made.events}
    assert {job.way for job in made.jobs} == set(plan.WAYS)
    assert {*plan.NAMED, plan.SLEEPER, plan.WITHIN_A_BULK, *plan.KILLS} <= whats
    assert [event.after for event in made.events] == sorted(event.after for event in made.events)


def test_plan_for_an_embedded_database_drops_no_connections() -> None:
    made = plan.make(5000, 7, server=False)

    assert plan.SERVER_ONLY not in {event.what for event in made.events}


def test_form_is_read_as_a_browser_would() -> None:
    html = """
    <form action="/elsewhere/"><input name="q" value="x"></form>
    <form id="f" method="post" action="/a/?b=1&amp;c=2">
      <input type="hidden" name="token" value="t"><input name="off" value="1" disabled>
      <input type="radio" name="line-1" value="accept"><input type="radio" name="line-1" value="refuse">
      <input type="checkbox" name="read" value="yes"><button name="all" value="accept">All</button>
    </form>
    <input type="hidden" name="outside" value="o" form="f">
    """

    form = read(html)[1]

    assert form == Form(
        action="/a/?b=1&c=2",
        method="post",
        fields=[("token", "t"), ("outside", "o")],
        choices={"line-1": ["accept", "refuse"]},
    )
