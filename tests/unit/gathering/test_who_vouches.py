from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.integration.provenance.signed_models import COMMIT, FILES, publish, sign
from tests.simulators.sigstore.instance import Sigstore
from tests.simulators.sigstore.models import about, model_statement
from tests.simulators.tables import shipped

from weighbridge.gathering import Gatherer
from weighbridge.gathering.attachments import Attached, Attachments
from weighbridge.gathering.provenance import Provenance
from weighbridge.gathering.verifying import Anchors, Verifying, prove
from weighbridge.model.evidence import Resolved
from weighbridge.model.outcomes import Found, Unknown, Unreadable
from weighbridge.model.refs import ModelRef
from weighbridge.model.signatures import Signatures, Statements
from weighbridge.provenance import LARGEST_BUNDLE, keyless_trust
from weighbridge.sources.attestations import AttestationFolder
from weighbridge.sources.directory import DirectorySource
from weighbridge.store.remembered import Remembered

SIGSTORE = Sigstore()
NOW = datetime.now(UTC)
TRUST = keyless_trust(json.dumps(SIGSTORE.trusted_root()).encode(), NOW)
OTHER = keyless_trust(json.dumps(Sigstore("other.test").trusted_root()).encode(), NOW)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Silent(DirectorySource):
    """A hub that lists its files and does not deliver some of them."""

    def __init__(self, root, silent, listing=True):
        super().__init__(root)
        self.silent, self.lists = silent, listing

    async def listing(self, repository, commit):
        return await super().listing(repository, commit) if self.lists else self.late(1)

    async def read(self, repository, commit, path, limit):
        if path in self.silent:
            return self.late(1)
        return await super().read(repository, commit, path, limit)


async def known(source, store=None, anchors=None, supplied=()):
    clock = Clock()
    trusts = {"release": TRUST} if anchors is None else anchors
    remembered = Remembered(None, clock)
    attachments = Attachments(remembered, AttestationFolder(store) if store else None, supplied)
    provenance = Provenance(attachments, Verifying(lambda: Anchors(trusts), clock, lambda: NOW), remembered)
    gatherer = Gatherer({"hf": source}, shipped(), clock, provenance, remembered=remembered)
    (evidence,) = await gatherer.gather([ModelRef.parse(f"hf://acme/desk@{COMMIT}")], 20)
    return evidence


def signatures(evidence) -> Signatures:
    assert isinstance(evidence.signatures, Found)
    assert isinstance(evidence.signatures.value, Signatures)
    return evidence.signatures.value


def statements(evidence) -> Statements:
    assert isinstance(evidence.statements, Found)
    assert isinstance(evidence.statements.value, Statements)
    return evidence.statements.value


@pytest.fixture
def folder(tmp_path):
    return publish(tmp_path / "hub", "acme/desk", COMMIT, FILES)


@pytest.fixture
def hub(folder):
    return DirectorySource(folder.parent.parent)


async def test_a_signature_is_found_verified_and_bound(folder, hub):
    sign(folder, SIGSTORE)
    (one,) = signatures(await known(hub)).signatures

    assert (one.verified, one.about, one.anchors, one.place) == (True, "this_model", ("release",), "model.sig")
    assert one.coverage is not None
    assert (one.coverage.signed, one.coverage.unsigned, one.coverage.card) == (3, (), True)
    assert one.signer is not None
    assert one.signed_at is not None


async def test_an_unsigned_model_has_none(hub):
    assert signatures(await known(hub)).signatures == ()


async def test_a_file_that_could_not_be_fetched_leaves_the_signature_open(folder):
    sign(folder, SIGSTORE)
    found = signatures(await known(Silent(folder.parent.parent, {"config.json"})))

    assert found.signatures[0].about == "unknown"
    assert [(one.place, one.because) for one in found.unknown] == [("model.sig", "timeout")]


async def test_a_signature_that_could_not_be_fetched_is_a_gap(folder):
    sign(folder, SIGSTORE)
    evidence = await known(Silent(folder.parent.parent, {"model.sig"}))

    assert signatures(evidence).signatures == ()
    assert [one.place for one in signatures(evidence).unknown] == ["model.sig"]
    assert [one.place for one in statements(evidence).unknown] == ["model.sig"]


async def test_where_files_are_not_listed_signatures_are_unknown_and_not_absent(folder):
    evidence = await known(Silent(folder.parent.parent, (), listing=False))

    assert isinstance(evidence.signatures, Unknown)
    assert statements(evidence).unknown[0].because == "timeout"


