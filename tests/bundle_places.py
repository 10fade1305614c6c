"""Where the evidence of a Sigstore bundle stands, for tests that change it byte by byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ENCODED = (
    "payload",
    "sig",
    "rawBytes",
    "canonicalizedBody",
    "signedEntryTimestamp",
    "rootHash",
    "keyId",
    "signedTimestamp",
)
"""Fields that hold bytes; `hashes` is a list of them."""
WRITTEN = ("envelope", "payloadType", "integratedTime", "logIndex", "treeSize", "kind", "version", "hint", "mediaType")
"""Fields that hold text or a number."""


def places(value: Any) -> Iterator[tuple[Any, Any, bool]]:
    """Find every field that holds evidence: what holds it, its key there, and whether it is base64."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, str):
                yield value, index, True
            yield from places(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in ENCODED + WRITTEN:
                yield value, key, key in ENCODED
            yield from places(one)
