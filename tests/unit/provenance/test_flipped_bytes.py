from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bundle_places import places
from tests.simulators.sigstore.encoding import IN_TOTO, b64, canonical, pem
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import (
    certificate,
    model_statement,
    public_pem,
    signature,
    signed_by_certificate,
    signed_by_key,
)

from weighbridge.model.provenance import Refused, Verified
from weighbridge.provenance import Trust, certificate_trust, key_trust, keyless_trust, verify

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HERE = Sigstore(now=NOW)
STATEMENT = model_statement({"README.md": b"# card", "config.json": b"{}", "model.safetensors": "ab" * 32})


@dataclass(frozen=True)
class Signed:
    bundle: dict[str, Any]
    trust: Trust


def keyless(**how: Any) -> Signed:
    return Signed(HERE.sign(STATEMENT, **how), keyless_trust(json.dumps(HERE.trusted_root()).encode(), NOW))


def by_key(key: Any) -> Signed:
    return Signed(signed_by_key(STATEMENT, key), key_trust(public_pem(key), NOW))


def by_certificate() -> Signed:
    span = (NOW - timedelta(days=9), NOW + timedelta(days=9))
    root_key, middle_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate("root", root_key, None, *span, authority=True)
    middle = certificate("middle", middle_key, (root, root_key), *span, authority=True)
    leaf = certificate("leaf", key, (middle, middle_key), *span)
    made = signature(key, canonical(STATEMENT), IN_TOTO)
    bundle = signed_by_certificate(STATEMENT, key, (leaf, middle, root))
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = b64(made)
    stamp = {"signedTimestamp": b64(HERE.timestamps.stamp(made, NOW))}
    bundle["verificationMaterial"]["timestampVerificationData"] = {"rfc3161Timestamps": [stamp]}
    return Signed(bundle, certificate_trust(pem(root), NOW, b"".join(map(pem, HERE.timestamps.chain))))


KINDS = {
    "keyless, Rekor 1": keyless(rekor=1),
    "keyless, Rekor 2": keyless(rekor=2),
    "keyless, Rekor 1 and a timestamp": keyless(rekor=1, stamped=True),
    "key on P-256": by_key(ec.generate_private_key(ec.SECP256R1())),
    "key Ed25519": by_key(ed25519.Ed25519PrivateKey.generate()),
    "key RSA": by_key(rsa.generate_private_key(65537, 2048)),
    "certificate and a timestamp": by_certificate(),
}


def flipped(bundle: dict[str, Any], choose: Callable[[int], int], mask: int) -> dict[str, Any]:
    changed = copy.deepcopy(bundle)
    found = list(places(changed))
    holder, key, encoded = found[choose(len(found))]
    raw = bytearray(base64.b64decode(holder[key]) if encoded else holder[key].encode())
    raw[choose(len(raw))] ^= mask
    holder[key] = b64(bytes(raw)) if encoded else bytes(raw).decode("utf-8", "replace")
    return changed


@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_bundle_verifies(kind: str) -> None:
    signed = KINDS[kind]

    assert isinstance(verify(json.dumps(signed.bundle).encode(), signed.trust, NOW), Verified)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(drawn=st.data())
def test_no_bundle_with_a_flipped_byte_of_evidence_verifies(kind: str, drawn: st.DataObject) -> None:
    signed = KINDS[kind]
    mask = drawn.draw(st.integers(1, 255))
    changed = flipped(signed.bundle, lambda size: drawn.draw(st.integers(0, size - 1)), mask)
    verdict = verify(json.dumps(changed).encode(), signed.trust, NOW)

    assert isinstance(verdict, Refused), changed


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(drawn=st.data())
def test_no_bundle_with_a_flipped_byte_of_its_text_verifies(kind: str, drawn: st.DataObject) -> None:
    signed = KINDS[kind]
    raw = bytearray(json.dumps(signed.bundle, separators=(",", ":")).encode())
    raw[drawn.draw(st.integers(0, len(raw) - 1))] ^= drawn.draw(st.integers(1, 255))

    assert isinstance(verify(bytes(raw), signed.trust, NOW), Refused)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(raw=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise_anything(kind: str, raw: bytes) -> None:
    assert isinstance(verify(raw, KINDS[kind].trust, NOW), Refused)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(drawn=st.data(), junk=JSON)
def test_no_field_of_another_type_raises_anything(kind: str, drawn: st.DataObject, junk: Any) -> None:
    signed = KINDS[kind]
    changed = copy.deepcopy(signed.bundle)
    found = list(places(changed))
    holder, key, _ = drawn.draw(st.sampled_from(found))
    if holder[key] == junk:
        return
    holder[key] = junk

    assert isinstance(verify(json.dumps(changed).encode(), signed.trust, NOW), Refused)
