"""What a run of reviews came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from weighbridge.model.verdicts import Decision
from weighbridge.review import Review


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a run, the same in every format."""

    objects: int
    of_interest: int
    allowed: int
    would_deny: int
    """Admitted now, refused once the stage is enforce."""
    denied: int
    undecided: int
    findings: Mapping[str, int]
    """By rule id."""


@dataclass(frozen=True, slots=True)
class Run:
    """The reviews of one command, with what could not be read."""

    reviews: tuple[Review, ...]
    problems: tuple[str, ...]
    engine: str
    """What judged: `opa 1.22.1`, or `regopy 1.5.2 (preview)`."""
    revision: str
    """Of the policy bundle."""
    seconds: float
    color: bool = False
    verbose: bool = False

    @property
    def decisions(self) -> tuple[tuple[Review, Decision], ...]:
        """Return the reviews in which something was decided."""
        return tuple((one, one.decision) for one in self.reviews if one.decision is not None)

    @property
    def summary(self) -> Summary:
        """Count."""
        verdicts = [decision.verdict for _, decision in self.decisions]
        found = Counter(finding.rule for verdict in verdicts for finding in verdict.findings)
        return Summary(
            objects=len(self.reviews),
            of_interest=len(verdicts),
            allowed=sum(one.allowed for one in verdicts),
            would_deny=sum(one.allowed and not one.would_allow for one in verdicts),
            denied=sum(not one.allowed for one in verdicts),
            undecided=sum(one.undecided for one in verdicts),
            findings=dict(sorted(found.items())),
        )
