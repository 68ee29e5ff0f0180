"""How long the server takes for the pages of orders, at a tenth of the orders and at all, beside Django's own list.

The reference is a changelist of the same table on a stock ModelAdmin with filters and search declared, measured in the
same process. It shows 100 rows, ours 50; the same changelist with 50 is printed too. `BENCH_ORDERS` (100000) sets the
size, `BENCH_REPEATS` (30) how often each page is asked for.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.reading import ORDERS, Database, Figures, broker, databases, process, sandbox

CHANGELIST = "changelist"


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        os.environ["VAR_DIR"] = str(folder)  # where the measured processes collect their static files
        redis = stack.enter_context(broker(folder)).url
        few = stack.enter_context(sandbox(f"scale:{ORDERS // 10}", folder / "few.sqlite3")).url
        many = stack.enter_context(sandbox(f"scale:{ORDERS}", folder / "many.sqlite3")).url
        for name, database in databases().items():
            _report(name, _measure(database, redis, few), _measure(database, redis, many))


def _measure(database: Database, redis: str, sandbox_url: str) -> Figures:
    with database() as url:
        process("reading_process", "first", url, redis, sandbox_url)
        return process("pages_process", "pages", url, redis, sandbox_url)


def _report(name: str, few: Figures, many: Figures) -> None:
    print(f"\n{name}: milliseconds of the server for a page, {ORDERS // 10:,} and {ORDERS:,} orders")
    print(f"  {'':<28}{'p50':>8}{'p95':>8}{'p50':>10}{'p95':>8}{'growth':>10}{'/ changelist':>14}")
    for page, (median, worst) in many.items():
        median_few, worst_few = few[page]
        reference = many[f"{CHANGELIST}, searched" if "search" in page else CHANGELIST][0]
        print(
            f"  {page:<28}{median_few:>8.1f}{worst_few:>8.1f}{median:>10.1f}{worst:>8.1f}"
            f"{median / median_few:>10.2f}{median / reference:>14.2f}"
        )
    print("  (wanted of the list: growth at most 1.3, and at most 0.33 of the changelist)")


if __name__ == "__main__":
    main()
