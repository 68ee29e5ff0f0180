"""`make bench`: figures as ratios to a reference that is measured in the same run."""

from __future__ import annotations

from tests.benchmarks import accepting, pages, reading

if __name__ == "__main__":
    reading.main()
    accepting.main()
    pages.main()
