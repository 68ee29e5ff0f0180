"""`make run`, for real: it works, it heals, and it refuses a second one."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator

import pytest
import redis
import requests

from tests.launch.started import System, launch
from tests.waiting import until

pytestmark = [
    pytest.mark.xdist_group("launch-system"),
    pytest.mark.skipif(sys.platform != "linux", reason="Looks for processes in /proc, which only Linux has."),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("system") / "var")
    system.wait_until_ready()
    yield system
    system.stop()


def log_in(system: System) -> requests.Session:
    browser = requests.Session()
    page = browser.get(f"{system.url}/login/", timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token, page.text
    form = {"username": "agent@demo.test", "password": "demo", "csrfmiddlewaretoken": token[1]}
    answer = browser.post(f"{system.url}/login/", data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return browser


def orders_on_the_page(system: System, browser: requests.Session) -> list[str]:
    return re.findall(r'href="/orders/(\d+)/', browser.get(f"{system.url}/orders/", timeout=10).text)


def test_start_says_where_it_is_and_shows_orders_within_seconds(running: System) -> None:
    with log_in(running) as browser:
        until(lambda: orders_on_the_page(running, browser), seconds=15)

    assert f"http://localhost:{running.port}\n" in running.said
    for name in ("admin", "manager", "agent", "viewer"):
        assert f"{name}@demo.test" in running.said
    assert f"http://localhost:{running.sandbox_port}/_control/" in running.said


def test_second_start_at_the_same_time_is_refused(running: System) -> None:
    second = launch(running.var)

    assert second.returncode == 1
    assert f"The system that keeps its state in {running.var} is running. Stop it first" in second.stderr


def test_reset_is_refused_while_it_runs(running: System) -> None:
    answer = launch(running.var, "reset")

    assert answer.returncode == 1
    assert "Stop it first" in answer.stderr
    assert (running.var / "keys.env").exists()


def test_killed_broker_comes_back_with_its_data(running: System) -> None:
    with redis.Redis.from_url(f"unix://{running.var}/valkey.sock?db=1") as broker:
        broker.set("kept", "yes")
        os.kill(running.pid_of("valkey-server"), signal.SIGKILL)
        until(lambda: "valkey works again." in running.said, seconds=20)

        assert broker.get("kept") == b"yes"
    assert "valkey ended by SIGKILL; it is started again in 1 s. Its last lines" in running.said


def test_killed_web_server_comes_back(running: System) -> None:
    os.kill(running.pid_of("gunicorn"), signal.SIGKILL)

    until(lambda: "web works again." in running.said, seconds=20)

    assert requests.get(f"{running.url}/health/live", timeout=10).status_code == 200
