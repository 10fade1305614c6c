"""
Kubernetes objects → the models they would run.

Pure: the same object gives the same references, whoever asks and whatever the cluster looks like.
"""

from __future__ import annotations

from weighbridge.workloads.interception import (
    COMPANIONS,
    INTERCEPTED,
    CompanionKind,
    Intercepted,
    Scope,
    is_cluster_scoped,
    kind_of,
)
from weighbridge.workloads.objects import find_models, pods_run_it

__all__ = [
    "COMPANIONS",
    "INTERCEPTED",
    "CompanionKind",
    "Intercepted",
    "Scope",
    "find_models",
    "is_cluster_scoped",
    "kind_of",
    "pods_run_it",
]
