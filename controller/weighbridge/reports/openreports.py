"""Report of openreports.io/v1alpha1, one for each workload, as `kubectl apply` takes it."""

from __future__ import annotations

from weighbridge.reports.policy_results import SOURCE, STORED, Dialect, head, objects
from weighbridge.reports.run import Run
from weighbridge.reports.yaml import documents

_DIALECT = Dialect(
    "openreports.io/v1alpha1",
    "Report",
    "ClusterReport",
    {"source": SOURCE, "configuration": {"limits": {"statusFilter": list(STORED)}}},
)


def render(run: Run) -> str:
    """Return YAML documents; a run without decisions has none."""
    return head(run) + documents(objects(run, _DIALECT))
