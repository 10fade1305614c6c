"""What a kind module says about one kind. No input or output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.mentions import Owner
from weighbridge.workloads.pod_specs import Found


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that says more about models than its PodSpecs do."""

    group: str
    name: str
    read: Callable[[KubeObject, Owner, Companions], Found]
    pods_run_it: Callable[[KubeObject], bool]
    """Whether what an object loads is seen again at its Pods."""
