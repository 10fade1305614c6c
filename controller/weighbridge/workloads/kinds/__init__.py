"""
The kinds that say more about models than their PodSpecs do.

A further kind is a row in `tables/kinds.toml`; one whose fields are no plain paths has a module here and a line in
`_READERS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.fields import read_fields
from weighbridge.workloads.kinds import (
    machinelearning_seldon_io,
    nvidia_com,
    predictor,
    ray_io,
    serving_kserve_io,
    storage_container,
    workloads_x_k8s_io,
)
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.tables import table

_READERS: tuple[Kind, ...] = (
    *serving_kserve_io.KINDS,
    *predictor.KINDS,
    *storage_container.KINDS,
    *ray_io.KINDS,
    *nvidia_com.KINDS,
    *workloads_x_k8s_io.KINDS,
    *machinelearning_seldon_io.KINDS,
)


def _of_fields() -> Iterator[Kind]:
    """Yield the kinds that are read by the paths of their rows alone."""
    for row in table("kinds")["kind"]:
        if row.keys() & {"fields", "containers", "loads_later"}:
            in_pods: bool = row.get("pods", False)
            yield Kind(row["group"], row["kind"], partial(read_fields, row), partial(_constant, in_pods))


def _constant(in_pods: bool, _: KubeObject) -> bool:  # bound in advance, called with the object
    return in_pods


KINDS: Mapping[tuple[str, str], Kind] = {(kind.group, kind.name): kind for kind in (*_of_fields(), *_READERS)}
"""By API group and kind: the same kind name means different things in different groups."""
