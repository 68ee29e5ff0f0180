"""What `make check` makes of the words of pip-audit."""

from __future__ import annotations

import json

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


def test_source_that_is_not_reached_is_said_and_passes() -> None:
    assert verdict("", "Traceback\nConnectionError: refused") == (
        0,
        "Advisories: skipped, no source of them was reached (ConnectionError: refused).",
    )


def test_source_that_knows_no_package_is_said_and_passes() -> None:
    assert verdict(report(package("unknown", skip_reason="not found")), "") == (
        0,
        "Advisories: skipped, no source of them knows the packages (not found).",
    )
