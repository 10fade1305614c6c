"""
serving.kserve.io: what an InferenceService becomes with its runtime, and an LLMInferenceService with its base configurations.

Sources, of 2026: MergeRuntimeContainers and GetServingRuntime in pkg/controller/v1beta1/inferenceservice/utils/utils.go;
combineBaseRefsConfig, getConfig and mergeSpecs in pkg/controller/v1alpha1/llmisvc/config_merge.go. The configurations
that KServe itself lays below all others name no model and are left out.
No input or output.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weighbridge.model.companions import Wanted
from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.merging import merged
from weighbridge.workloads.reading import at, mappings, named, text
from weighbridge.workloads.tables import table

GROUP = "serving.kserve.io"
CONTAINER = "kserve-container"
"""The container that serves; the others of a runtime stand beside it."""
WORKER = "worker-container"
BASES = 16
"""Base configurations that are merged."""

_SYSTEM: Sequence[str] = table("serving_kserve_io")["system_namespaces"]
_PLACEHOLDER = re.compile(r"\{\{-?\s*\.(Name|Namespace|Labels|Annotations)(?:\.([A-Za-z0-9_]+))?\s*-?\}\}")
_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Expanded:
    """An object with what it inherits, and what was not at hand."""

    object: KubeObject
    wanted: tuple[Wanted, ...] = ()
    problems: tuple[str, ...] = ()
    """Why something is missing, one sentence each."""


def runtime_wanted(name: str, namespace: str) -> Wanted:
    """Return the runtime of a name: that of the namespace, else that of the cluster."""
    return Wanted("ServingRuntime", name, namespace, GROUP, Wanted("ClusterServingRuntime", name, "", GROUP))


def base_wanted(name: str, namespace: str) -> Wanted:
    """Return the base configuration of a name: that of the namespace, else that of a namespace of KServe's own."""
    kind, place = "LLMInferenceServiceConfig", None
    for system in reversed(_SYSTEM):
        place = Wanted(kind, name, system, GROUP, place)
    return Wanted(kind, name, namespace, GROUP, place)


def with_runtime(predictor: KubeObject, metadata: object, companions: Companions) -> Expanded:
    """
    Lay a predictor over the runtime it names.

    Arguments of the runtime come first, those of the predictor behind them; everything else merges as PodSpecs do.
    """
    name = text(at(predictor, "model", "runtime"))
    if not name:
        return Expanded(predictor)
    wanted = runtime_wanted(name, companions.namespace)
    found = companions.find(wanted)
    if found is None:
        return Expanded(predictor, (wanted,), (companions.why(wanted),))
    runtime = at(found, "spec")
    containers = [_filled(one, metadata) for one in mappings(at(runtime, "containers"))]
    served = next((one for one in containers if named(one) == CONTAINER), {})
    model = predictor.get("model")
    beside = [one for one in containers if named(one) != CONTAINER]
    joined: dict[str, object] = {
        **predictor,
        "model": _container(served, model if isinstance(model, dict) else {}),
        "containers": [*mappings(predictor.get("containers")), *beside],
        "volumes": merged(at(runtime, "volumes") or [], predictor.get("volumes") or [], "volumes"),
    }
    worker, more = at(runtime, "workerSpec"), predictor.get("workerSpec")
    if isinstance(worker, dict) and isinstance(more, dict):
        joined["workerSpec"] = _worker(worker, more, metadata)
    return Expanded(joined)


def _container(runtime: object, own: Mapping[str, object]) -> Mapping[str, object]:
    laid = merged(runtime, own)
    container = laid if isinstance(laid, dict) else own
    first, then = at(runtime, "args"), own.get("args")
    return {**container, "args": [*first, *then]} if isinstance(first, list) and isinstance(then, list) else container


def _worker(runtime: KubeObject, own: KubeObject, metadata: object) -> KubeObject:
    below = {named(one): _filled(one, metadata) for one in mappings(runtime.get("containers"))}
    above = {named(one): one for one in mappings(own.get("containers"))}
    laid = {name: _container(one, above.get(name, {"name": name})) for name, one in below.items()}
    spec = merged({**runtime, "containers": []}, {**own, "containers": []})
    return {**(spec if isinstance(spec, dict) else own), "containers": [*({**above, **laid}).values()]}


def with_bases(spec: Mapping[str, object], companions: Companions) -> Expanded:
    """Lay the spec of an LLMInferenceService over its base configurations, of which a later one lies over an earlier one."""
    names = [name for one in mappings(spec.get("baseRefs")) if (name := named(one))]
    places = [base_wanted(name, companions.namespace) for name in names[:BASES]]
    found = [(place, companions.find(place)) for place in places]
    missing = tuple(dict.fromkeys(place for place, one in found if one is None))
    below = [base for _, one in found if isinstance(base := at(one, "spec"), dict)]
    problems = tuple(companions.why(place) for place in missing)
    if len(names) > BASES:
        problems += (f"more than {BASES} base configurations are named, not all were read",)
    return Expanded(_laid([*below, spec]), missing, problems)


def _laid(specs: Iterable[Mapping[str, object]]) -> Mapping[str, object]:
    joined: object = {}
    for one in specs:
        joined = merged(joined, one)
    return joined if isinstance(joined, dict) else {}


def _filled(value: object, metadata: object, depth: int = _DEPTH) -> object:
    """Replace the placeholders that a runtime takes from the metadata of each InferenceService."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _said(found, metadata), value) if "{{" in value else value
    if depth and isinstance(value, dict):
        return {key: _filled(one, metadata, depth - 1) for key, one in value.items()}
    if depth and isinstance(value, list):
        return [_filled(one, metadata, depth - 1) for one in value]
    return value


def _said(found: re.Match[str], metadata: object) -> str:
    """Return what a placeholder stands for; one that nobody can fill stays as it is."""
    path = [found[1].lower(), *([found[2]] if found[2] else [])]
    value = at(metadata, *path)
    return value if isinstance(value, str) else found[0]