async def test_too_large_a_signature_is_one_that_does_not_verify(folder, hub):
    publish(folder.parent.parent, "acme/desk", COMMIT, {**FILES, "model.sig": b"{" * (LARGEST_BUNDLE + 1)})
    (one,) = signatures(await known(hub)).signatures

    assert (one.verified, one.code) == (False, "too_large")


async def test_more_signature_files_than_anybody_looks_at_are_unreadable(folder, hub):
    publish(folder.parent.parent, "acme/desk", COMMIT, {**FILES, **{f"{n}.sigstore": b"{}" for n in range(40)}})
    evidence = await known(hub)

    assert isinstance(evidence.signatures.value, Unreadable)
    assert isinstance(evidence.statements.value, Unreadable)


async def test_signatures_of_other_programs_are_left_alone(folder, hub):
    publish(folder.parent.parent, "acme/desk", COMMIT, {**FILES, "model.safetensors.sig": b"\x89PGP"})

    assert signatures(await known(hub)).signatures == ()


async def test_a_signature_by_other_means_is_not_called_invalid(folder, hub):
    sign(folder, SIGSTORE)
    nobody = signatures(await known(hub, anchors={})).signatures[0]
    other = signatures(await known(hub, anchors={"x": OTHER})).signatures[0]

    assert nobody.code == "no_trust"
    assert other.code in ("unknown_authority", "invalid_signature")


async def test_the_older_list_of_files_is_refused_with_its_reason(folder, hub):
    statement = {**model_statement(FILES), "predicateType": "https://model_signing/Digests/v0.1"}
    publish(
        folder.parent.parent, "acme/desk", COMMIT, {**FILES, "model.sig": json.dumps(SIGSTORE.sign(statement)).encode()}
    )
    (one,) = signatures(await known(hub)).signatures

    assert (one.verified, one.code) == (False, "unsupported_predicate")


async def test_parts_of_files_cannot_be_compared_with_a_listing_of_whole_ones(folder, hub):
    listing = json.loads((folder / "_repo_files.json").read_text())
    statement = model_statement(FILES, algorithm="blake2b")
    raw = json.dumps(SIGSTORE.sign(statement)).encode()
    (folder / "model.sig").write_bytes(raw)
    (folder / "model.safetensors").unlink()
    listing["files"] = [
        {**one, "sha256": "0" * 64} if one["path"] == "model.safetensors" else one for one in listing["files"]
    ] + [{"path": "model.sig", "size": len(raw)}]
    (folder / "_repo_files.json").write_text(json.dumps(listing))
    (one,) = signatures(await known(hub)).signatures

    assert one.coverage is not None
    assert one.coverage.comparable is False


def provenance_about(subject, *dependencies):
    build = {"buildDefinition": {"resolvedDependencies": list(dependencies)}, "runDetails": {"builder": {"id": "b"}}}
    return SIGSTORE.sign({**about("0" * 64, "https://slsa.dev/provenance/v1", build), "subject": [subject]})


async def test_an_attestation_beside_the_model_names_parents_that_are_walked(folder, hub):
    publish(folder.parent.parent, "acme/base", "0e9e39f2" * 5, {**FILES, "README.md": b"# x\n"})
    uri = {"uri": f"pkg:huggingface/acme/base@{'0e9e39f2' * 5}"}
    bundle = provenance_about({"name": "x", "digest": {"gitCommit": COMMIT}}, uri)
    publish(folder.parent.parent, "acme/desk", COMMIT, {**FILES, "slsa.sigstore.json": json.dumps(bundle).encode()})
    evidence = await known(hub)
    (one,) = statements(evidence).statements
    edges = {(edge.source, edge.parent, edge.pinned) for edge in evidence.lineage.value.edges}

    assert (one.kind, one.about, one.builder, one.card) == ("provenance", "this_model", "b", True)
    assert ("attestation", "acme/base", True) in edges
    assert evidence.places["lineage.edge:attestation:acme/base"].file == "attestation"


async def test_a_signed_list_of_files_is_a_name_for_the_model(folder, hub):
    statement = model_statement(FILES)
    sign(folder, SIGSTORE)
    listing = json.loads((folder / "_repo_files.json").read_text())
    bundle = json.dumps(provenance_about(statement["subject"][0])).encode()
    (folder / "slsa.sigstore.json").write_bytes(bundle)
    listing["files"].append({"path": "slsa.sigstore.json", "size": len(bundle)})
    (folder / "_repo_files.json").write_text(json.dumps(listing))

    assert statements(await known(hub)).statements[0].about == "this_model"


