"""The step before anything is installed: the system's Python, make and sh, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from backoffice.launch import install
from backoffice.launch.places import BASE_DIR


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with locks that ask for nothing."""
    script = tmp_path / "backoffice" / "launch" / "install.py"
    script.parent.mkdir(parents=True)
    shutil.copy(install.__file__, script)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / lock).write_text("# nothing\n")
    return tmp_path


def run_install(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(tree / "backoffice" / "launch" / "install.py"), *arguments]
    # No index: what is asked for is not found, at once and without a network.
    environment = os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": ""}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_packages_are_installed_once_and_a_failure_says_what_to_do(tree: Path) -> None:
    (tree / "requirements-dev.lock").write_text(f"absent==1 --hash=sha256:{'0' * 64}\n")

    first, second = run_install(tree), run_install(tree)
    failed, again = run_install(tree, "--dev"), run_install(tree, "--dev")

    assert (first.returncode, first.stdout.splitlines()[0]) == (0, "Making the virtual environment .venv …")
    assert (second.returncode, second.stdout) == (0, "")
    assert (tree / ".venv" / "bin" / "python").exists()
    assert failed.returncode == again.returncode == 1
    assert "absent==1" in failed.stderr
    assert "The packages could not be installed: pip says above why." in failed.stderr


def run_without_ensurepip(tree: Path, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Does nothing where all is as wanted, and cannot make a new environment."""
    code = f"import runpy, sys; from collections import namedtuple; sys.modules['ensurepip'] = None; {before}"
    code += "runpy.run_path(sys.argv.pop(), run_name='__main__')"
    script = tree / "backoffice" / "launch" / "install.py"
    return subprocess.run([sys.executable, "-c", code, str(script)], capture_output=True, text=True, check=False)


def test_missing_venv_module_names_the_package_that_brings_it(tree: Path) -> None:
    answer = run_without_ensurepip(tree)

    assert answer.returncode == 1
    assert "its module ensurepip is missing. On Debian and Ubuntu `apt install python3-venv`" in answer.stderr
    assert not (tree / ".venv").exists()


def test_environment_of_another_folder_or_python_is_not_kept(tree: Path) -> None:
    run_install(tree)
    moved = tree.with_name(f"{tree.name}-moved")

    as_it_was = run_without_ensurepip(tree)
    other_python = run_without_ensurepip(
        tree, before="V = namedtuple('V', 'major minor'); sys.version_info = V(3, 99); "
    )
    tree.rename(moved)
    other_folder = run_without_ensurepip(moved)

    made_anew = ["ensurepip is missing" in answer.stderr for answer in (as_it_was, other_python, other_folder)]
    assert made_anew == [False, True, True]


def test_full_disk_and_closed_folder_are_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(install.CannotInstallError, match=r"^Only \d+ MB are free where .*; 1000000000 MB are needed\."):
        install.check_folder(tmp_path, 10**9)
    with pytest.raises(install.CannotInstallError, match=r"^Nothing can be written to .*file \(Not a directory\)\."):
        install.check_folder(tmp_path / "file", 1)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [("exit 1", "is older than Python 3.11. Install a newer one and name it"), (None, "There is no ")],
    ids=["old", "absent"],
)
def test_wrong_python_is_said(tmp_path: Path, script: str | None, sentence: str) -> None:
    python = tmp_path / "python"
    if script:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)

    answer = make("run", f"PYTHON={python}")

    assert answer.returncode == 2
    assert sentence in answer.stderr


def test_help_lists_every_target_and_is_what_make_does_alone() -> None:
    targets = [line.split()[1] for line in make().stdout.splitlines()]

    assert targets == ["run", "reset", "test", "check", "contract", "bench", "chaos", "lock", "help"]
