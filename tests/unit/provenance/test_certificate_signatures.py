from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.simulators.sigstore.authority import usage
from tests.simulators.sigstore.encoding import b64, der, pem
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import certificate, model_statement, signed_by_certificate

from weighbridge.model.provenance import Refused, Verified
from weighbridge.provenance import certificate_trust, method_of, verify

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
START, END = NOW - timedelta(days=400), NOW + timedelta(days=400)
STATEMENT = model_statement({"README.md": b"# card"})
CODE, TLS = ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.SERVER_AUTH


def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class House:
    """An organization with a root, an intermediate and a signer below it; each may be made wrong."""

    root: dict[str, Any] = field(default_factory=dict)
    middle: dict[str, Any] = field(default_factory=dict)
    leaf: dict[str, Any] = field(default_factory=dict)
    leaf_key: Any = field(default_factory=key)
    middle_key: Any = field(default_factory=key)
    leaf_name: str = "signing"
    leaf_span: tuple[datetime, datetime] = (START, END)

    def __post_init__(self) -> None:
        root_key = key()
        self.anchor = certificate("root", root_key, None, START, END, authority=True, **self.root)
        between = {"authority": True, **self.middle}
        self.between = certificate("middle", self.middle_key, (self.anchor, root_key), START, END, **between)
        issuer = (self.between, self.middle_key)
        self.signing = certificate(self.leaf_name, self.leaf_key, issuer, *self.leaf_span, **self.leaf)

    def bundle(self, chain: Sequence[x509.Certificate] | None = None, stamps: Sequence[bytes] = ()) -> dict[str, Any]:
        listed = (self.signing, self.between) if chain is None else chain
        return signed_by_certificate(STATEMENT, self.leaf_key, listed, stamps)


def judged(bundle: Any, *anchors: x509.Certificate, **settings: Any) -> Verified | Refused:
    trust = certificate_trust(b"".join(map(pem, anchors)), NOW, **settings)
    return verify(json.dumps(bundle).encode(), trust, NOW)


def refused(bundle: Any, *anchors: x509.Certificate, **settings: Any) -> tuple[str, str]:
    verdict = judged(bundle, *anchors, **settings)
    assert isinstance(verdict, Refused), verdict
    return verdict.code, verdict.detail


@pytest.mark.parametrize(
    "leaf_key", [key(), ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()], ids=str
)
def test_a_certificate_below_a_trusted_authority_signs(leaf_key: Any) -> None:
    address = x509.SubjectAlternativeName([x509.RFC822Name("ml@acme.test")])
    house = House(leaf_key=leaf_key, leaf={"extra": [(address, False)]})
    verdict = judged(house.bundle(), house.anchor)

    assert method_of(json.dumps(house.bundle()).encode()) == "certificate"
    assert isinstance(verdict, Verified), verdict
    assert verdict.signer.method == "certificate"
    assert verdict.signer.subject_name == "CN=signing,O=Acme"
    assert verdict.signer.issuer == "CN=middle,O=Acme"
    assert verdict.signer.subjects == ("ml@acme.test",)
    assert verdict.signer.sha256 == house.signing.fingerprint(hashes.SHA256()).hex()
    assert verdict.signer.not_after == int(END.timestamp())
    assert (verdict.signed_at, verdict.log_entry) == (None, None)


def test_any_configured_certificate_is_an_anchor() -> None:
    house = House()

    assert isinstance(judged(house.bundle([house.signing]), house.between), Verified)
    assert isinstance(judged(house.bundle([house.signing, house.between, house.anchor]), house.anchor), Verified)
    assert refused(house.bundle([house.signing]), house.anchor)[0] == "unknown_authority"


def test_authorities_may_sign_with_ed25519_and_rsa() -> None:
    for one in (ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 3072)):
        house = House(middle_key=one)

        assert isinstance(judged(house.bundle(), house.anchor), Verified)


def test_strangers_and_further_authorities_of_the_publisher_are_told_apart() -> None:
    house, stranger = House(), House()
    assert refused(house.bundle(), stranger.anchor) == (
        "unknown_authority",
        "the certificate names CN=middle,O=Acme, whose trusted certificate has another key",
    )
    elsewhere = certificate("elsewhere", key(), None, START, END, authority=True)

    assert refused(house.bundle(), elsewhere) == (
        "unknown_authority",
        "the certificate was issued by CN=middle,O=Acme, which leads to no trusted authority",
    )


def test_of_several_authorities_of_one_name_the_one_that_signed_is_found() -> None:
    house, twin = House(), House()

    assert isinstance(
        judged(house.bundle([house.signing, twin.between, house.between]), twin.anchor, house.anchor), Verified
    )


def test_a_certificate_that_bears_the_name_of_its_authority_is_no_root() -> None:
    house = House(leaf_name="middle")

    assert isinstance(judged(house.bundle(), house.anchor), Verified)


def test_a_signer_that_is_an_authority_itself_is_tolerated_where_a_site_says_so() -> None:
    house = House(leaf={"authority": True, "key_usage": usage(signs=True, issues=True), "purposes": [CODE]})
    code, detail = refused(house.bundle(), house.anchor)
    assert code == "invalid_certificate"
    assert "CA=true" in detail

    assert isinstance(judged(house.bundle(), house.anchor, tolerate_authority_leaf=True), Verified)