async def test_a_store_is_asked_and_a_bundle_in_two_places_counts_once(folder, hub, tmp_path):
    bundle = json.dumps(provenance_about({"name": "x", "digest": {"gitCommit": COMMIT}}))
    other = json.dumps(provenance_about({"name": "x", "digest": {"gitCommit": "0" * 40}}))
    store = tmp_path / "store"
    store.mkdir()
    (store / f"gitCommit-{COMMIT}.jsonl").write_text(f"{bundle}\n{other}\n")
    supplied = [Attached("command line", "attestation", bundle.encode())]
    found = statements(await known(hub, store=store, supplied=supplied)).statements

    assert sorted(one.about for one in found) == ["another_model", "this_model"]


async def test_a_store_with_too_much_about_one_digest_is_unreadable(hub, tmp_path):
    (tmp_path / f"gitCommit-{COMMIT}.jsonl").write_text("{}\n" * 100)

    assert isinstance((await known(hub, store=tmp_path)).statements.value, Unreadable)


async def test_a_store_that_is_away_is_a_gap(hub, tmp_path):
    found = signatures(await known(hub, store=tmp_path / "none"))

    assert found.unknown[0].because == "unreachable"


async def test_a_commit_that_a_statement_names_is_known_without_its_hub(tmp_path):
    facts = {"license": {"id": "mit"}}
    subject = [{"name": "x", "digest": {"gitCommit": COMMIT}}]
    statement = {**about("0" * 64, "https://weighbridge.dev/model-facts/v1", facts), "subject": subject}
    (tmp_path / f"gitCommit-{COMMIT}.jsonl").write_text(json.dumps(SIGSTORE.sign(statement)))
    away = DirectorySource(tmp_path / "none")
    evidence = await known(away, store=tmp_path)
    without = await known(away, store=tmp_path / "empty")

    assert evidence.resolved == Found(Resolved(COMMIT, None, COMMIT, immutable=True))
    assert statements(evidence).unknown[0].because == "unreachable"
    assert [one.id for one in evidence.attested_licenses.values()] == ["mit"]
    assert isinstance(evidence.signatures, Unknown)
    assert isinstance(without.resolved, Unknown)


async def test_what_is_attested_and_what_the_card_says_may_contradict(folder, hub):
    facts = {"license": {"id": "mit"}, "baseModels": [{"name": "acme/other"}], "datasets": [{"name": "acme/letters"}]}
    subject = [{"name": "x", "digest": {"gitCommit": COMMIT}}]
    statement = {**about("0" * 64, "https://weighbridge.dev/model-facts/v1", facts), "subject": subject}
    publish(
        folder.parent.parent,
        "acme/desk",
        COMMIT,
        {**FILES, "facts.sigstore.json": json.dumps(SIGSTORE.sign(statement)).encode()},
    )
    found = {(one.about, one.attested, one.declared) for one in statements(await known(hub)).contradictions}

    assert found == {
        ("license", "mit", "apache-2.0"),
        ("base_model", "acme/other", "acme/base"),
        ("dataset", "acme/letters", "acme/mails"),
    }


async def test_a_bundle_is_verified_once_until_trust_changes():
    trusts, asked = {"release": TRUST}, []
    clock = Clock()

    def anchors():
        asked.append(1)
        return Anchors(dict(trusts))

    verifying = Verifying(anchors, clock, lambda: NOW)
    raw = json.dumps(SIGSTORE.sign(model_statement(FILES))).encode()
    first, version = await verifying.proof(raw), verifying.version
    again = await verifying.proof(raw)
    trusts["release"] = OTHER
    changed = await verifying.proof(raw)

    assert first is again
    assert first.verified is not None
    assert changed.verified is None
    assert verifying.version != version


def test_every_signer_whose_material_proves_a_bundle_is_named():
    raw = json.dumps(SIGSTORE.sign(model_statement(FILES))).encode()

    assert prove(raw, Anchors({"b": TRUST, "a": TRUST, "c": OTHER}), NOW).anchors == ("a", "b")
    assert prove(b"no bundle", Anchors({"a": TRUST}), NOW).code == "malformed_bundle"
