from __future__ import annotations

import base64
import copy
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from tests.simulators.sigstore.encoding import IN_TOTO, b64, canonical, der, pae, rfc3339
from tests.simulators.sigstore.instance import GITHUB, WORKFLOW, Sigstore, envelope, hashedrekord_body
from tests.simulators.sigstore.models import about, model_statement, signed_by_key

from weighbridge.model.provenance import Refused, Verified
from weighbridge.provenance import keyless_trust, method_of, verify

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HERE = Sigstore(now=NOW)
STATEMENT = model_statement({"README.md": b"# card", "config.json": b"{}"})
KINDS = ({"rekor": 1}, {"rekor": 2}, {"rekor": 1, "stamped": True})
EARLIER = NOW - timedelta(days=20)


def judged(bundle: Any, root: Any = None, now: datetime = NOW) -> Verified | Refused:
    raw = json.dumps(bundle).encode()
    return verify(raw, keyless_trust(json.dumps(root or HERE.trusted_root()).encode(), now), now)


def refused(bundle: Any, root: Any = None, now: datetime = NOW) -> tuple[str, str]:
    verdict = judged(bundle, root, now)
    assert isinstance(verdict, Refused), verdict
    return verdict.code, verdict.detail


def entry(bundle: dict[str, Any]) -> dict[str, Any]:
    return bundle["verificationMaterial"]["tlogEntries"][0]


@pytest.mark.parametrize("how", KINDS, ids=str)
def test_a_signature_is_proved_with_its_signer_time_and_log_entry(how: dict[str, Any]) -> None:
    claims = {
        "12": "https://github.com/acme/models",
        "18": WORKFLOW,
        "11": "github-hosted",
        "20": "push",
        "13": "a" * 40,
    }
    raw = json.dumps(HERE.sign(STATEMENT, claims=claims, **how)).encode()

    assert method_of(raw) == "sigstore"
    verdict = verify(raw, keyless_trust(json.dumps(HERE.trusted_root()).encode(), NOW), NOW)
    assert isinstance(verdict, Verified), verdict
    assert verdict.signer.method == "sigstore"
    assert verdict.signer.subjects == (WORKFLOW,)
    assert verdict.signer.issuer == GITHUB
    assert verdict.signer.source_repository == "https://github.com/acme/models"
    assert verdict.signer.build_config == WORKFLOW
    assert verdict.signer.runner_environment == "github-hosted"
    assert verdict.signer.subject_name is None
    assert verdict.signed_at == int(NOW.timestamp()) + 1
    assert verdict.log_entry is not None
    assert verdict.log_entry.log_id == (HERE.rekor1 if how["rekor"] == 1 else HERE.rekor2).id.hex()
    assert verdict.statement.predicate_type == STATEMENT["predicateType"]
    assert verdict.media_type == "application/vnd.dev.sigstore.bundle.v0.3+json"


@pytest.mark.parametrize("how", KINDS, ids=str)
def test_a_signature_outlives_its_certificate(how: dict[str, Any]) -> None:
    verdict = judged(HERE.sign(STATEMENT, at=EARLIER, **how))

    assert isinstance(verdict, Verified), verdict
    assert verdict.signed_at == int(EARLIER.timestamp()) + 1


@pytest.mark.parametrize("how", KINDS, ids=str)
def test_another_instance_of_sigstore_proves_nothing_here(how: dict[str, Any]) -> None:
    code, detail = refused(Sigstore("evil.test", NOW).sign(STATEMENT, **how))

    assert code == "unknown_authority"
    assert "CN=evil.test intermediate" in detail


def test_an_authority_of_the_same_name_with_another_key_is_refused() -> None:
    assert refused(Sigstore(now=NOW).sign(STATEMENT))[0] == "unknown_authority"
    twin = Sigstore(now=NOW)
    twin.rekor1, twin.authority.ct_key = HERE.rekor1, HERE.authority.ct_key

    assert refused(twin.sign(STATEMENT))[0] == "invalid_certificate"


@pytest.mark.parametrize("version", ["0.1", "0.2"])
def test_bundles_of_older_versions_carry_the_certificate_in_a_chain(version: str) -> None:
    bundle = HERE.sign(STATEMENT)
    bundle["mediaType"] = f"application/vnd.dev.sigstore.bundle+json;version={version}"
    leaf = bundle["verificationMaterial"].pop("certificate")
    bundle["verificationMaterial"]["x509CertificateChain"] = {"certificates": [leaf]}

    assert isinstance(judged(bundle), Verified)


