"""
Whether a request can change which models run.

What cannot is never judged: removing finalizers, scaling and relabeling go through whatever the policies say (DESIGN §8).
No input or output.
"""

from __future__ import annotations

from collections.abc import Mapping

from weighbridge.model.requests import KubeObject, Request
from weighbridge.model.serving import FoundModels
from weighbridge.workloads import find_models, pods_run_it
from weighbridge.workloads.reading import at


def to_judge(request: Request) -> KubeObject | None:
    """
    Return the object whose models are to be judged, or `None` when the request changes nothing that runs.

    An ephemeral container joins a Pod that was judged already, so only the added ones are returned, in a Pod of their own.
    A template that a controller owns is judged at its Pods; the owner reference is a claim, but its Pods come here anyway.
    """
    if request.operation not in ("CREATE", "UPDATE"):
        return None
    if request.operation == "UPDATE" and at(request.old_object, "metadata", "deletionTimestamp") is not None:
        return None
    if request.subresource == "ephemeralcontainers":
        return _added_ephemeral(request)
    if request.subresource:
        return None
    if request.object.get("kind") != "Pod" and _has_controller(request.object) and pods_run_it(request.object):
        return None
    return request.object


def unchanged(request: Request, found: FoundModels) -> bool:
    """Return whether an update leaves everything that is said about models as it was."""
    if request.operation != "UPDATE" or request.subresource or request.old_object is None:
        return False
    before = find_models(request.old_object, request.companions, request.unread)
    return (before.references, before.serving, before.problems) == (found.references, found.serving, found.problems)


def controller_kind(obj: KubeObject) -> str | None:
    """Return the kind of the object's controller, as it claims it."""
    for owner in _list(at(obj, "metadata", "ownerReferences")):
        if at(owner, "controller") is True:
            kind = at(owner, "kind")
            return kind if isinstance(kind, str) else None
    return None


def _has_controller(obj: KubeObject) -> bool:
    return any(at(owner, "controller") is True for owner in _list(at(obj, "metadata", "ownerReferences")))


def _added_ephemeral(request: Request) -> KubeObject:
    before = {at(one, "name") for one in _list(at(request.old_object, "spec", "ephemeralContainers"))}
    after = _list(at(request.object, "spec", "ephemeralContainers"))
    spec = at(request.object, "spec")
    kept = {key: value for key, value in spec.items() if key == "volumes"} if isinstance(spec, Mapping) else {}
    added = [one for one in after if at(one, "name") not in before]
    return {
        "apiVersion": request.object.get("apiVersion"),
        "kind": "Pod",
        "metadata": request.object.get("metadata"),
        "spec": {**kept, "containers": [], "ephemeralContainers": added},
    }


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
