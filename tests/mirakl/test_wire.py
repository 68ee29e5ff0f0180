from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backoffice.mirakl import wire
from backoffice.mirakl.connect.operations import OPERATIONS
from backoffice.mirakl.errors import CouldNotConnect, NoAnswer, OutcomeUnknown, Redirected, TooLarge
from tests.mirakl.calling import client_at, first_page
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.mirakl.serving import Serving, http
from tests.mirakl.test_accept_order_lines import TAKEN

EMPTY_PAGE = 'HTTP/1.1 200 OK\r\nSet-Cookie: who=me; Path=/\r\nContent-Length: 11\r\n\r\n{"data":[]}'


def test_session_is_one_per_thread() -> None:
    others: list[requests.Session] = []
    thread = threading.Thread(target=lambda: others.append(wire.session()))
    thread.start()
    thread.join()

    assert wire.session() is wire.session()
    assert wire.session() is not others[0]


def test_session_is_not_taken_along_into_a_forked_worker() -> None:
    code = """
import os
from backoffice.mirakl import wire
mine = wire.session()
pid = os.fork()
if pid == 0:
    os._exit(1 if wire.session() is mine else 0)
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_cookies_are_not_kept(client_of: MakeClient) -> None:
    with Scripted(EMPTY_PAGE) as server:
        for _ in range(2):
            first_page(client_of(base_url=server.url))

    assert [b"cookie" in request.lower() for request in server.requests] == [False, False]


def test_password_file_of_the_machine_is_not_used(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pw\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    with Scripted("") as server, pytest.raises(NoAnswer):
        first_page(client_of(token_url=server.url))

    assert b"authorization" not in server.requests[0].lower()


def test_proxy_that_is_not_there_could_not_connect(client_of: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    with pytest.raises(CouldNotConnect, match="The proxy does not let us through"):
        first_page(client_of(base_url="http://mirakl.test/api", token_url="http://mirakl.test/token"))


def test_proxy_that_is_not_there_got_nothing_of_an_encrypted_write(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")

    with pytest.raises(CouldNotConnect, match="The proxy does not let us through"):
        client_of(base_url="https://mirakl.test/api").accept_order_lines("O", {"L": True})


def test_proxy_that_makes_no_tunnel_got_nothing_of_an_encrypted_write(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Scripted("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)

        with pytest.raises(CouldNotConnect, match="The proxy does not let us through"):
            client_of(base_url="https://tunnel.test/api").accept_order_lines("O", {"L": True})

    assert [request.split(b" ")[0] for request in proxy.requests] == [b"CONNECT"]


class Encrypted(Scripted):
    """A Scripted that speaks TLS, by a certificate that it signed itself and keeps at `certificate`."""

    def __init__(self, text: str, folder: Path) -> None:
        super().__init__(text)
        self.url = self.url.replace("http:", "https:")
        self.certificate = folder / "certificate.pem"
        self.certificate.write_bytes(self_signed())
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate)

    def answer(self, connection: socket.socket, text: bytes) -> None:
        with suppress(OSError), connection:  # a client that does not trust us breaks it off
            super().answer(self._context.wrap_socket(connection, server_side=True), text)


def self_signed() -> bytes:
    """Certificate and key for 127.0.0.1, good for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    return certificate.public_bytes(pem) + key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def test_write_goes_over_an_encrypted_connection(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Encrypted(TAKEN, tmp_path) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))

        assert client_of(base_url=server.url).accept_order_lines("O", {"L": True}) == "a-1"


def test_encrypted_connection_that_breaks_after_the_handshake_may_have_carried_the_write(
    client_of: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Encrypted("", tmp_path) as server:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(server.certificate))

        with pytest.raises(OutcomeUnknown):
            client_of(base_url=server.url).accept_order_lines("O", {"L": True})


def test_certificate_that_nobody_vouches_for_gets_nothing(client_of: MakeClient, tmp_path: Path) -> None:
    with (
        Encrypted(TAKEN, tmp_path) as server,
        pytest.raises(CouldNotConnect, match="The certificate of the host is not trusted"),
    ):
        client_of(base_url=server.url).accept_order_lines("O", {"L": True})

    assert server.requests == []


class ReadsSlowly(Scripted):
    """Takes at most 80 kB every five thousandths of a second."""

    def __init__(self) -> None:
        super().__init__("")
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)

    def answer(self, connection: socket.socket, text: bytes) -> None:
        pause = threading.Event()
        received = bytearray()
        while not received.endswith(b'"the end"]'):
            pause.wait(0.005)
            piece = connection.recv(80 * 1024)
            if not piece:  # the client has given up
                break
            received += piece
        connection.sendall(TAKEN.encode())
        connection.close()


def test_large_body_has_as_long_as_it_is_moving() -> None:
    whole = ["x" * 8_000_000, "the end"]

    with ReadsSlowly() as server:
        api = client_at(server.url, timeout=(0.3, 10.0))
        answer = api.call_raw(OPERATIONS["v2-acceptOrderLines"], {"order_id": "O"}, json=whole)

    assert b"a-1" in answer


def test_redirect_is_refused_also_when_it_leads_to_no_address() -> None:
    with Serving(http("", "Location: http://[nowhere/", status="302 Found")) as server, pytest.raises(Redirected):
        first_page(server.client)


def test_redirect_is_not_read_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST", 1024 * 1024)
    large = gzip.compress(b" " * 40_000_000, 1)
    answer = http(large, "Location: https://mirakl.test/", "Content-Encoding: gzip", status="302 Found")

    with Serving(answer) as server:
        tracemalloc.start()
        with pytest.raises(TooLarge):
            first_page(server.client)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

    assert most < 10_000_000


def test_chunk_of_a_negative_length_is_no_answer() -> None:
    nonsense = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-10\r\n\r\n"

    with Serving(nonsense) as server, pytest.raises(NoAnswer, match=r"What came is no HTTP\."):
        first_page(server.client)
