"""
Objects of one run that others of it name: a ConfigMap in the next file, a runtime in another folder.

What stands in the same file is at hand anyway. Two different objects of one name answer for nobody: which of them a
cluster would hold, no file says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from weighbridge.cli.manifests import Item, Manifests
from weighbridge.model.companions import Unread, Wanted
from weighbridge.model.requests import Fetched, KubeObject, Request
from weighbridge.model.serving import FoundModels
from weighbridge.workloads import find_models, is_cluster_scoped


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The objects of a run, by group, kind and name."""

    named: Mapping[tuple[str, str, str], tuple[Item, ...]]
    namespace: str
    """That of objects which name none; empty where nobody says."""

    async def read(self, wanted: Sequence[Wanted], namespace: str, seconds: float) -> Fetched:  # noqa: ARG002  at once
        """Return what the run holds of `wanted`."""
        return self.find(wanted, namespace)

    def find(self, wanted: Sequence[Wanted], namespace: str) -> Fetched:
        """Return what the run holds of `wanted`, named by an object of `namespace`, and what those name in turn."""
        first = self._find(wanted, namespace)
        further = [one for obj in first.objects for one in find_models(obj).wanted]
        second = self._find(further, namespace)
        return Fetched((*first.objects, *second.objects), (*first.unread, *second.unread))

    def _find(self, wanted: Sequence[Wanted], namespace: str) -> Fetched:
        objects: list[KubeObject] = []
        unread: list[Unread] = []
        for one in wanted:
            found = next(filter(None, (self._at(place) for place in _places(one, namespace))), [])
            if any(other.object != found[0].object for other in found[1:]):
                files = ", ".join(dict.fromkeys(item.where.file for item in found[:3]))
                unread.append(Unread(one, f"{len(found)} objects of the input are called so, as in {files}"))
            elif found:
                objects.append(found[0].object)
        return Fetched(tuple(objects), tuple(unread))

    def _at(self, wanted: Wanted) -> list[Item]:
        return [
            item
            for item in self.named.get((wanted.group, wanted.kind, wanted.name), ())
            if is_cluster_scoped(item.object) or _same(_namespace(item.object) or self.namespace, wanted.namespace)
        ]


def neighbors(manifests: Manifests, namespace: str) -> Neighbors:
    """Put the objects of a run in order; `namespace` is that of objects which name none."""
    named: dict[tuple[str, str, str], list[Item]] = {}
    for item in manifests.items:
        metadata = item.object.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        if isinstance(name, str):
            group = str(item.object["apiVersion"]).rpartition("/")[0]
            named.setdefault((group, str(item.object["kind"]), name), []).append(item)
    return Neighbors({key: tuple(items) for key, items in named.items()}, namespace)


def found_in(request: Request, around: Neighbors) -> FoundModels:
    """Return what an object says about models, with what the rest of the run says of it."""
    found = find_models(request.object, request.companions)
    if not found.wanted:
        return found
    more = around.find(found.wanted, request.namespace.name)
    return find_models(request.object, (*request.companions, *more.objects), more.unread)


def _places(wanted: Wanted, namespace: str) -> Iterator[Wanted]:
    yield replace(wanted, namespace=wanted.namespace or namespace)
    other = wanted.otherwise
    while other is not None:
        yield other
        other = other.otherwise


def _namespace(obj: KubeObject) -> str:
    metadata = obj.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    return namespace if isinstance(namespace, str) else ""


def _same(one: str, other: str) -> bool:
    return not one or not other or one == other
