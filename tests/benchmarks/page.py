"""
What a large report costs: 10,000 workloads as JSON and as one HTML page, and how soon a browser shows it.

Prints the median of five renderings with the spread, the sizes, the peak memory of the process and the browser's time until the list can be used.
Run: `python tests/benchmarks/page.py`.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "controller")]

from tests.browser import chromium  # noqa: E402
from tests.report_values import finding, review, run  # noqa: E402

from weighbridge.reports import FORMATS  # noqa: E402

WORKLOADS = 10_000


def main() -> None:
    rules = ("license.allowed", "card.present", "reference.pinned", "lineage.consistent")
    reports = [
        review(*(finding("deny", one, message=f"says {number % 300}") for one in rules), name=f"w{number}", namespace=f"n{number % 40}", ref=f"hf://org/model-{number % 300}")
        for number in range(WORKLOADS)
    ]  # fmt: skip
    many = run(*reports)
    for name in ("json", "html"):
        took = []
        for _ in range(5):
            begun = time.perf_counter()
            text = FORMATS[name](many)
            took.append(time.perf_counter() - begun)
        spread = f"{min(took):.2f} to {max(took):.2f} s"
        print(f"{name}: {statistics.median(took):.2f} s ({spread}), {len(text) / 1e6:.1f} MB, {WORKLOADS} workloads")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if chromium.find() is None:
        print("no chromium here: the time in a browser was not measured")
        return
    with tempfile.TemporaryDirectory() as folder, chromium.browsing(Path(folder) / "profile") as page:
        file = Path(folder) / "report.html"
        file.write_text(text, "utf-8")
        begun = time.perf_counter()
        page.open(f"file://{file}#/workloads")
        page.until("document.querySelectorAll('#view tbody tr').length > 0")
        print(f"browser: list usable after {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