def test_statements_of_cosign_are_of_the_older_version() -> None:
    statement = {
        **about("a" * 64, "https://slsa.dev/provenance/v0.2", {}),
        "_type": "https://in-toto.io/Statement/v0.1",
    }

    assert isinstance(judged(HERE.sign(statement)), Verified)


@pytest.mark.parametrize("late", [timedelta(minutes=11), timedelta(seconds=-5)])
def test_a_certificate_that_had_expired_when_it_signed_is_refused(late: timedelta) -> None:
    for how in KINDS:
        code, detail = refused(HERE.sign(STATEMENT, at=EARLIER, logged_at=EARLIER + late, **how))

        assert code == "outside_validity"
        assert "signing certificate was not valid" in detail


@pytest.mark.parametrize("how", KINDS, ids=str)
def test_nothing_was_signed_in_the_future(how: dict[str, Any]) -> None:
    code, detail = refused(HERE.sign(STATEMENT, at=NOW + timedelta(minutes=6), **how))

    assert code == "outside_validity"
    assert "in the future" in detail
    assert isinstance(judged(HERE.sign(STATEMENT, at=NOW + timedelta(minutes=4), **how)), Verified)


def windowed(where: tuple[str, ...], start: datetime, end: datetime | None, position: int = 0) -> dict[str, Any]:
    """Give one part of the root a window, and a twin without an end beside it, so that the root stays usable."""
    root = HERE.trusted_root()
    part = root[where[0]][position]
    root[where[0]].append(copy.deepcopy(Sigstore("twin.test", NOW).trusted_root()[where[0]][0]))
    span = {"start": rfc3339(start), **({"end": rfc3339(end)} if end else {})}
    (part[where[1]] if len(where) > 1 else part)["validFor"] = span
    return root


PARTS = {
    "authority": (("certificateAuthorities",), KINDS, 0, "certificate authority was not valid"),
    "log 1": (("tlogs", "publicKey"), (KINDS[0], KINDS[2]), 0, "key of the transparency log was not valid"),
    "log 2": (("tlogs", "publicKey"), (KINDS[1],), 1, "key of the transparency log was not valid"),
    "certificate log": (("ctlogs", "publicKey"), KINDS, 0, "key of the certificate transparency log was not valid"),
    "timestamps": (("timestampAuthorities",), KINDS[1:], 0, "timestamp authority was not valid"),
}


@pytest.mark.parametrize("name", PARTS)
def test_what_was_closed_before_the_signature_proves_nothing(name: str) -> None:
    where, kinds, position, message = PARTS[name]
    for how in kinds:
        bundle = HERE.sign(STATEMENT, at=EARLIER, **how)
        before = windowed(where, HERE.start, EARLIER - timedelta(seconds=5), position)
        after = windowed(where, EARLIER + timedelta(minutes=1), None, position)

        for root in (before, after):
            code, detail = refused(bundle, root)
            assert code == "outside_validity"
            assert message in detail


@pytest.mark.parametrize("name", PARTS)
def test_the_ends_of_a_window_belong_to_it(name: str) -> None:
    where, kinds, position, _ = PARTS[name]
    signed = EARLIER if name == "certificate log" else EARLIER + timedelta(seconds=1)
    for how in kinds:
        root = windowed(where, signed, signed, position)

        assert isinstance(judged(HERE.sign(STATEMENT, at=EARLIER, **how), root), Verified)


def test_a_certificate_that_no_trusted_log_holds_is_refused() -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    assert refused(HERE.sign(STATEMENT, ct_key=stranger))[0] == "invalid_signature"
    root = HERE.trusted_root()
    root["ctlogs"] = Sigstore("other.test", NOW).trusted_root()["ctlogs"]

    code, detail = refused(HERE.sign(STATEMENT), root)
    assert code == "unknown_authority"
    assert "certificate transparency log" in detail


def test_a_log_that_is_not_in_the_root_is_refused() -> None:
    root = HERE.trusted_root()
    root["tlogs"] = root["tlogs"][1:]

    code, detail = refused(HERE.sign(STATEMENT), root)
    assert code == "unknown_authority"
    assert "the transparency log" in detail


