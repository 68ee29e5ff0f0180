"""What an administrator may type into a channel's policy, and about its carriers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shops.models import DAYS, Carrier, ChannelPolicy
from tests.htmx import parsed
from tests.orders.rows import place

URL = "/admin/shops/channelpolicy/add/"
FIELDS: dict[str, Any] = {
    "acceptance_hours": 48,
    "time_zone": "Europe/Paris",
    "holidays": "",
    **dict.fromkeys(DAYS, "on"),
}


def test_policy_is_saved_as_it_was_typed(boriss_browser: Client) -> None:
    channel = place().channel

    answer = boriss_browser.post(URL, {**FIELDS, "channel": channel.pk, "holidays": "2026-12-25\n\n2026-12-26 \n"})

    policy = ChannelPolicy.objects.get()
    assert answer.status_code == 302
    assert (policy.channel, policy.acceptance_hours, policy.working_days) == (channel, 48, (0, 1, 2, 3, 4, 5, 6))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "There is no time zone named “Mars/Olympus”."),
        ({"time_zone": "../etc/passwd"}, "There is no time zone named “../etc/passwd”."),
        ({"holidays": "2026-12-25\n25.12.2026"}, "Line 2, “25.12.2026”, is no date. Write it like 2026-12-25."),
        ({"holidays": "2026-02-30"}, "Line 1, “2026-02-30”, is no date."),
        ({"holidays": "<script>"}, "Line 1, “<script>”, is no date."),
        (dict.fromkeys(DAYS, ""), "At least one day of the week has to be a working day."),
        ({"acceptance_hours": 0}, "greater than or equal to 1"),
        ({"acceptance_hours": 5000}, "less than or equal to 1440"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(boriss_browser: Client, fields: dict[str, Any], said: str) -> None:
    wanted = {name: value for name, value in {**FIELDS, **fields}.items() if value != "" or name not in DAYS}

    answer = boriss_browser.post(URL, wanted)

    assert said in " ".join(part.text for part in parsed(answer).all("ul", "errorlist"))
    assert not ChannelPolicy.objects.exists()


def test_there_is_one_policy_for_all_other_channels(boriss_browser: Client) -> None:
    ChannelPolicy.objects.create(acceptance_hours=24)

    answer = boriss_browser.post(URL, FIELDS)

    assert "There is such a policy already." in parsed(answer).text
    assert ChannelPolicy.objects.count() == 1


def test_policy_says_what_a_parcel_needs(boriss_browser: Client) -> None:
    boriss_browser.post(URL, {**FIELDS, "asks_warehouse": "on"})

    policy = ChannelPolicy.objects.get()
    assert (policy.asks_warehouse, policy.asks_return_number) == (True, False)


def test_carrier_is_known_without_regard_to_capital_letters_and_only_once(boriss_browser: Client) -> None:
    fields = {"channel": place().channel_id, "name": "DHL Paket"}
    url = "/admin/shops/carrier/add/"

    saved = boriss_browser.post(url, {**fields, "typed": "Deutsche POST"})
    again = boriss_browser.post(url, {**fields, "typed": "DEUTSCHE post"})

    carrier = Carrier.objects.get()
    assert (saved.status_code, carrier.typed, carrier.name) == (302, "deutsche post", "DHL Paket")
    assert "There is such a carrier already." in parsed(again).text
