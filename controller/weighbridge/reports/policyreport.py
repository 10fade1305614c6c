"""PolicyReport of wgpolicyk8s.io/v1alpha2, one for each workload, as `kubectl apply` takes it."""

from __future__ import annotations

from weighbridge.reports.policy_results import Dialect, head, objects
from weighbridge.reports.run import Run
from weighbridge.reports.yaml import documents

_DIALECT = Dialect("wgpolicyk8s.io/v1alpha2", "PolicyReport", "ClusterPolicyReport")


def render(run: Run) -> str:
    """Return YAML documents; a run without decisions has none."""
    return head(run) + documents(objects(run, _DIALECT))