def test_a_timestamp_of_a_stranger_is_refused_even_where_the_log_knows_the_time() -> None:
    foreign = Sigstore("other.test", NOW).sign(STATEMENT, rekor=2)
    stamps = foreign["verificationMaterial"]["timestampVerificationData"]
    for how in KINDS[:2]:
        bundle = HERE.sign(STATEMENT, **how)
        bundle["verificationMaterial"]["timestampVerificationData"] = stamps

        assert refused(bundle)[0] == "invalid_timestamp"


def test_a_timestamp_over_another_signature_is_refused() -> None:
    other = HERE.sign(STATEMENT, rekor=2)["verificationMaterial"]["timestampVerificationData"]
    for how in KINDS[:2]:
        bundle = HERE.sign(STATEMENT, **how)
        bundle["verificationMaterial"]["timestampVerificationData"] = other
        code, detail = refused(bundle)

        assert code == "invalid_timestamp"
        assert "not made over this signature" in detail


def test_every_timestamp_must_hold() -> None:
    bundle = HERE.sign(STATEMENT, rekor=2)
    stamps = bundle["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    signature = base64.b64decode(bundle["dsseEnvelope"]["signatures"][0]["sig"])
    stamps.append({"signedTimestamp": b64(HERE.timestamps.stamp(signature, NOW + timedelta(seconds=2)))})
    assert isinstance(judged(bundle), Verified)
    stamps.append({"signedTimestamp": b64(HERE.timestamps.stamp(b"another", NOW + timedelta(seconds=2)))})

    assert refused(bundle)[0] == "invalid_timestamp"


def test_a_time_that_nobody_proves_is_no_time() -> None:
    unstamped = HERE.sign(STATEMENT, rekor=2, stamped=False)
    assert refused(unstamped)[0] == "invalid_timestamp"
    timed = copy.deepcopy(unstamped)
    entry(timed)["integratedTime"] = str(int(NOW.timestamp()))
    assert refused(timed)[0] == "invalid_timestamp"
    promised = HERE.sign(STATEMENT)
    del entry(promised)["integratedTime"]

    assert refused(promised)[0] == "invalid_timestamp"


def change(path: str, value: Any, how: dict[str, Any]) -> tuple[str, str]:
    bundle = HERE.sign(STATEMENT, **how)
    place = entry(bundle)
    *parents, last = path.split(".")
    for key in parents:
        place = place[key]
    place[last] = value(place[last])
    return refused(bundle)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("integratedTime", lambda one: str(int(one) + 60), "invalid_signature"),
        ("logIndex", lambda one: str(int(one) + 1), "invalid_signature"),
        ("inclusionProof.logIndex", lambda one: str(int(one) - 1), "invalid_signature"),
        ("inclusionProof.treeSize", lambda one: str(int(one) + 1), "invalid_signature"),
        ("inclusionProof.hashes", lambda one: one[1:], "invalid_signature"),
        ("inclusionProof.checkpoint.envelope", lambda one: one.replace("\n\n", "\n"), "invalid_signature"),
        ("inclusionProof.checkpoint.envelope", lambda one: one.replace("— rekor", "— other"), "invalid_signature"),
        ("kindVersion.version", lambda _: "0.0.2", "unsupported_entry"),
        ("kindVersion.kind", lambda _: "intoto", "unsupported_entry"),
        ("inclusionProof", lambda _: None, "unsupported_entry"),
        ("inclusionProof.checkpoint", lambda _: None, "unsupported_entry"),
    ],
)
def test_a_log_entry_that_was_changed_proves_nothing(path: str, value: Any, code: str) -> None:
    assert change(path, value, {"rekor": 1})[0] == code


def test_without_a_promise_the_index_is_the_one_of_the_proof() -> None:
    code, detail = change("logIndex", lambda one: str(int(one) + 1), {"rekor": 2})

    assert code == "invalid_signature"
    assert "another index" in detail


