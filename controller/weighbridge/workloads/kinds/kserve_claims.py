"""
serving.kserve.io: what an object says about a model that nobody can read in it.

Encrypted weights, whose key a broker gives out (KServe, `confidential`), and OpenShift AI's connections and registry
labels (opendatahub-io/odh-model-controller, 2026). No input or output.
"""

from __future__ import annotations

from collections.abc import Iterator

from weighbridge.workloads.mentions import Mention
from weighbridge.workloads.reading import at, text

_CONNECTION = "opendatahub.io/connections"
_REGISTRY = "modelregistry.opendatahub.io"


def encrypted(part: object, path: str) -> Iterator[Mention]:
    """Yield the key of encrypted weights: what lies at the address cannot be weighed without it."""
    stated = at(part, "confidential")
    key = text(at(stated, "resourceId")) or ""
    if at(stated, "enabled") is True or (key and at(stated, "enabled") is not False):
        because = f"the weights are encrypted, and the key is {key or 'named elsewhere'}"
        yield Mention(key, "aux", f"{path}.confidential", because=because, claim=key or None)


def connected(metadata: object, path: str) -> Mention | None:
    """Return what a connection of OpenShift AI names; its Secret is never read, and labels are claims."""
    name = text(at(metadata, "annotations", _CONNECTION))
    if not name:
        return None
    model, version = (
        text(at(metadata, "labels", f"{_REGISTRY}/{one}")) for one in ("registered-model-id", "model-version-id")
    )
    claim = f"model-registry://{model}/{version}" if model and version else None
    because = f"no storageUri is given, and the connection {name[:100]} is a Secret"
    return Mention(name, "base", path, because=because, claim=claim)
