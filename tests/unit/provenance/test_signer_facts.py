from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.simulators.sigstore.authority import FULCIO, named
from tests.simulators.sigstore.encoding import der_text
from tests.simulators.sigstore.instance import GITHUB, WORKFLOW, Sigstore
from tests.simulators.sigstore.models import certificate

from weighbridge.provenance.signers import LONGEST, MOST_NAMES, signer_of

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
CLAIMS = {
    "9": "build_signer",
    "10": "build_signer_digest",
    "11": "runner_environment",
    "12": "source_repository",
    "13": "source_repository_digest",
    "14": "source_repository_ref",
    "16": "source_repository_owner",
    "18": "build_config",
    "20": "build_trigger",
    "21": "run_invocation",
    "22": "source_repository_visibility",
}


def made(*extensions: tuple[str, bytes], names: Any = ()) -> x509.Certificate:
    extra: list[tuple[x509.ExtensionType, bool]] = [
        (x509.UnrecognizedExtension(x509.ObjectIdentifier(FULCIO + arc), value), False) for arc, value in extensions
    ]
    if names:
        extra.append((x509.SubjectAlternativeName(names), False))
    return certificate("signing", KEY, None, NOW, NOW + timedelta(days=1), extra=extra)


def test_every_extension_of_fulcio_becomes_a_fact() -> None:
    leaf = Sigstore(now=NOW).authority.issue(
        KEY.public_key(), WORKFLOW, GITHUB, NOW, claims={arc: name * 40 for arc, name in CLAIMS.items()}
    )
    signer = signer_of(leaf, "sigstore")

    assert signer.issuer == GITHUB
    assert signer.not_after == int((NOW + timedelta(minutes=10)).timestamp())
    assert {getattr(signer, name) for name in CLAIMS.values()} == {(name * 40)[:LONGEST] for name in CLAIMS.values()}


def test_the_newer_issuer_wins_and_the_older_stands_in() -> None:
    assert signer_of(made(("1", b"old")), "sigstore").issuer == "old"
    assert signer_of(made(("1", b"old"), ("8", der_text("new"))), "sigstore").issuer == "new"
    assert signer_of(made(), "sigstore").issuer is None


def test_every_kind_of_name_is_read() -> None:
    identity = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), der_text("user!acme"))
    names = [
        x509.RFC822Name("a@acme.test"),
        x509.UniformResourceIdentifier("https://acme.test"),
        x509.DNSName("acme.test"),
        x509.DirectoryName(named("Acme", "us")),
        x509.IPAddress(ip_address("127.0.0.1")),
        identity,
    ]

    found = signer_of(made(names=names), "certificate").subjects
    assert found == ("a@acme.test", "https://acme.test", "acme.test", "CN=us,O=Acme", "127.0.0.1", "user!acme")


def test_names_have_a_length_and_a_number() -> None:
    names = [x509.DNSName("x" * (LONGEST + 1)) for _ in range(MOST_NAMES + 1)]

    assert signer_of(made(names=names), "certificate").subjects == ("x" * LONGEST,) * MOST_NAMES


@pytest.mark.parametrize(
    "value", [b"", b"\x0c", b"bare", b"\x0c\x05abc", b"\x0c\x83\0\0\1a", b"\x0c\1\xff", b"\x0c\0!"]
)
def test_an_extension_that_is_no_text_is_refused(value: bytes) -> None:
    with pytest.raises(ValueError, match=r"extension|utf-8"):
        signer_of(made(("8", value)), "sigstore")


@given(st.text(max_size=400))
def test_text_of_every_length_is_read(text: str) -> None:
    assert signer_of(made(("8", der_text(text))), "sigstore").issuer == text[:LONGEST]
