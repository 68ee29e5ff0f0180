"""The check names the layer that fails, against real sockets, and changes nothing at Mirakl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django import Settings

from backoffice.connections import asking, checking, clients, network, probing, states, wording
from backoffice.connections.enums import CheckState, Family, Layer, State, Trouble
from backoffice.connections.models import Connection, ConnectionCheck
from backoffice.sync import queue
from backoffice.sync.models import Cursor
from tests.connections.certificates import encrypting, self_signed
from tests.mirakl.scripted import Scripted
from tests.ports import closed_port
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db

REFUSAL = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n"
HTML = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\nConnection: close\r\n\r\n<html>Hi</html>"
MOVED = "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
FAULT = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine that runs the tests stands between."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def checked(connection: Connection, **fields: Any) -> ConnectionCheck:
    """A check of the connection with these fields, run to its end."""
    Connection.objects.filter(pk=connection.pk).update(**fields)
    check = checking.start(Connection.objects.get(pk=connection.pk), by=None, now=timezone.now())
    checking.run(check.pk)
    check.refresh_from_db()
    return check


def outcomes(check: ConnectionCheck) -> dict[str, str]:
    return {step["layer"]: step["outcome"] for step in check.steps}


def failure(check: ConnectionCheck) -> tuple[str, str]:
    """The one layer that failed, and what was said of it."""
    assert check.ok is False
    assert [step["layer"] for step in check.steps] == list(Layer)
    ((layer, said),) = [(one["layer"], one["said"]) for one in check.steps if one["outcome"] == "failed"]
    return layer, said


def said(check: ConnectionCheck, layer: Layer) -> str:
    """The sentence about this layer, as a page shows it."""
    by_label = {step.label: step for step in wording.shown(check.steps, ended=True)}
    return by_label[str(layer.label)].sentence


def test_a_good_connection_passes_every_layer_and_nothing_is_written(
    connection: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.place_order(channel_order_id="MR-1001234", lines=2)

    check = checked(connection)

    assert (check.state, check.ok) == (CheckState.DONE, True)
    assert outcomes(check) == {layer: "skipped" if layer == Layer.TLS else "ok" for layer in Layer}
    assert said(check, Layer.TLS) == "Not used on this machine."
    assert "MR…34" in said(check, Layer.SAMPLE)
    assert "1001234" not in str(check.steps)
    assert sandbox.writes() == []
    connection.refresh_from_db()
    assert connection.last_success_at is not None


def test_every_step_says_how_long_it_took(connection: Connection) -> None:
    check = checked(connection)

    measured = {step["layer"] for step in check.steps if step["milliseconds"] is not None}
    assert measured == set(Layer) - {Layer.TLS, Layer.SAMPLE}


def test_a_shop_without_orders_has_no_sample_and_is_good(connection: Connection) -> None:
    check = checked(connection)

    assert (check.ok, said(check, Layer.SAMPLE)) == (True, "There are no orders of the last 30 days to look at.")


def test_a_name_that_nobody_knows_fails_at_the_address(connection: Connection) -> None:
    assert failure(checked(connection, base_url="https://nowhere.invalid/api")) == ("address", "name_unknown")


def test_a_port_that_nobody_listens_at_fails_at_the_address(connection: Connection) -> None:
    check = checked(connection, base_url=f"http://127.0.0.1:{closed_port()}/connect")

    assert failure(check) == ("address", "connection_refused")
    assert {outcome for layer, outcome in outcomes(check).items() if layer != "address"} == {"skipped"}


def test_a_token_host_that_is_not_there_fails_at_the_address_too(connection: Connection) -> None:
    port = closed_port()
    check = checked(connection, token_url=f"http://127.0.0.1:{port}/token")

    assert failure(check) == ("address", "connection_refused")
    assert f"127.0.0.1:{port}" in said(check, Layer.ADDRESS)


def test_a_server_that_speaks_no_tls_fails_there(connection: Connection, sandbox: RunningSandbox) -> None:
    check = checked(connection, base_url=sandbox.connect_url.replace("http:", "https:"))

    assert failure(check) == ("tls", "no_tls")


def test_a_certificate_that_nobody_trusts_fails_at_tls(connection: Connection, tmp_path: Path) -> None:
    with encrypting(self_signed(tmp_path)) as url:
        assert failure(checked(connection, base_url=url)) == ("tls", "untrusted")


@pytest.mark.parametrize(("days", "outcome"), [(90, "ok"), (3, "warning")])
def test_a_trusted_certificate_is_good_and_one_that_ends_soon_is_told(
    days: int, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path, days=days)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    with encrypting(certificate) as url:
        found = network.tls(url, timezone.now())

    assert (found.outcome, found.values["version"]) == (outcome, "TLSv1.3")


def test_behind_a_proxy_the_lowest_layers_are_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hush@proxy.example:3128")

    found = network.address("https://mirakl.example/api")

    assert (found.outcome, found.said, found.values) == ("skipped", "proxy", {"proxy": "proxy.example"})


@pytest.mark.parametrize(
    ("answer", "why"),
    [(HTML, "not_api"), (MOVED, "redirects"), (FAULT, "broken"), (None, "silent")],
    ids=["html", "redirect", "502", "reset"],
)
def test_what_is_not_the_api_fails_at_the_service(connection: Connection, answer: str | None, why: str) -> None:
    with Scripted(answer) as server:
        assert failure(checked(connection, base_url=server.url)) == ("service", why)


def test_a_wrong_path_at_the_right_host_fails_at_the_service(connection: Connection) -> None:
    assert failure(checked(connection, base_url=f"{connection.base_url}/elsewhere")) == ("service", "not_api")


def test_a_wrong_secret_fails_at_the_credentials_and_stops_the_connection(connection: Connection) -> None:
    connection.secret = "wrong"
    connection.save()

    assert failure(checked(connection)) == ("credentials", "refused")

    connection.refresh_from_db()
    assert (connection.state, connection.trouble) == (State.STOPPED, Trouble.CREDENTIALS)


def test_a_token_that_the_api_does_not_accept_fails_at_the_credentials(
    connection: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("v2-listOrders", kind="401", times=None)

    assert failure(checked(connection)) == ("credentials", "token_refused")


def test_a_company_that_the_client_may_not_act_for_is_named(connection: Connection, sandbox: RunningSandbox) -> None:
    sandbox.configure(strict_audience=True)

    assert failure(checked(connection)) == ("credentials", "not_admitted")


def test_what_answers_at_the_token_url_is_no_token_endpoint(connection: Connection, sandbox: RunningSandbox) -> None:
    assert failure(checked(connection, token_url=f"{sandbox.url}/connect")) == ("credentials", "token_address")


def test_a_secret_that_no_key_opens_has_to_be_entered_again(connection: Connection, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    assert failure(checked(connection)) == ("credentials", "unreadable_secret")


def test_a_missing_right_fails_at_the_rights(connection: Connection) -> None:
    connection.client_id, connection.secret = "demo-channel", "demo-channel-secret"
    connection.save()

    assert failure(checked(connection)) == ("rights", "no_right")


@pytest.mark.parametrize(("hours", "outcome"), [(0, "ok"), (2, "warning"), (-2, "warning")])
def test_clocks_that_differ_are_told_and_fail_nothing(connection: Connection, hours: int, outcome: str) -> None:
    there = datetime.now(UTC) + timedelta(hours=hours)
    with Scripted(f"{REFUSAL}Date: {there:%a, %d %b %Y %H:%M:%S} GMT\r\n\r\n") as server:
        check = checked(connection, base_url=server.url)

    assert outcomes(check)["clock"] == outcome
    if hours:
        assert "7200" in said(check, Layer.CLOCK) or "7199" in said(check, Layer.CLOCK)


def test_an_answer_without_a_date_leaves_the_clock_untried(connection: Connection) -> None:
    with Scripted(f"{REFUSAL}\r\n") as server:
        assert outcomes(checked(connection, base_url=server.url))["clock"] == "skipped"


def test_an_order_that_cannot_be_read_is_told_and_fails_nothing(
    connection: Connection, sandbox: RunningSandbox
) -> None:
    order = sandbox.place_order()
    sandbox.put_raw_order('{"id": 1, "origin": "somewhere"}', order_id=order["id"], updated_at=order["updated_at"])

    check = checked(connection)

    assert (check.ok, outcomes(check)["sample"]) == (True, "warning")


def test_a_family_without_a_client_is_tried_as_far_as_that_goes_and_nothing_is_pretended(
    connection: Connection,
) -> None:
    check = checked(connection, family=Family.MARKETPLACE)

    assert check.ok is None
    assert {outcomes(check)[layer] for layer in ("credentials", "rights", "sample")} == {"skipped"}


def test_the_published_frequency_is_kept_and_the_check_waits_for_its_turn(
    connection: Connection, cursor: Cursor
) -> None:
    Connection.objects.update(speed=1)
    connection.refresh_from_db()
    probing.first_page(connection)  # the call of this minute

    check = checked(connection)

    assert check.state == CheckState.WAITING
    assert timedelta(seconds=50) < check.due_at - timezone.now() < timedelta(seconds=60)
    assert set(outcomes(check)) == {"address", "tls", "service", "credentials", "clock"}
    assert not queue.due(timezone.now() + timedelta(minutes=1)).exists()  # a reading lets it go first
    clients.shared_memory().flushdb()  # as if the minute were over
    ConnectionCheck.objects.update(due_at=timezone.now())
    checking.run(check.pk)
    check.refresh_from_db()
    assert (check.ok, check.waits) == (True, 1)
    assert queue.due(timezone.now()).exists()


def test_a_long_wait_that_mirakl_asks_for_is_told_and_is_no_failure(
    connection: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.fault("v2-listOrders", kind="429", retry_after=600, after=1)  # the first is the question without a name

    check = checked(connection)

    assert (check.state, check.ok) == (CheckState.DONE, None)
    assert said(check, Layer.RIGHTS).startswith("Mirakl asks us to wait until")


def test_a_good_check_lets_a_stopped_connection_go_on_as_before(connection: Connection) -> None:
    states.refused(connection, "401", now=timezone.now())

    assert checked(connection).ok

    connection.refresh_from_db()
    assert (connection.state, connection.trouble) == (State.ACTIVE, "")


def test_a_check_that_is_under_way_is_not_begun_twice(connection: Connection) -> None:
    first = checking.start(connection, by=None, now=timezone.now())

    assert checking.start(connection, by=None, now=timezone.now()) == first


def test_new_credentials_break_off_the_check_of_the_old_ones(connection: Connection) -> None:
    old = checking.start(connection, by=None, now=timezone.now())
    Connection.objects.update(revision=2)
    connection.refresh_from_db()

    new = checking.start(connection, by=None, now=timezone.now())
    checking.run(old.pk)

    old.refresh_from_db()
    assert (old.state, old.steps, new.state) == (CheckState.REPLACED, [], CheckState.WAITING)


def test_a_check_whose_worker_died_is_taken_up_where_it_stood(connection: Connection) -> None:
    check = checking.start(connection, by=None, now=timezone.now())
    done = {"layer": "address", "outcome": "ok", "said": "reached", "values": {}, "text": "", "milliseconds": 7}
    gone = timezone.now() - timedelta(seconds=1)
    ConnectionCheck.objects.update(state=CheckState.RUNNING, claim="dead", claimed_until=gone, steps=[done])
    assert checking.due(timezone.now()) == [check.pk]

    checking.run(check.pk)

    check.refresh_from_db()
    assert (check.ok, check.steps[0]["milliseconds"]) == (True, 7)


def test_a_check_that_no_worker_ends_is_broken_off(connection: Connection) -> None:
    check = checking.start(connection, by=None, now=timezone.now() - timedelta(minutes=11))

    assert checking.due(timezone.now()) == []

    check.refresh_from_db()
    assert check.state == CheckState.REPLACED


def test_a_fault_of_ours_ends_the_check_with_a_sentence(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "PATIENCE", "soon")  # something that no socket takes

    assert failure(checked(connection)) == ("address", "ours")


def test_every_sentence_can_be_filled_and_every_failure_has_advice() -> None:
    assert set(wording.ADVICE) <= set(wording.SENTENCES)
    unknown = {"layer": "address", "outcome": "ok", "said": "of another version", "values": {}, "milliseconds": 1}
    assert wording.shown([unknown], ended=True)[0].sentence == ""


def test_numbers_of_orders_are_masked() -> None:
    assert [asking.masked(number) for number in ("MR-1001234", "12345", "")] == ["MR…34", "…", "…"]


def test_reading_after_a_check_goes_on(connection: Connection, cursor: Cursor) -> None:
    assert checked(connection).ok
    assert read(cursor).state == "done"
