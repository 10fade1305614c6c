"""A Kubernetes object → everything it says about models. No input or output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from weighbridge.model.companions import Unread
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.model.serving import FoundModels, Serving
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.kinds import KINDS
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.mentions import Owner, Setting
from weighbridge.workloads.pod_specs import FULL, NOTHING, WORDS, Found, pod_specs, read_pod_spec
from weighbridge.workloads.reading import at, text
from weighbridge.workloads.tables import table

_PLACEHOLDER = "-"
FOLLOWED = 2
"""Objects that are followed one from another."""
_AS_WRITTEN = frozenset(table("kinds")["as_written"])


def find_models(obj: KubeObject, companions: Sequence[KubeObject] = (), unread: Sequence[Unread] = ()) -> FoundModels:
    """
    Return every model an object would make run.

    `companions` are other objects of the same input, or what was read for an earlier answer's `wanted`;
    `unread` says why some of those could not be had. Never raises, whatever the object looks like.
    """
    beside = Companions(companions, unread={one.wanted: one.because for one in unread})
    found = _found(obj, beside, FOLLOWED)
    references = _distinct(found.references)
    limits = f"more than {FULL} models or servers, or more than {WORDS} words of command lines"
    more = (f"the object holds {limits}, not all were read",) if found.is_full else ()
    return FoundModels(
        references[:FULL],
        _once(found.serving),
        found.of_interest or bool(references),
        tuple(dict.fromkeys(found.wanted)),
        tuple(dict.fromkeys((*found.problems, *more))),
    )


def _found(obj: KubeObject, beside: Companions, depth: int) -> Found:
    """Return what an object says; others that it names are followed `depth` times."""
    owner = Owner(*_owner(obj))
    inner: Callable[[KubeObject], tuple[ModelRef, ...]] = (
        (lambda one: _distinct(_found(one, beside, depth - 1).references)[:FULL]) if depth else (lambda _: ())
    )
    namespace = text(at(obj, "metadata", "namespace")) or ""
    around = Companions(beside.objects, namespace, inner, beside.unread, beside.index)
    kind = _kind(obj)
    specs, problems = pod_specs(_body(obj))
    found = Found(problems=problems) if problems else NOTHING
    if kind is not None:
        found += kind.read(obj, owner, around)
    else:
        setting = Setting(owner, controller_starts=_group(obj) not in _AS_WRITTEN)
        for spec in specs:
            found += NOTHING if found.is_full else read_pod_spec(spec, setting, around)
    return found


def pods_run_it(obj: KubeObject) -> bool:
    """Return whether what an object loads is seen again at its Pods, so that it need not be judged under an owner."""
    kind = _kind(obj)
    if kind is not None:
        return kind.pods_run_it(obj)
    return bool(pod_specs(_body(obj))[0])


def _body(obj: KubeObject) -> KubeObject:
    """Return what an object asks for; the rest is said about it."""
    body = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    annotations = at(obj, "metadata", "annotations")
    return {"annotations": annotations, **body} if annotations else body


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


def _once(serving: Sequence[Serving]) -> tuple[Serving, ...]:
    """Return entries without repetition; they hold maps, so only comparing tells."""
    kept: list[Serving] = []
    for one in serving[:FULL]:
        if one not in kept:
            kept.append(one)
    return tuple(kept)


def _distinct(references: Sequence[ModelRef]) -> tuple[ModelRef, ...]:
    """Return references without repetition; one model in two roles is two references."""
    found: dict[tuple[str, str], ModelRef] = {}
    for ref in references:
        found.setdefault((str(ref), ref.role), ref)
    return tuple(found.values())
