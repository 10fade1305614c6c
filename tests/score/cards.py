"""
How well the eleven sections of real cards are read: `python tests/score/cards.py [CORPUS] [-v]`.

Labels are those of LABELING.md beside the cards; what is labeled ambiguous is not scored. The bars are the issue's:
macro precision 0.96, macro recall 0.93, nothing found in the placeholder cards that is not there. Ends with 1 below them.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "controller"))

from weighbridge.cards import SECTIONS, ReadCard, read_card  # noqa: E402

PRECISION, RECALL = 0.96, 0.93
PLACEHOLDER_CARDS = ("LaziestCactus+sumLoRA", "bh-healthcare+bh-sentinel")
NAMES = {"licence": "license", "base_model_declared": "base_model"}


@dataclass
class Score:
    """Counts per section."""

    right: Counter[str] = field(default_factory=Counter)
    extra: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    clean: Counter[str] = field(default_factory=Counter)

    def rates(self, name: str) -> tuple[float, float]:
        """Return precision and recall."""
        found, there = self.right[name] + self.extra[name], self.right[name] + self.missed[name]
        return (self.right[name] / found if found else 1.0), (self.right[name] / there if there else 1.0)


def main(arguments: list[str]) -> int:
    """Print the score."""
    paths = [one for one in arguments if not one.startswith("-")]
    corpus = Path(paths[0]) if paths else ROOT.parent / "shared" / "corpus"
    folder = corpus / "cards" if (corpus / "cards").is_dir() else corpus
    if not (folder / "expected.jsonl").is_file():
        print(f"no labeled cards at {corpus}: nothing to score")
        return 0
    score, vague, false_passes = Score(), Counter(), []
    rows = [json.loads(line) for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        read = read_card((folder / row["file"]).read_bytes())
        assert isinstance(read, ReadCard)
        problems = _score(row, read, score, vague)
        if row["file"].startswith(PLACEHOLDER_CARDS):
            false_passes += [f"{row['file']}: {one}" for one in problems if one.startswith("extra")]
        if "-v" in arguments and problems:
            print(row["file"], *problems, sep="\n    ")
    return _print(len(rows), score, vague, false_passes)


def _score(row: dict, read: ReadCard, score: Score, vague: Counter[str]) -> list[str]:
    problems = []
    said = {NAMES.get(name, name) for name in row["vague"]}
    for label, expected in row["labels"].items():
        name = NAMES.get(label, label)
        section = read.card.sections[name]
        mark = read.marks[name]
        if expected is None:
            continue
        if expected and section.present:
            score.right[name] += 1
            vague[f"{'vague' if name in said else 'concrete'} {'vague' if section.vague else 'concrete'}"] += 1
            if section.vague != (name in said):
                problems.append(f"vague  {name}: {section.vague}, {mark.phrase_line}: {mark.phrase}")
        elif expected:
            score.missed[name] += 1
            problems.append(f"missed {name}")
        elif section.present:
            score.extra[name] += 1
            problems.append(f"extra  {name}, lines {section.lines[:8]}")
        else:
            score.clean[name] += 1
    return problems


def _print(cards: int, score: Score, vague: Counter[str], false_passes: list[str]) -> int:
    print(f"cards: {cards}")
    rates = {name: score.rates(name) for name in SECTIONS}
    for name, (precision, recall) in rates.items():
        print(
            f"  {name:<28} precision {precision:.2f}  recall {recall:.2f}  extra {score.extra[name]}  missed {score.missed[name]}"
        )
    precision = sum(one for one, _ in rates.values()) / len(rates)
    recall = sum(one for _, one in rates.values()) / len(rates)
    agreed = vague["vague vague"] + vague["concrete concrete"]
    print(f"  macro precision {precision:.3f} (bar {PRECISION}), macro recall {recall:.3f} (bar {RECALL})")
    print(f"  placeholder cards: {len(false_passes)} false passes (bar 0)", *false_passes, sep="\n    ")
    print(
        f"  vagueness: {agreed}/{vague.total()} agreed; labeled vague {vague['vague vague']}/{vague['vague vague'] + vague['vague concrete']} found,"
        f" {vague['concrete vague']} called vague that are not labeled so"
    )
    return int(precision < PRECISION or recall < RECALL or bool(false_passes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
