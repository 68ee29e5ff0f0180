"""The address of a connection: https, except to the sandbox on this machine."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from backoffice.connections.checks import no_loopback_connections
from backoffice.connections.validators import validate_mirakl_url


@pytest.mark.parametrize(
    "address",
    [
        "https://miraklconnect.com/api",
        "https://operator.mirakl.net",
        "https://operator.mirakl.net:8443/api",
        "http://127.0.0.1:9100/connect",
        "http://localhost:9100/connect",
        "http://[::1]:9100/connect",
    ],
)
def test_address_of_mirakl_or_of_the_sandbox_is_taken(address: str) -> None:
    validate_mirakl_url(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "miraklconnect.com/api",
        "ftp://miraklconnect.com",
        "https://",
        "https://user:secret@miraklconnect.com/api",
        "https://miraklconnect.com/api?x=1",
        "https://miraklconnect.com/api#x",
        "https://miraklconnect.com:port/api",
        "https://[::1",
        "http://miraklconnect.com/api",
        "http://10.0.0.1/connect",
        "http://127.0.0.1.evil.example/connect",
        "http://localhost.evil.example/connect",
    ],
)
def test_other_addresses_are_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_mirakl_url(address)

    assert refused.value.messages[0].endswith(".")


def test_plain_http_to_this_machine_is_refused_in_production(settings: Settings) -> None:
    settings.ALLOW_LOOPBACK_CONNECTIONS = False

    with pytest.raises(ValidationError):
        validate_mirakl_url("http://127.0.0.1:9100/connect")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[fd00::1]"])
def test_addresses_inside_the_network_are_refused_in_production(settings: Settings, host: str) -> None:
    settings.ALLOW_LOOPBACK_CONNECTIONS = False

    with pytest.raises(ValidationError, match="inside your network"):
        validate_mirakl_url(f"https://{host}/api")


def test_deployment_check_refuses_loopback_connections(settings: Settings) -> None:
    settings.ALLOW_LOOPBACK_CONNECTIONS = True
    assert [message.id for message in no_loopback_connections(None)] == ["connections.E001"]

    settings.ALLOW_LOOPBACK_CONNECTIONS = False
    assert no_loopback_connections(None) == []
