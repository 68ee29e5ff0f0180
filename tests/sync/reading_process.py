"""A worker process of its own for tests that kill it: `python -m tests.sync.reading_process CURSOR BATCH`."""

from __future__ import annotations

import sys

import django

django.setup()

from backoffice.sync import runner  # noqa: E402 -- Django must be set up before models are imported

runner.BATCH = int(sys.argv[2])
run = runner.run(int(sys.argv[1]))
print(run.state if run else "nothing to do", flush=True)  # noqa: T201 -- what the test reads
