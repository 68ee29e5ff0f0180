"""Figures that a test found out, printed at the end of the run, whoever ran the test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Tells a sentence that the end of the run prints."""
    return lambda sentence: record_property("figure", sentence)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.getreports("passed")
    sentences = [str(value) for one in reports for name, value in one.user_properties if name == "figure"]
    if sentences:
        terminalreporter.section("figures")
        for sentence in sentences:
            terminalreporter.write_line(sentence)
