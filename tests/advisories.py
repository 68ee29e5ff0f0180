"""`make check`: does an advisory concern a locked package? Skipped, and said so, where no source answers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock")
NOT_REACHED = re.compile(
    r"Connect\w*(Error|Timeout)|Could not connect|ReadTimeout|timed out|HTTPError|ProxyError|SSLError|certificate",
    re.IGNORECASE,
)


def main() -> int:
    command = [str(Path(sys.executable).with_name("pip-audit")), "--no-deps", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", *(part for lock in LOCKS for part in ("--requirement", lock))]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    code, sentence = verdict(answer.stdout, answer.stderr)
    sys.stdout.write(sentence + "\n")
    return code


def verdict(report: str, complaint: str) -> tuple[int, str]:
    """Exit code and sentence for what pip-audit wrote to its two streams."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return _without_report(complaint)
    looked_at = [package for package in packages if "vulns" in package]
    if not looked_at:
        reason = packages[0]["skip_reason"] if packages else "no package was looked at"
        return 0, f"Advisories: skipped, no source of them knows the packages ({reason})."
    found = [
        f"  {package['name']} {package['version']}: {advisory['id']}, fixed in {advisory['fix_versions'] or 'none'}"
        for package in looked_at
        for advisory in package["vulns"]
    ]
    unknown = len(packages) - len(looked_at)
    sentence = (
        f"Advisories: {len(looked_at)} packages looked up, {unknown} unknown to the source, {len(found)} advisories."
    )
    return int(bool(found)), "\n".join([sentence, *found])


def _without_report(complaint: str) -> tuple[int, str]:
    """Indented lines are source lines of a traceback, and what is only warned of was not the end."""
    lines = [line for line in complaint.splitlines() if line.strip() and not line.startswith((" ", "WARNING"))]
    not_reached = [line for line in lines if NOT_REACHED.search(line)]
    if not_reached:
        return 0, f"Advisories: skipped, no source of them was reached ({not_reached[-1][:200]})."
    reason = (lines or ["it said nothing"])[-1]
    return 1, f"Advisories: pip-audit failed ({reason[:200]})."


if __name__ == "__main__":
    sys.exit(main())
