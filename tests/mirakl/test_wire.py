from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from backoffice.mirakl import wire
from backoffice.mirakl.errors import CouldNotConnect, NoAnswer
from tests.mirakl.calling import first_page
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted

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
