"""Merkle trees of transparency logs (RFC 6962 §2.1)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.simulators.sigstore.encoding import sha256


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def tree_hash(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return sha256(b"\x01" + tree_hash(leaves[:split]) + tree_hash(leaves[split:]))


def proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root."""
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*proof(index, leaves[:split]), tree_hash(leaves[split:])]
    return [*proof(index - split, leaves[split:]), tree_hash(leaves[:split])]


def _split(count: int) -> int:
    """Return the largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
