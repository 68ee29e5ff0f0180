from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.mirakl.connect.types import ActionError, ActionStatus
from backoffice.mirakl.errors import NotYet, Unreadable
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.test_accept_order_lines import answer

STATUS = """{"id":"a-1","status":"FAILED","created_at":"2026-11-30T18:35:24.5Z","updated_at":"2026-11-30T18:38:24Z",
"new":[1],"errors":[{"code":"ORDER_IN_WRONG_STATE","message":"Mauvais état."}]}"""


def status(client_of: MakeClient, body: str) -> ActionStatus:
    with Scripted(answer(body, "200 OK")) as server:
        return client_of(base_url=server.url).get_action_status("a-1")


def test_status_is_read_whole(client_of: MakeClient) -> None:
    body = STATUS.replace("é", "\\u00e9")

    assert status(client_of, body) == ActionStatus(
        id="a-1",
        status="FAILED",
        created_at=datetime(2026, 11, 30, 18, 35, 24, 500_000, UTC),
        updated_at=datetime(2026, 11, 30, 18, 38, 24, tzinfo=UTC),
        errors=[ActionError("ORDER_IN_WRONG_STATE", "Mauvais état.")],
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"status":"PENDING"}', ActionStatus("PENDING")),
        ('{"status":"ON_ITS_WAY","errors":null}', ActionStatus("ON_ITS_WAY")),
        (
            '{"id":7,"status":"FAILED","errors":[{"code":"NEW"},null]}',
            ActionStatus("FAILED", "7", errors=[ActionError("NEW")]),
        ),
    ],
)
def test_status_may_lack_nearly_everything_and_say_new_words(
    client_of: MakeClient, body: str, expected: ActionStatus
) -> None:
    assert status(client_of, body) == expected


@pytest.mark.parametrize("body", ["{}", '{"status":null}', '{"data":[]}', "[]", ""])
def test_answer_without_a_status_is_unreadable(client_of: MakeClient, naps: list[float], body: str) -> None:
    with pytest.raises(Unreadable):
        status(client_of, body)

    assert naps == [0.25, 1.0]  # asking changes nothing, so it is asked again


def test_id_is_one_segment_of_the_address(client_of: MakeClient) -> None:
    with Scripted(answer(STATUS.replace("é", ""), "200 OK")) as server:
        client_of(base_url=server.url).get_action_status("a/1?")

    assert server.requests[0].startswith(b"GET /v2/orders/actions/a%2F1%3F HTTP/1.1\r\n")


def test_empty_id_is_not_sent(client_of: MakeClient) -> None:
    with pytest.raises(ValueError, match="action_id: '' cannot be a part of an address"):
        client_of().get_action_status("")


def test_every_action_has_a_pace_of_its_own(client_of: MakeClient) -> None:
    with Scripted(answer('{"status":"PENDING"}', "200 OK")) as server:
        api = client_of(base_url=server.url, paced=True)
        api.get_action_status("a-1")
        api.get_action_status("a-2")
        before = datetime.now(UTC)

        with pytest.raises(NotYet) as caught:
            api.get_action_status("a-1")

    assert timedelta(seconds=55) < caught.value.until - before <= timedelta(seconds=60, milliseconds=100)
    assert len(server.requests) == 2
