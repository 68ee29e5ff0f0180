"""Keys, static files, and forgetting."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from backoffice.launch.console import CannotStartError
from backoffice.launch.keys import write_missing_keys
from backoffice.launch.prepare import collect_static
from backoffice.launch.reset import reset


def test_missing_keys_are_written_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys.env"

    assert write_missing_keys(file) == ["SECRET_KEY", "ENCRYPTION_KEYS"]

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert len(keys["SECRET_KEY"]) == 64
    assert Fernet(keys["ENCRYPTION_KEYS"]).decrypt(Fernet(keys["ENCRYPTION_KEYS"]).encrypt(b"secret")) == b"secret"


def test_key_that_is_there_is_never_changed(tmp_path: Path) -> None:
    file = tmp_path / "keys.env"
    file.write_text("ENCRYPTION_KEYS=old-one,older-one\nSECRET_KEY=\n")

    assert write_missing_keys(file) == ["SECRET_KEY"]
    written = file.read_text()
    assert write_missing_keys(file) == []

    assert file.read_text() == written
    assert written.startswith("ENCRYPTION_KEYS=old-one,older-one\n")


@pytest.fixture
def static(tmp_path: Path, settings: Settings) -> Path:
    """The folder that the static files of this test come from."""
    source = tmp_path / "source"
    source.mkdir()
    settings.VAR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return source


def test_static_files_are_collected_again_only_after_a_change(static: Path, settings: Settings) -> None:
    (static / "page.css").write_text("body {}")
    collect_static()
    collected = settings.STATIC_ROOT / "page.css"
    collected.write_text("as it was left")

    collect_static()
    assert collected.read_text() == "as it was left"

    (static / "page.css").write_text("body { margin: 0 }")
    (static / "other.css").write_text("p {}")
    collect_static()
    assert collected.read_text() == "body { margin: 0 }"
    assert (settings.STATIC_ROOT / "other.css").exists()


def test_reset_forgets_everything(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (var / "log").mkdir(parents=True)
    (var / "run.lock").touch()
    (var / "db.sqlite3").touch()

    reset(var)
    reset(var)

    assert list(tmp_path.iterdir()) == []


def test_reset_leaves_a_folder_alone_that_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()

    with pytest.raises(CannotStartError, match=r"was not made by `make run`: it is left alone"):
        reset(tmp_path)

    assert (tmp_path / "letters").exists()
