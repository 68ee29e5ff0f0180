"""`make chaos`: press and break, and compare what the sandbox took with what our rows say.

On SQLite and a Valkey of our own; where DATABASE_URL and REDIS_URL are set, on those.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import plan as planning
from tests.chaos.judge import Violation, judge
from tests.chaos.report import figures_of, violations_of
from tests.chaos.run import Outcome, run
from tests.chaos.system import system

LONGEST = 900  # seconds for a run, and one more for each action; it takes less than half of that


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    signal.signal(signal.SIGALRM, _took_too_long)
    signal.alarm(LONGEST + options.actions)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    server = os.environ.get("DATABASE_URL", "")
    plan = planning.make(options.actions, options.seed, server=bool(server))
    print(planning.described(plan), flush=True)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    print(f"Logs and state: {folder}", flush=True)
    with system(folder, server, os.environ.get("REDIS_URL", "")) as started:
        title = f"Chaos of seed {plan.seed} on {started.database().name} and {started.broker.name}"
        outcome = run(started, plan, say)
    violations = [*_unexpected(outcome), *judge(outcome.evidence)]
    print(violations_of(violations, outcome.evidence))
    print(figures_of(outcome, violations, title=title, seconds=time.monotonic() - began))
    if violations:
        print(f"\n{len(violations)} violations. Logs, database and the sandbox's state are in {folder}.")
        return 1
    shutil.rmtree(folder)
    return 0


def _took_too_long(*_: object) -> None:
    """Says where every thread stands, and ends the run with all its processes."""
    faulthandler.dump_traceback(all_threads=True)
    raise TimeoutError("The run did not end in time.")


def _unexpected(outcome: Outcome) -> list[Violation]:
    found = [Violation("client", text) for text in outcome.ledger.faults]
    return found if outcome.rested else [*found, Violation("restless", "it did not come to rest in time")]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--actions", type=int, default=300, help="orders to decide")
    parser.add_argument("--seed", type=int, default=7, help="the same seed is the same plan")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
