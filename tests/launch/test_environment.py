"""What the environment may hold: odd folders, empty and wrong variables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backoffice.launch import reset
from backoffice.launch.console import CannotStartError
from backoffice.launch.keys import write_missing_keys
from backoffice.launch.places import BASE_DIR

SHOW = """
import json
from backoffice import settings
print(json.dumps([settings.DATABASES["default"]["NAME"], settings.REDIS_URL]))
"""


def settings(var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    var.mkdir(parents=True, exist_ok=True)
    write_missing_keys(var / "keys.env")
    clean = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=BASE_DIR,
        env=clean | {"VAR_DIR": str(var)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["c++", "50%41", "a#1", "why?", "with space", "x" * 120])
def test_folder_of_any_name_holds_the_database_and_leads_to_the_broker(name: str, tmp_path: Path) -> None:
    var = tmp_path / name / "var"

    database, redis_url = json.loads(settings(var).stdout)

    assert database == str(var / "db.sqlite3")
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    assert query == "db=0"
    assert len(path.encode()) <= 107
    assert not set(path) & set(" %#?+")


def test_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    assert settings(tmp_path / "var", DATABASE_URL="", REDIS_URL="").stdout == settings(tmp_path / "var").stdout


@pytest.mark.parametrize("variable", ["DATABASE_URL", "REDIS_URL"])
def test_address_that_is_none_is_answered_with_a_sentence(variable: str, tmp_path: Path) -> None:
    answer = settings(tmp_path / "var", **{variable: "localhost"})

    assert answer.returncode != 0
    assert f"{variable} should look like" in answer.stderr


def test_reset_refuses_while_the_data_are_in_another_database(tmp_path: Path) -> None:
    (tmp_path / "run.lock").touch()

    with pytest.raises(CannotStartError, match="DATABASE_URL is set"):
        reset.reset(tmp_path, database_url="postgres://localhost/backoffice")

    assert tmp_path.exists()
