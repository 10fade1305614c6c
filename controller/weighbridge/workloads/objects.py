"""A Kubernetes object → everything it says about models. No input or output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import FoundModels, Serving
from weighbridge.workloads.kinds import KINDS
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Owner, Setting
from weighbridge.workloads.pod_specs import Companions, Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, text
from weighbridge.workloads.tables import table

REFERENCES = 200
"""References that are reported of one object."""
COMPANIONS = 5_000
"""Other objects that are looked at."""
SERVING = 200
"""Containers that are reported of one object."""

_PLACEHOLDER = "-"
_AS_WRITTEN = frozenset(table("kinds")["as_written"])


def find_models(obj: KubeObject, companions: Sequence[KubeObject] = ()) -> FoundModels:
    """
    Return every model an object would make run.

    `companions` are other objects of the same input, for values that stand in a ConfigMap.
    Never raises, whatever the object looks like.
    """
    owner = Owner(*_owner(obj))
    around = Companions(_known(companions), text(at(obj, "metadata", "namespace")) or "")
    kind = _kind(obj)
    body = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    specs, problems = pod_specs(body)
    found = Found(problems=problems)
    if kind is not None:
        found += kind.read(obj, owner, around)
    else:
        setting = Setting(owner, controller_starts=_group(obj) not in _AS_WRITTEN)
        for spec in specs:
            found += read_pod_spec(spec, setting, around)
    references = _distinct(found.references)
    more = (
        (f"the object names more than {REFERENCES} models, not all were read",) if len(references) > REFERENCES else ()
    )
    return FoundModels(
        references[:REFERENCES],
        _once(found.serving),
        found.of_interest or bool(references),
        tuple(dict.fromkeys(found.wanted)),
        tuple(dict.fromkeys((*found.problems, *more))),
    )


def pods_run_it(obj: KubeObject) -> bool:
    """Return whether what an object loads is seen again at its Pods, so that it need not be judged under an owner."""
    kind = _kind(obj)
    if kind is not None:
        return kind.pods_run_it(obj)
    return bool(pod_specs({key: value for key, value in obj.items() if key != "metadata"})[0])


def _kind(obj: KubeObject) -> Kind | None:
    return KINDS.get((_group(obj), text(obj.get("kind")) or ""))


def _group(obj: KubeObject) -> str:
    return (text(obj.get("apiVersion")) or "").rpartition("/")[0]


def _owner(obj: KubeObject) -> tuple[str, str]:
    """Return kind and name; a Pod is called by what makes it, without the random end of its name."""
    kind = (text(obj.get("kind")) or _PLACEHOLDER).lower()
    generated = text(at(obj, "metadata", "generateName"))
    if kind == "pod" and generated:
        return kind, generated.rstrip("-") or _PLACEHOLDER
    return kind, text(at(obj, "metadata", "name")) or (generated or "").rstrip("-") or _PLACEHOLDER


def _known(companions: Sequence[KubeObject]) -> Mapping[tuple[str, str], KubeObject]:
    return {
        (text(one.get("kind")) or "", text(at(one, "metadata", "name")) or ""): one for one in companions[:COMPANIONS]
    }


def _once(serving: Sequence[Serving]) -> tuple[Serving, ...]:
    """Return entries without repetition; they hold maps, so only comparing tells."""
    kept: list[Serving] = []
    for one in serving[:SERVING]:
        if one not in kept:
            kept.append(one)
    return tuple(kept)


def _distinct(references: Sequence[ModelRef]) -> tuple[ModelRef, ...]:
    """Return references without repetition; one model in two roles is two references."""
    found: dict[tuple[str, str], ModelRef] = {}
    for ref in references:
        found.setdefault((str(ref), ref.role), ref)
    return tuple(found.values())
