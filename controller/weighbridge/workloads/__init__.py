"""
Kubernetes objects → the models they would run.

Pure: the same object gives the same references, whoever asks and whatever the cluster looks like.
"""

from __future__ import annotations

from weighbridge.workloads.kinds import INTERCEPTED, Intercepted
from weighbridge.workloads.objects import find_models, pods_run_it

__all__ = ["INTERCEPTED", "Intercepted", "find_models", "pods_run_it"]
