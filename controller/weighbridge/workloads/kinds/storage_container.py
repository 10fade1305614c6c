"""
serving.kserve.io: ClusterStorageContainer, which says who fetches models for which addresses, for all namespaces.

KServe's own downloader is known to fetch what it is told; what another image brings, no object can tell.
No input or output.
"""

from __future__ import annotations

from weighbridge.model.requests import KubeObject
from weighbridge.workloads.companions import Companions
from weighbridge.workloads.kinds.kind import Kind
from weighbridge.workloads.kinds.kserve_merging import GROUP
from weighbridge.workloads.mentions import Mention, Owner, Setting
from weighbridge.workloads.pod_specs import Found, is_published_downloader
from weighbridge.workloads.reading import at, mappings, text
from weighbridge.workloads.resolving import Surroundings, references

_SHOWN = 5
"""Address forms that are named in a reason."""


def read_storage_container(obj: KubeObject, owner: Owner, _: Companions) -> Found:
    """Return an unresolved model for a downloader that is not KServe's own."""
    image = text(at(obj, "spec", "container", "image")) or ""
    if not image or is_published_downloader(image):
        return Found()
    forms = [
        text(one.get("prefix")) or text(one.get("regex")) or ""
        for one in mappings(at(obj, "spec", "supportedUriFormats"))
    ]
    served = ", ".join(one[:60] for one in forms[:_SHOWN] if one) or "no address"
    because = f"it is not KServe's downloader, and decides what is fetched for {served}"
    mention = Mention(image, "base", "spec.container.image", because=because)
    return Found(references(mention, Surroundings(Setting(owner), None)), of_interest=True)


def _in_pods(_: KubeObject) -> bool:
    return False


KINDS = (Kind(GROUP, "ClusterStorageContainer", read_storage_container, _in_pods),)
