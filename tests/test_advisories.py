"""What `make check` makes of the words of pip-audit."""

from __future__ import annotations

import json

import pytest

from tests.advisories import verdict


def package(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "version": "1.0", **more}


def report(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_known_advisory_fails_the_check_and_is_named() -> None:
    advisory = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}

    code, sentence = verdict(report(package("good", vulns=[]), package("bad", vulns=[advisory])), "")

    assert code == 1
    assert sentence == (
        "Advisories: 2 packages looked up, 0 unknown to the source, 1 advisories.\n  bad 1.0: PYSEC-1, fixed in ['1.1']"
    )


def test_no_advisory_passes() -> None:
    assert verdict(report(package("good", vulns=[])), "") == (
        0,
        "Advisories: 1 packages looked up, 0 unknown to the source, 0 advisories.",
    )


@pytest.mark.parametrize(
    "line",
    [
        "ConnectionError: refused",
        "ERROR:pip_audit._cli:Could not connect to the feed",
        "requests.exceptions.ReadTimeout: Read timed out.",
        "requests.exceptions.HTTPError: 503 Server Error",
        "requests.exceptions.SSLError: certificate verify failed",
    ],
)
def test_source_that_is_not_reached_is_said_and_passes(line: str) -> None:
    complaint = f"WARNING:pip_audit:see https://pip.example\nTraceback\n{line}\nServiceError"

    assert verdict("", complaint) == (0, f"Advisories: skipped, no source of them was reached ({line}).")


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        ("WARNING:pip_audit:a ConnectionError is no reason\nERROR:invalid input: x", "ERROR:invalid input: x"),
        ("Traceback\n  raise ConnectionError\nKeyError: 'vulns'", "KeyError: 'vulns'"),
        ("", "it said nothing"),
    ],
)
def test_any_other_failure_fails_the_check(complaint: str, reason: str) -> None:
    assert verdict("", complaint) == (1, f"Advisories: pip-audit failed ({reason}).")


def test_source_that_knows_no_package_is_said_and_passes() -> None:
    assert verdict(report(package("unknown", skip_reason="not found")), "") == (
        0,
        "Advisories: skipped, no source of them knows the packages (not found).",
    )
