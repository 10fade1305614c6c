"""
What recognizing a license text and following a chain cost: `python tests/benchmarks/licenses.py`.

Every figure is the best and the median of nine rounds of processor time. The bars are 15 ms for a text of 20 KB against all
fingerprints and 1 ms for a chain of 30 models.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.licenses import LicenseTable, Shown, file_statement, terms  # noqa: E402
from weighbridge.licenses.fingerprints import shipped  # noqa: E402
from weighbridge.licenses.recognition import likeness  # noqa: E402
from weighbridge.model.evidence import Edge, License, Lineage, Node  # noqa: E402
from weighbridge.safe_yaml import load  # noqa: E402

ROUNDS = 9
KEYS = ("llama3.1", "gemma", "qwen", "mit", "apache-2.0", "cc-by-nc-4.0", "deepseek", "gpl-3.0")


def timed(work: Callable[[], object]) -> str:
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        rounds.append((time.process_time() - begun) * 1e3)
    return f"best {min(rounds):6.2f} ms, median {statistics.median(rounds):6.2f} ms"


def licensed(key: str) -> License:
    return License(key, key, "front_matter", label_only=False, custom=False, name=None, also_named=())


def chain_of(length: int) -> Lineage:
    names = [f"acme/model-{number}" for number in range(length)]
    nodes = tuple(
        Node(name, number, "found", None, (), licensed(KEYS[number % len(KEYS)]), None)
        for number, name in enumerate(names)
        if number
    )
    edges = tuple(
        Edge(child, parent, "finetune", source, None, pinned=False)
        for child, parent in itertools.pairwise(names)
        for source in ("front_matter", "config")
    )
    return Lineage(names[0], nodes, edges, (), (), documented_change=False, shape=None, unknown=())


def main() -> None:
    table = LicenseTable.from_document(load((ROOT / "policies" / "data" / "licenses.yaml").read_text(encoding="utf-8")))
    apache = (ROOT / "LICENSE").read_text(encoding="utf-8")
    text = (apache * 2)[:20_000]
    lineage = chain_of(31)
    known = shipped()
    print(
        f"license text of 20 KB against {len(known.texts)} fingerprints: "
        f"{timed(lambda: likeness(text, known, table.turning))} (bar 15 ms)"
    )
    print(
        f"license file of 20 KB, names and sentences too: {timed(lambda: file_statement('LICENSE', text.encode(), table))}"
    )
    followed = timed(lambda: terms(lineage.name, licensed("mit"), lineage, Shown(), table.licenses, table.chain))
    print(f"chain of 30 ancestors: {followed} (bar 1 ms)")


if __name__ == "__main__":
    main()
