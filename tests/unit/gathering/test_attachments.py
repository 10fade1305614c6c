from __future__ import annotations

import json

from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import about

from weighbridge.gathering.asking import Deadline
from weighbridge.gathering.attachments import Attachments
from weighbridge.gathering.budgets import Budgets, Payment
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.requests import NOBODY
from weighbridge.provenance import LARGEST_BUNDLE
from weighbridge.sources.interface import Attachment
from weighbridge.store.remembered import Remembered

DIGEST = "sha256:" + "a" * 64
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SILENT = Unknown("timeout", "r.example", None, "no answer")


class Registry:
    """A registry that answers what the test gives it."""

    host = "r.example"

    def __init__(self, outcome):
        self.outcome = outcome

    def late(self, seconds):
        return SILENT

    async def attachments(self, repository, digest):
        return self.outcome


def attachment(content, media_type=BUNDLE, predicate=None):
    return Attachment("referrer sha256:1", media_type, predicate, {}, content)


async def found(outcome, digest=DIGEST):
    payment = Payment(Budgets(lambda: 0.0), NOBODY)
    places = Attachments(Remembered(), None)
    return await places.of_registry(Registry(outcome), "acme/desk", digest, Deadline.after(5, payment))


async def test_bundles_beside_an_artifact_are_signatures_or_attestations_by_what_they_state():
    raw = json.dumps(Sigstore().sign(about("a" * 64, "https://slsa.dev/provenance/v1", {}))).encode()
    signs = attachment(Found(raw + b" "), predicate="https://sigstore.dev/cosign/sign/v1")
    outcome = await found(Found((attachment(Found(raw)), signs)))

    assert [(one.kind, one.raw == raw) for one in outcome.attached] == [("attestation", True), ("signature", False)]


async def test_what_cosign_wrote_before_bundles_cannot_be_proved():
    old = attachment(Found(b"{}"), "application/vnd.dev.cosign.simplesigning.v1+json")
    older = attachment(Found(b"{}"), "application/vnd.dsse.envelope.v1+json")
    outcome = await found(Found((old, older)))

    assert [(one.kind, one.raw, one.code) for one in outcome.attached] == [
        ("signature", None, "unsupported_entry"),
        ("attestation", None, "unsupported_entry"),
    ]


async def test_what_nobody_signed_is_left_alone():
    assert (await found(Found((attachment(Found(b"{}"), "application/spdx+json"),)))).attached == ()


async def test_an_attachment_that_is_too_large_does_not_verify_and_a_silent_one_is_a_gap():
    large = await found(Found((attachment(Found(b"{" * (LARGEST_BUNDLE + 1))), attachment(Found(Unreadable("large"))))))
    gaps = await found(Found((attachment(SILENT), attachment(Missing("x")))))

    assert [(one.raw, one.code) for one in large.attached] == [(None, "too_large"), (None, "too_large")]
    assert [one.because for one in gaps.unknown] == ["timeout"]


async def test_a_registry_that_does_not_say_is_a_gap_and_one_that_says_too_much_is_unreadable():
    assert [one.place for one in (await found(SILENT)).unknown] == ["acme/desk at r.example"]
    assert (await found(Found(Unreadable("99 referrers")))).too_many == "99 referrers"
    assert await found(Missing("x")) == await found(Found(()))


async def test_only_a_digest_has_anything_beside_it():
    there = Found((attachment(Found(b"{}")),))

    assert (await found(there, None)).attached == ()
    assert (await found(there, "wb1:" + "a" * 64)).attached == ()