def test_a_proof_that_also_holds_for_a_larger_tree_is_refused() -> None:
    instance = Sigstore(now=NOW)
    instance.rekor1.followers = 1
    bundle = instance.sign(STATEMENT)
    assert isinstance(judged(bundle, instance.trusted_root()), Verified)
    proof = entry(bundle)["inclusionProof"]
    assert proof["treeSize"] == "7"
    # the path from entry 5 to the root is as long in a tree of eight
    proof["treeSize"] = "8"

    code, detail = refused(bundle, instance.trusted_root())
    assert code == "invalid_signature"
    assert detail == "the inclusion proof is for another size of the log than the signed one"


def test_what_cannot_be_proved_says_how_to_sign_again() -> None:
    for count in (0, 2):
        bundle = HERE.sign(STATEMENT)
        bundle["verificationMaterial"]["tlogEntries"] *= count
        code, detail = refused(bundle)

        assert code == "unsupported_entry"
        assert detail.endswith("Sign again with cosign 3 or newer, or with model_signing")


@pytest.mark.parametrize("how", KINDS[:2], ids=str)
def test_parts_of_two_signatures_make_none(how: dict[str, Any]) -> None:
    one, other = HERE.sign(STATEMENT, **how), HERE.sign(STATEMENT, **how)
    for path in (
        ("dsseEnvelope", "signatures"),
        ("verificationMaterial", "tlogEntries"),
        ("verificationMaterial", "certificate"),
    ):
        mixed = copy.deepcopy(one)
        mixed[path[0]][path[1]] = other[path[0]][path[1]]

        assert refused(mixed)[0] in ("invalid_signature", "invalid_timestamp")
    foreign = copy.deepcopy(one)
    foreign["dsseEnvelope"]["payload"] = b64(canonical(model_statement({"README.md": b"other"})))

    assert refused(foreign)[0] == "invalid_signature"


def test_what_is_signed_must_be_a_statement() -> None:
    assert refused(HERE.sign(b"hello", payload_type="text/plain"))[0] == "payload_type"
    assert refused(HERE.sign(b"hello"))[0] == "malformed_statement"


def test_a_key_of_a_keyless_certificate_is_on_a_curve() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    leaf = HERE.authority.issue(key.public_key(), WORKFLOW, GITHUB, NOW)  # type: ignore[arg-type]
    payload = canonical(STATEMENT)
    signature = key.sign(pae(IN_TOTO, payload))
    bundle = HERE.sign(STATEMENT, rekor=2)
    bundle["verificationMaterial"]["certificate"] = {"rawBytes": b64(der(leaf))}
    bundle["verificationMaterial"]["tlogEntries"] = [
        HERE.rekor2.add(hashedrekord_body(b"\0" * 32, signature, der(leaf)), "hashedrekord", "0.0.2")
    ]
    bundle["dsseEnvelope"] = envelope(payload, IN_TOTO, signature)

    assert refused(bundle)[0] == "unsupported_key"


@pytest.mark.parametrize(("timestamps", "code"), [(2, "invalid_certificate"), (0, "invalid_signature")])
def test_a_certificate_has_one_certificate_timestamp(timestamps: int, code: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    logged = HERE.authority.issue(key.public_key(), WORKFLOW, GITHUB, NOW)
    kind = x509.PrecertificateSignedCertificateTimestamps
    builder = x509.CertificateBuilder(
        logged.issuer, logged.subject, key.public_key(), 7, NOW, NOW + timedelta(minutes=10)
    ).add_extension(logged.extensions.get_extension_for_class(x509.SubjectAlternativeName).value, critical=True)
    if timestamps:
        scts = logged.extensions.get_extension_for_class(kind).value
        builder = builder.add_extension(kind([*scts, *scts]), critical=False)
    bundle = HERE.sign(STATEMENT)
    leaf = builder.sign(HERE.authority.key, hashes.SHA384())
    bundle["verificationMaterial"]["certificate"] = {"rawBytes": b64(der(leaf))}

    assert refused(bundle)[0] == code


def test_a_bundle_of_another_method_is_told_apart() -> None:
    code, detail = refused(signed_by_key(STATEMENT, ec.generate_private_key(ec.SECP256R1())))

    assert code == "wrong_method"
    assert "signed by the method key" in detail


def test_a_certificate_that_is_none_is_refused() -> None:
    bundle = HERE.sign(STATEMENT)
    bundle["verificationMaterial"]["certificate"] = {"rawBytes": b64(b"none")}

    assert refused(bundle)[0] == "invalid_signature"
