"""For all tests of the sandbox."""

from __future__ import annotations

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def caller(sandbox: RunningSandbox) -> Caller:
    return Caller(sandbox)
