"""
What a running controller says about itself: JSON log lines on standard error, and Prometheus metrics.

Labels are bounded: doors, outcomes, effects, rule ids of the loaded policies, and the few namespaces a platform excludes by name.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from weighbridge.model.verdicts import Finding

Outcome: TypeAlias = Literal[
    "not_of_interest", "allowed", "warned", "denied", "undecided", "not_decided", "bad_request"
]
"""`undecided` is a denial for a source that did not answer, `not_decided` one for an engine that did not."""

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def configure_logging(level: str = "info") -> None:
    """Make every log line, ours and our libraries', one JSON object on standard error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(sort_keys=False)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(sort_keys=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))


def _counter(registry: CollectorRegistry, name: str, says: str, *labels: str) -> Counter:
    return Counter(f"weighbridge_{name}", says, labels, registry=registry)


class _StoreFigures(Collector):
    def __init__(self, counts: Mapping[str, int], size: Callable[[], int]) -> None:
        self._counts = counts
        self._size = size

    def collect(self) -> Iterator[Metric]:
        looked = CounterMetricFamily(
            "weighbridge_store_events", "Look-ups of evidence and what became of them.", labels=("event",)
        )
        for event, number in sorted(self._counts.items()):
            looked.add_metric((event,), number)
        yield looked
        yield GaugeMetricFamily("weighbridge_store_memory_bytes", "Answers in memory.", value=self._size())


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one controller, in a registry of their own so that two can live in one process."""

    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=True))
    reviews: Counter = field(init=False)
    findings: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    in_flight: Gauge = field(init=False)
    healed: Counter = field(init=False)
    enforcing: Gauge = field(init=False)
    excluded: Gauge = field(init=False)
    certificate_loads: Counter = field(init=False)
    store_survives: Gauge = field(init=False)
    held_back: Gauge = field(init=False)

    def __post_init__(self) -> None:
        reg = self.registry
        made = {
            "reviews": _counter(reg, "reviews", "Reviews answered, by door and outcome.", "door", "outcome"),
            "findings": _counter(reg, "findings", "Findings of judged reviews, by rule and effect.", "rule", "effect"),
            "seconds": Histogram(
                "weighbridge_review_seconds", "Seconds to answer a review.", ("door",), registry=reg, buckets=_BUCKETS
            ),
            "in_flight": Gauge("weighbridge_reviews_in_flight", "Reviews being answered now.", registry=reg),
            "healed": _counter(
                reg,
                "webhook_configuration_healed",
                "Times somebody else's edit of the webhook configuration was undone.",
            ),
            "enforcing": Gauge(
                "weighbridge_enforcing_namespaces",
                "Namespaces that reject Pods while no decision can be had.",
                registry=reg,
            ),
            "excluded": Gauge(
                "weighbridge_excluded_namespace", "Namespaces that are never reviewed.", ("namespace",), registry=reg
            ),
            "certificate_loads": _counter(
                reg, "certificate_loads", "Attempts to load a changed serving certificate, by outcome.", "outcome"
            ),
            "store_survives": Gauge(
                "weighbridge_store_survives", "1 while what is known would outlive every Pod of ours.", registry=reg
            ),
            "held_back": Gauge(
                "weighbridge_held_back_namespaces",
                "Namespaces that enforce and do not reject Pods while no decision can be had, because the store would not survive.",
                registry=reg,
            ),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)

    def count(self, door: str, outcome: Outcome, seconds: float, findings: Iterable[Finding] = ()) -> None:
        """Count one answered review."""
        self.reviews.labels(door, outcome).inc()
        self.seconds.labels(door).observe(seconds)
        for one in findings:
            self.findings.labels(one.rule, one.effect).inc()

    def follow_store(self, counts: Mapping[str, int], size: Callable[[], int]) -> None:
        """Show what became of look-ups of evidence, and the bytes it takes in memory."""
        self.registry.register(_StoreFigures(counts, size))

    def exclude(self, namespaces: Iterable[str]) -> None:
        """Show the namespaces that are never reviewed."""
        for name in namespaces:
            self.excluded.labels(name).set(1)

    def text(self) -> bytes:
        """Return the figures in Prometheus' text format."""
        return generate_latest(self.registry)
