"""What keeps the system from starting is said in a sentence, and nothing is left running."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from backoffice.launch import places
from backoffice.launch.console import CannotStartError
from tests.launch.started import launch, processes_in
from tests.ports import closed_ports


def two_ports() -> dict[str, str]:
    return dict(zip(("PORT", "SANDBOX_PORT"), map(str, closed_ports(2)), strict=True))


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_taken_port_is_said_with_the_variable_that_moves_it(tmp_path: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        answer = launch(tmp_path / "var", **two_ports() | {variable: str(taken)})

    assert answer.returncode == 1
    assert answer.stderr == (
        f"Port {taken} cannot be used (Address already in use). End what uses it, "
        f"or choose another: `{variable}={taken + 1} make run`.\n"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="Looks for processes in /proc, which only Linux has.")
def test_child_that_cannot_start_ends_the_start_with_its_last_lines(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    (var / "sandbox.sqlite3").write_bytes(b"no database, and long enough to see that" * 100)

    answer = launch(var, **two_ports())

    assert answer.returncode == 1
    assert f"sandbox ended with exit code 1. Its last lines, all of them in {var}/log/sandbox.log:\n" in answer.stderr
    assert "file is not a database" in answer.stderr
    assert processes_in(var) == set()


def test_settings_of_production_are_refused(tmp_path: Path) -> None:
    answer = launch(tmp_path / "var", SECRET_KEY="a key")

    assert answer.returncode == 1
    assert answer.stderr.startswith("SECRET_KEY is set, which means production")


def test_broker_that_does_not_answer_is_said(tmp_path: Path) -> None:
    web, sandbox, redis = (str(port) for port in closed_ports(3))

    answer = launch(tmp_path / "var", PORT=web, SANDBOX_PORT=sandbox, REDIS_URL=f"redis://:hidden@127.0.0.1:{redis}/0")

    assert answer.returncode == 1
    assert answer.stderr.startswith("The Redis that REDIS_URL names does not answer.")
    assert "hidden" not in answer.stderr


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "http"}, "PORT is 'http'; a number from 1 to 65535 is expected."),
        ({"SANDBOX_PORT": "65536"}, "SANDBOX_PORT is '65536'; a number from 1 to 65535 is expected."),
        ({"SANDBOX_SPEED": "fast"}, "SANDBOX_SPEED is 'fast'; a number above 0 is expected."),
        ({"SANDBOX_SPEED": "0"}, "SANDBOX_SPEED is '0'; a number above 0 is expected."),
    ],
)
def test_senseless_number_is_said(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(CannotStartError) as caught:
        places.places(environment)

    assert str(caught.value) == sentence


def test_one_port_for_both_servers_is_said() -> None:
    where = places.places({"PORT": "9000", "SANDBOX_PORT": "9000"})

    with pytest.raises(CannotStartError, match=r"^PORT and SANDBOX_PORT are both 9000\."):
        places.check_ports(where)


def test_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CannotStartError, match=r"^Nothing can be written to .*file/var \(Not a directory\)\."):
        places.make_var(tmp_path / "file" / "var")


def test_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "NEEDED_MB", 10**12)

    with pytest.raises(CannotStartError, match=r"^Only \d+ MB are free where .* are needed\."):
        places.make_var(tmp_path)
