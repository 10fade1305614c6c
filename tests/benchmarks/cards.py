"""
What reading a card costs: `python tests/benchmarks/cards.py [FOLDER OF CARDS]`.

Every figure is the best and the median of nine rounds of processor time, with the share of the Markdown parser beside it.
The bars are 20 ms for a card of 30 KB and 900 ms for one of 1 MB.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.cards import read_card  # noqa: E402
from weighbridge.cards.blocks import blocks  # noqa: E402

ROUNDS = 9
BARS = ((30_000, 20.0), (1_000_000, 900.0))


def timed(read: Callable[[], object]) -> tuple[float, float]:
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        read()
        rounds.append((time.process_time() - begun) * 1e3)
    return min(rounds), statistics.median(rounds)


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else ROOT.parent / "shared" / "corpus" / "cards"
    texts = [path.read_bytes() for path in sorted(folder.rglob("*.md"))] or [
        path.read_bytes() for path in sorted((ROOT / "demo" / "hub").rglob("*.md"))
    ]
    together = b"\n\n".join(texts)
    together *= 1 + BARS[-1][0] // len(together)
    read_card(together[:1000])
    for size, bar in BARS:
        content = together[:size]
        text = content.decode("utf-8", "replace")
        best, middle = timed(lambda content=content: read_card(content))
        parser, _ = timed(lambda text=text: blocks(text, 1))
        print(
            f"card of {size // 1000:>5} KB: best {best:7.1f} ms, median {middle:7.1f} ms (bar {bar:.0f} ms), "
            f"the Markdown parser {parser:.1f} ms of it"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
