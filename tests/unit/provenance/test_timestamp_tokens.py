from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import algos, cms, core, tsp
from cryptography.x509 import Certificate
from tests.simulators.sigstore.instance import Sigstore

from weighbridge.provenance.refusals import Refusal
from weighbridge.provenance.timestamps import TimestampAuthority, check_token, read_token

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HERE, OTHER = Sigstore(now=NOW), Sigstore("other.test", NOW)
SIGNATURE = b"a signature"
STAMP = HERE.timestamps.stamp(SIGNATURE, NOW)


def trusted(*instances: Sigstore) -> list[TimestampAuthority]:
    return [TimestampAuthority(one.timestamps.chain) for one in instances]


def code(raw: bytes, authorities: list[TimestampAuthority]) -> str:
    with pytest.raises(Refusal) as caught:
        check_token(read_token(raw), SIGNATURE, authorities)
    return caught.value.code


def test_a_timestamp_of_any_trusted_authority_holds() -> None:
    token = read_token(STAMP)
    check_token(token, SIGNATURE, trusted(OTHER, HERE))

    assert token.time == NOW
    assert code(STAMP, trusted(OTHER)) == "invalid_timestamp"
    assert code(STAMP, []) == "invalid_timestamp"
    assert code(HERE.timestamps.stamp(b"another", NOW), trusted(HERE)) == "invalid_timestamp"


def test_a_timestamp_outside_the_life_of_its_authority_is_refused() -> None:
    assert code(HERE.timestamps.stamp(SIGNATURE, NOW - timedelta(days=60)), trusted(HERE)) == "invalid_timestamp"


@pytest.mark.parametrize("raw", [b"", b"none", STAMP[:-1], STAMP + b"\0"])
def test_what_is_no_timestamp_is_refused(raw: bytes) -> None:
    assert code(raw, trusted(HERE)) == "invalid_timestamp"


def signed_data(response: tsp.TimeStampResp) -> cms.SignedData:
    return response["time_stamp_token"]["content"]


def unsigned_attribute(response: tsp.TimeStampResp) -> None:
    attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.Any(core.Null())]})
    signed_data(response)["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])


def another_algorithm(response: tsp.TimeStampResp) -> None:
    signed_data(response)["signer_infos"][0]["signature_algorithm"] = algos.SignedDigestAlgorithm(
        {"algorithm": "sha512_ecdsa"}
    )


def older_version(response: tsp.TimeStampResp) -> None:
    signed_data(response)["version"] = "v1"


def newer_signer(response: tsp.TimeStampResp) -> None:
    signed_data(response)["signer_infos"][0]["version"] = "v3"


def two_signers(response: tsp.TimeStampResp) -> None:
    infos = signed_data(response)["signer_infos"]
    second = infos[0].copy()
    second["signature"] = b"\xff" * len(infos[0]["signature"].native)  # in the order of DER
    infos.append(second)


@pytest.mark.parametrize("change", [unsigned_attribute, another_algorithm, older_version, newer_signer, two_signers])
def test_what_no_signature_covers_must_be_as_it_must_be(change) -> None:
    response = tsp.TimeStampResp.load(STAMP)
    change(response)
    changed = response.dump(force=True)
    assert changed != STAMP

    assert code(changed, trusted(HERE)) == "invalid_timestamp"


def test_an_algorithm_has_no_parameters_or_none_that_say_anything() -> None:
    said_nothing = bytes.fromhex("06096086480165030402010500")
    assert said_nothing in STAMP

    for match in re.finditer(re.escape(said_nothing), STAMP):
        other = STAMP[: match.end() - 2] + b"\x04" + STAMP[match.end() - 1 :]
        assert code(other, trusted(HERE)) == "invalid_timestamp"


def test_a_chain_may_have_certificates_between_its_ends() -> None:
    first, last = HERE.timestamps.chain
    between: Certificate = OTHER.timestamps.root
    check_token(read_token(STAMP), SIGNATURE, [TimestampAuthority((first, between, last))])

    assert code(STAMP, [TimestampAuthority((first, between))]) == "invalid_timestamp"
