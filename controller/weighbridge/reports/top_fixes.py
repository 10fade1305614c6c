"""What to mend first: one missing license on one base model often explains many refused workloads."""

from __future__ import annotations

from dataclasses import dataclass

from weighbridge.model.verdicts import Finding
from weighbridge.reports.phrases import fixes, would_block
from weighbridge.reports.run import Run


@dataclass(frozen=True, slots=True)
class Fix:
    """One rule's complaint about one model, wherever it stands in the way."""

    rule: str
    model: str
    """Reference of the model; empty for a complaint about workloads."""
    workloads: int
    """How many it blocks, alone or with others."""
    fix: str


@dataclass(frozen=True, slots=True)
class TopFixes:
    """Fixes in the order that unblocks most workloads soonest."""

    fixes: tuple[Fix, ...]
    blocked: int
    """Workloads that are refused, or would be in stage enforce, for something that can be mended."""
    free_after: tuple[int, ...]
    """Workloads with nothing left in the way after the first, the first two, … fixes."""

    def unblocked(self, count: int) -> int:
        """Return how many workloads run after the first `count` fixes, at least one."""
        return self.free_after[count - 1]


def top_fixes(run: Run) -> TopFixes:
    """Rank by how many workloads each complaint stands in the way of; what could not be decided is no complaint."""
    reasons: dict[int, set[tuple[str, str]]] = {}
    blocks: dict[tuple[str, str], int] = {}
    example: dict[tuple[str, str], Finding] = {}
    for number, (_, decision) in enumerate(run.decisions):
        for finding in decision.verdict.findings:
            if not would_block(finding) or finding.because_unknown is not None:
                continue
            key = (finding.rule, finding.model or "")
            if key not in reasons.setdefault(number, set()):
                reasons[number].add(key)
                blocks[key] = blocks.get(key, 0) + 1
                example.setdefault(key, finding)
    ordered = sorted(blocks, key=lambda key: (-blocks[key], key))
    ranked = tuple(Fix(*key, blocks[key], fixes(example[key])) for key in ordered)
    return TopFixes(ranked, len(reasons), _free_after(ordered, reasons))


def _free_after(ordered: list[tuple[str, str]], reasons: dict[int, set[tuple[str, str]]]) -> tuple[int, ...]:
    place = {key: number for number, key in enumerate(ordered)}
    free = [0] * len(ordered)
    for keys in reasons.values():
        free[max(place[key] for key in keys)] += 1
    total, sums = 0, []
    for one in free:
        total += one
        sums.append(total)
    return tuple(sums)
