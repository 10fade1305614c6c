"""
What lies beside an artifact at a registry: referrers (OCI 1.1, with the tag schema as fallback) and cosign's own tags.

Bytes only: nothing is believed here.
"""

from __future__ import annotations

import asyncio

from weighbridge.model.outcomes import Found, Missing, Outcome, Unknown, Unreadable
from weighbridge.sources.artifacts import Descriptor, Index, Manifest
from weighbridge.sources.ended import Ended, outcome_of
from weighbridge.sources.interface import Attachment
from weighbridge.sources.registry import Registry

MOST_ATTACHED = 64
"""Manifests beside one artifact."""
MOST_LAYERS = 32
"""Attachments in one manifest."""
LARGEST_ATTACHMENT = 8 * 1024 * 1024
MOST_BYTES = 32 * 1024 * 1024
"""Of all attachments of one artifact, by what their manifests say."""

_COSIGN_TAGS = ("sig", "att", "sbom")
_PREDICATES = ("dev.sigstore.bundle.predicateType", "predicateType", "in-toto.io/predicate-type")
_AT_ONCE = 4


async def attachments(registry: Registry, name: str, digest: str) -> tuple[Attachment, ...]:
    """Return everything attached to a digest; raises `Ended` when a place does not answer or holds too much."""
    listed = tuple(dict.fromkeys(one.digest for one in await registry.referrers(name, digest)))
    if len(listed) > MOST_ATTACHED:
        raise Ended(Unreadable(f"{len(listed)} referrers of {digest[:19]}, at most {MOST_ATTACHED} are read"))
    tags = [f"{digest.replace(':', '-')}.{suffix}" for suffix in _COSIGN_TAGS]
    room = asyncio.Semaphore(_AT_ONCE)
    reader = _Reader(registry, name)

    async def one(place: str, reference: str) -> Outcome[tuple[Attachment, ...] | Unreadable]:
        async with room:
            return await outcome_of(reader.read(place, reference))

    found = await asyncio.gather(
        *(one(f"referrer {digest}", digest) for digest in listed), *(one(f"tag {tag}", tag) for tag in tags)
    )
    return tuple(attachment for outcome in found for attachment in _usable(outcome))


def _usable(outcome: Outcome[tuple[Attachment, ...] | Unreadable]) -> tuple[Attachment, ...]:
    match outcome:
        case Missing():
            return ()
        case Unknown():
            raise Ended(outcome)
        case Found(value=value):
            if isinstance(value, Unreadable):
                raise Ended(value)
            return value


class _Reader:
    def __init__(self, registry: Registry, name: str) -> None:
        self._registry = registry
        self._name = name
        self._left = MOST_BYTES

    async def read(self, place: str, reference: str) -> tuple[Attachment, ...]:
        """Return what one manifest holds; an index attests nothing itself. Raises `Ended`."""
        manifest = await self._registry.read(self._name, reference)
        if isinstance(manifest, Index):
            return ()
        if len(manifest.layers) > MOST_LAYERS:
            many = f"{place} holds {len(manifest.layers)} attachments, at most {MOST_LAYERS} are read"
            raise Ended(Unreadable(many))
        return tuple([await self._one(place, layer, manifest) for layer in manifest.layers])

    async def _one(self, place: str, layer: Descriptor, manifest: Manifest) -> Attachment:
        annotations = {**manifest.annotations, **layer.annotations}
        predicate = next((annotations[one] for one in _PREDICATES if one in annotations), None)
        self._left -= layer.size
        content: Outcome[bytes | Unreadable]
        if self._left < 0:
            content = Found(Unreadable(f"{place} lies behind {MOST_BYTES // 1024 // 1024} MiB of other attachments"))
        else:
            content = await outcome_of(self._registry.blob(self._name, layer, LARGEST_ATTACHMENT))
        return Attachment(place, layer.media_type, predicate, annotations, content)
