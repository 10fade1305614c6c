"""What a decision may depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from weighbridge.model.companions import Unread

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
KubeObject: TypeAlias = Mapping[str, object]
"""A Kubernetes object as parsed JSON or YAML; any value may be null or of the wrong type."""

MAX_EVIDENCE_AGE = 86_400.0
"""Seconds for which the last known answer of a source that keeps silent serves, where no policy says otherwise."""

Operation: TypeAlias = Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace as policies may select it."""

    name: str
    """Empty for cluster-scoped objects."""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """Where an object stands in a file, for reports; nothing decides by it."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Request:
    """
    The parts of an AdmissionReview, or of a manifest, that a decision may depend on.

    Who asks and whether it is a dry run are not here: no rule can read them (DESIGN §1.3).
    """

    object: KubeObject
    namespace: Namespace
    operation: Operation = "CREATE"
    old_object: KubeObject | None = None
    subresource: str = ""
    companions: tuple[KubeObject, ...] = ()
    """Objects of the same input, for references through ConfigMaps and the like."""
    where: Where | None = None
    unread: tuple[Unread, ...] = ()
    """Companions that were looked for and could not be had."""
    cluster: str = ""
    """Name of the cluster in reports of several; nothing decides by it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a reader of companions brings."""

    objects: tuple[KubeObject, ...] = ()
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """
    For whom evidence is gathered; no rule can read it.

    A dry run pays from a purse of its own, so that it takes nothing from the namespace and cannot spend what belongs to all.
    """

    purse: str | None = None
    """Whose budget of new models pays; `None` for nobody's, as on the command line."""
    ahead: bool = False
    """Whether to go on in the background with what is late, and with what Pods are about to ask."""
    max_evidence_age: float = MAX_EVIDENCE_AGE
    """Seconds for which the last known answer of a source that keeps silent serves here."""


NOBODY = Asker()
"""Whoever asks on the command line."""
