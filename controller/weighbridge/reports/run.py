"""What a run of reviews came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from weighbridge.model.rules import Rule
from weighbridge.model.verdicts import Decision, Finding
from weighbridge.reports.changes import Changes
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
    rules: Mapping[str, Rule] = field(default_factory=dict)
    """The rule table of the bundle, by id."""
    changes: Changes | None = None
    """Since an earlier report, where one was given."""

    @property
    def clusters(self) -> tuple[str, ...]:
        """Return the names of the clusters it is about, in order; empty where none is named."""
        return tuple(dict.fromkeys(one.request.cluster for one in self.reviews if one.request.cluster))

    @property
    def decisions(self) -> tuple[tuple[Review, Decision], ...]:
        """Return the reviews in which something was decided."""
        return tuple((one, one.decision) for one in self.reviews if one.decision is not None)

    @property
    def findings(self) -> Iterator[tuple[Review, Decision, Finding]]:
        """Each finding with what it is about, in order."""
        return ((review, decision, one) for review, decision in self.decisions for one in decision.verdict.findings)

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
