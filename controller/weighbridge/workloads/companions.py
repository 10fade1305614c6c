"""
Other objects that say what an object leaves open: a ConfigMap, a serving runtime, a model resource.

No input or output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from weighbridge.model.companions import Wanted
from weighbridge.model.refs import ModelRef
from weighbridge.model.requests import KubeObject
from weighbridge.workloads.reading import at, text

COMPANIONS = 5_000
"""Other objects that are looked at."""


@dataclass(frozen=True, slots=True)
class Companions:
    """Other objects of the same input, and the namespace of the one that is read."""

    objects: Sequence[KubeObject] = ()
    namespace: str = ""
    follow: Callable[[KubeObject], tuple[ModelRef, ...]] = lambda _: ()
    """Reads one of them."""
    unread: Mapping[Wanted, str] = field(default_factory=dict)
    """Why some could not be had."""
    index: dict[tuple[str | None, str | None], list[KubeObject]] = field(default_factory=dict, compare=False)
    """The objects by kind and name, made when one is first looked for."""

    def find(self, wanted: Wanted) -> KubeObject | None:
        """
        Return an object, or the one that its controller takes where there is none; `None` when neither is at hand.

        One that could not be read hides the other: nobody can say that the controller would take it.
        """
        if wanted in self.unread:
            return None
        if self.objects and not self.index:
            for one in self.objects[:COMPANIONS]:
                self.index.setdefault((text(one.get("kind")), text(at(one, "metadata", "name"))), []).append(one)
        place: Wanted | None = wanted
        while place is not None:
            for one in self.index.get((place.kind, place.name), ()):
                if _is(one, place):
                    return one
            place = place.otherwise
        return None

    def named(self, group: str, kind: str, name: str) -> KubeObject | None:
        """Return an object by kind and name, of the same namespace or of none."""
        return self.find(Wanted(kind, name, self.namespace, group))

    def config_map(self, name: str) -> object:
        """Return the data of a ConfigMap in the same namespace, `None` when it is not at hand."""
        return at(self.named("", "ConfigMap", name), "data")

    def called(self, wanted: Wanted) -> str:
        """Return what an object that is not at hand is called: `ConfigMap chat`, with the reason where one is known."""
        because = self.unread.get(wanted)
        return f"{wanted.kind} {wanted.name}" + (f" (not read: {because})" if because else "")

    def why(self, wanted: Wanted) -> str:
        """Return why an object is not at hand, a sentence without a full stop."""
        because = self.unread.get(wanted, "")
        said = f"was not read: {because}" if because else "is not in the input"
        return f"{wanted.kind} {wanted.name} {said}"


def _is(obj: KubeObject, wanted: Wanted) -> bool:
    """Return whether an object of the wanted kind and name is the wanted one; a namespace that is not stated counts as the same."""
    namespace = at(obj, "metadata", "namespace")
    if namespace is not None and wanted.namespace and namespace != wanted.namespace:
        return False
    return (text(obj.get("apiVersion")) or "").rpartition("/")[0] == wanted.group
