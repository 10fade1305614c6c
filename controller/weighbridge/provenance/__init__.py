"""
Signatures: what they prove about a model, given bytes, trust material and the time. No input or output.

* `verify(raw, trust, now)` proves a Sigstore bundle against one piece of trust material, and never raises.
* `keyless_trust`, `key_trust` and `certificate_trust` read trust material, and raise `BadTrust` with one clear sentence.
* `method_of(raw)` tells how a bundle is signed without verifying it, so that a caller asks only trust material of that method.
* `read_manifest(statement)` reads the signed list of files, `compare(manifest, present, apart)` lays it beside the files.

docs/reference/signatures.md says what is verified, in which order, and what each code of `Refused` means.
"""

from weighbridge.provenance.comparison import compare
from weighbridge.provenance.manifests import MODEL_SIGNATURE, read_manifest
from weighbridge.provenance.trust import (
    CertificateTrust,
    KeylessTrust,
    KeyTrust,
    Trust,
    certificate_trust,
    key_trust,
    keyless_trust,
)
from weighbridge.provenance.verification import LARGEST_BUNDLE, method_of, verify

__all__ = [
    "LARGEST_BUNDLE",
    "MODEL_SIGNATURE",
    "CertificateTrust",
    "KeyTrust",
    "KeylessTrust",
    "Trust",
    "certificate_trust",
    "compare",
    "key_trust",
    "keyless_trust",
    "method_of",
    "read_manifest",
    "verify",
]