@pytest.mark.parametrize(
    ("house", "code", "message"),
    [
        (House(leaf={"key_usage": usage(issues=True)}), "invalid_certificate", "digitalSignature"),
        (House(leaf={"purposes": [TLS]}), "invalid_certificate", "codeSigning"),
        (House(leaf={"purposes": []}), "invalid_certificate", "codeSigning"),
        (House(middle={"authority": False}), "invalid_certificate", "is no certificate authority"),
        (House(middle={"key_usage": usage(signs=True)}), "invalid_certificate", "keyCertSign"),
        (House(middle={"purposes": [TLS]}), "invalid_certificate", "other purposes than code signing"),
        (House(root={"path_length": 0}), "invalid_certificate", "allows 0 authorities below it, there are 1"),
        (House(middle_key=rsa.generate_private_key(65537, 1024)), "unsupported_key", "RSA key of 1024 bits"),
        (House(leaf_key=rsa.generate_private_key(65537, 1024)), "unsupported_key", "RSA key of 1024 bits"),
        (
            House(leaf={"extra": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)]}),
            "invalid_certificate",
            "the critical extension 1.2.3.4, which is not understood",
        ),
        (
            House(middle={"extra": [(x509.NameConstraints([x509.DNSName("acme.test")], None), True)]}),
            "invalid_certificate",
            "not understood",
        ),
        (
            House(leaf_span=(START, NOW - timedelta(days=1))),
            "outside_validity",
            "was not valid at 2026-11-02 12:00 UTC",
        ),
        (House(leaf_span=(NOW + timedelta(days=1), END)), "outside_validity", "CN=signing,O=Acme was not valid"),
    ],
)
def test_a_chain_that_may_not_sign_code_is_refused_with_the_reason(house: House, code: str, message: str) -> None:
    found = refused(house.bundle(), house.anchor)

    assert found[0] == code
    assert message in found[1]


def test_purposes_and_path_lengths_that_allow_it_are_accepted() -> None:
    for parts in ({"path_length": 0, "purposes": [CODE]}, {"purposes": [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]}):
        house = House(root={"path_length": 1}, middle=parts)

        assert isinstance(judged(house.bundle(), house.anchor), Verified)


def test_a_chain_has_an_end() -> None:
    keys = [key() for _ in range(9)]
    line = [certificate("0", keys[0], None, START, END, authority=True)]
    for number in range(1, 8):
        issuer = (line[-1], keys[number - 1])
        line.append(certificate(str(number), keys[number], issuer, START, END, authority=number < 7))

    def signed(length: int) -> dict[str, Any]:
        return signed_by_certificate(STATEMENT, keys[7], line[: 7 - length : -1])

    assert isinstance(judged(signed(5), line[2]), Verified)
    assert refused(signed(7), line[0])[0] == "unknown_authority"


def test_a_signature_by_another_key_than_the_certificate_holds_is_refused() -> None:
    house = House()
    bundle = signed_by_certificate(STATEMENT, key(), (house.signing, house.between))

    assert refused(bundle, house.anchor)[0] == "invalid_signature"


def test_a_certificate_that_is_none_is_refused() -> None:
    house = House()
    bundle = house.bundle()
    bundle["verificationMaterial"]["x509CertificateChain"]["certificates"][0]["rawBytes"] = b64(der(house.signing)[:-9])

    assert refused(bundle, house.anchor)[0] == "invalid_certificate"


def test_a_certificate_is_written_in_one_way() -> None:
    house = House(middle_key=rsa.generate_private_key(65537, 2048))
    bundle = house.bundle()
    whole = der(house.signing)
    bits = len(whole) - len(house.signing.signature) - 1
    changed = whole[:bits] + b"\1" + whole[bits + 1 : -1] + bytes([whole[-1] & 0xFE])
    bundle["verificationMaterial"]["x509CertificateChain"]["certificates"][0]["rawBytes"] = b64(changed)

    code, detail = refused(bundle, house.anchor)
    assert code == "invalid_certificate"
    assert "canonical" in detail


def test_a_certificate_that_is_not_needed_must_hold_as_well() -> None:
    house, stranger = House(), House()
    orphan = house.bundle([house.signing, house.between, stranger.between])
    code, detail = refused(orphan, house.anchor)
    assert code == "invalid_certificate"
    assert "nothing there or here has issued it" in detail

    assert isinstance(judged(house.bundle([house.signing, house.between, house.anchor]), house.between), Verified)


def test_after_expiry_only_a_trusted_timestamp_helps() -> None:
    here = Sigstore(now=NOW)
    chain = b"".join(map(pem, here.timestamps.chain))
    house = House(leaf_span=(START, NOW - timedelta(days=1)))
    bare = house.bundle()
    signature = base64.b64decode(bare["dsseEnvelope"]["signatures"][0]["sig"])

    def stamped(at: datetime, by: Sigstore = here) -> dict[str, Any]:
        stamp = {"signedTimestamp": b64(by.timestamps.stamp(signature, at))}
        material = {**bare["verificationMaterial"], "timestampVerificationData": {"rfc3161Timestamps": [stamp]}}
        return {**bare, "verificationMaterial": material}

    in_time = stamped(NOW - timedelta(days=2))
    verdict = judged(in_time, house.anchor, timestamp_authority=chain)
    assert isinstance(verdict, Verified), verdict
    assert verdict.signed_at == int((NOW - timedelta(days=2)).timestamp())
    assert refused(in_time, house.anchor)[0] == "outside_validity"
    assert refused(bare, house.anchor, timestamp_authority=chain)[0] == "outside_validity"
    assert refused(stamped(NOW), house.anchor, timestamp_authority=chain)[0] == "outside_validity"
    foreign = stamped(NOW - timedelta(days=2), Sigstore("other.test", NOW))
    assert refused(foreign, house.anchor, timestamp_authority=chain)[0] == "invalid_timestamp"
