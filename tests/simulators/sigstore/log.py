"""A transparency log in the manner of Rekor: version 1 promises inclusion at a time, version 2 only proves it."""

from __future__ import annotations

import os
import threading
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulators.sigstore.encoding import b64, canonical, key_id
from tests.simulators.sigstore.merkle import leaf_hash, proof, tree_hash

FILLER = 5
"""Entries of others, so that proofs are not empty."""


class TransparencyLog:
    """One shard of a log; an entry has the same index in the log and in the proof."""

    def __init__(self, host: str, origin: str) -> None:
        self.host, self.origin = host, origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.followers = 0
        """Entries of others that come in before an entry is proved."""
        self._leaves = [leaf_hash(os.urandom(32)) for _ in range(FILLER)]
        self._lock = threading.Lock()

    @property
    def id(self) -> bytes:
        return key_id(self.key.public_key())

    def add(self, body: bytes, kind: str, version: str, promised_at: int | None = None) -> dict[str, Any]:
        """Take an entry in, and return it as bundles hold it; with `promised_at`, in Unix seconds, it is promised as well."""
        with self._lock:
            index = len(self._leaves)
            self._leaves += [leaf_hash(body), *(leaf_hash(os.urandom(32)) for _ in range(self.followers))]
            leaves = tuple(self._leaves)
        root = tree_hash(leaves)
        entry = {
            "logIndex": str(index),
            "logId": {"keyId": b64(self.id)},
            "kindVersion": {"kind": kind, "version": version},
            "inclusionProof": {
                "logIndex": str(index),
                "rootHash": b64(root),
                "treeSize": str(len(leaves)),
                "hashes": [b64(one) for one in proof(index, leaves)],
                "checkpoint": {"envelope": self._checkpoint(len(leaves), root)},
            },
            "canonicalizedBody": b64(body),
        }
        return entry if promised_at is None else {**entry, **self._promise(body, index, promised_at)}

    def _checkpoint(self, size: int, root: bytes) -> str:
        note = f"{self.origin}\n{size}\n{b64(root)}\n"
        return f"{note}\n— {self.host} {b64(self.id[:4] + self._sign(note.encode()))}\n"

    def _promise(self, body: bytes, index: int, at: int) -> dict[str, Any]:
        signed = canonical({"body": b64(body), "integratedTime": at, "logID": self.id.hex(), "logIndex": index})
        return {"integratedTime": str(at), "inclusionPromise": {"signedEntryTimestamp": b64(self._sign(signed))}}

    def _sign(self, message: bytes) -> bytes:
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))
