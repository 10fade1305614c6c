from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.provenance import Statement, Subject
from weighbridge.model.signatures import Ancestor, Claim
from weighbridge.provenance.claims import ANCESTORS, kind_of, read_claims

COMMIT, SHA256 = "3f9c2e1a" * 5, "0e9e39f2" * 8


def read(predicate_type, predicate):
    return read_claims(Statement(predicate_type, (Subject("x", {"sha256": SHA256}),), predicate))


def slsa(*dependencies, builder="https://ci/train"):
    return read(
        "https://slsa.dev/provenance/v1",
        {"buildDefinition": {"resolvedDependencies": list(dependencies)}, "runDetails": {"builder": {"id": builder}}},
    )


def test_a_provenance_names_base_models_and_data_sets_with_their_digests():
    found = slsa(
        {"uri": f"pkg:huggingface/meta/base@{COMMIT}"},
        {"uri": "hf://datasets/acme/mails", "digest": {"sha256": SHA256}},
        {"uri": "git+https://git.example/train", "digest": {"sha1": COMMIT}},
        {"name": "https://huggingface.co/a/b/tree/main"},
        {"digest": {"sha256": SHA256}},
    )

    assert found.builder == "https://ci/train"
    assert [(one.kind, one.name, dict(one.digests)) for one in found.dependencies] == [
        ("model", "meta/base", {"gitCommit": COMMIT}),
        ("dataset", "acme/mails", {"sha256": SHA256}),
        ("other", "git+https://git.example/train", {"gitCommit": COMMIT}),
        ("model", "a/b", {}),
    ]
    assert found.claims == (
        Claim("base_model", "meta/base", COMMIT),
        Claim("dataset", "acme/mails", SHA256),
        Claim("base_model", "a/b", None),
    )


def test_the_older_form_of_provenance_is_read_too():
    found = read(
        "https://slsa.dev/provenance/v0.2",
        {"builder": {"id": "https://ci"}, "materials": [{"uri": f"hf://meta/base@{COMMIT}"}]},
    )

    assert (found.kind, found.builder, found.dependencies[0].name) == ("provenance", "https://ci", "meta/base")


def test_a_digest_that_reads_as_none_is_left_out():
    found = slsa({"uri": "hf://a/b", "digest": {"sha256": "xyz", "md5": "A" * 32, "sha512": 7}})

    assert dict(found.dependencies[0].digests) == {"md5": "a" * 32}
    assert found.claims[0].pin == "a" * 32


def test_a_verification_summary_says_by_whom_when_and_from_what():
    found = read(
        "https://slsa.dev/verification_summary/v1",
        {
            "verifier": {"id": "https://ci/promote"},
            "timeVerified": "2026-12-01T00:00:00Z",
            "verificationResult": "PASSED",
            "verifiedLevels": ["card.*", "SLSA_BUILD_LEVEL_2", 7],
            ANCESTORS: [{"name": "hf://meta/base", "digest": {"gitCommit": COMMIT}}, {"digest": {}}, "x"],
        },
    ).summary

    assert found is not None
    assert (found.verifier, found.passed, found.levels) == (
        "https://ci/promote",
        True,
        ("card.*", "SLSA_BUILD_LEVEL_2"),
    )
    assert found.verified_at == 1_796_083_200 * 10**9
    assert found.ancestors == (Ancestor("meta/base", {"gitCommit": COMMIT}),)


def test_a_summary_that_lacks_what_it_should_have_passes_nothing():
    for time in (None, "yesterday", "2026-12-01T00:00:00"):
        found = read("https://slsa.dev/verification_summary/v1", {"timeVerified": time}).summary

        assert found is not None
        assert (found.passed, found.verified_at, found.ancestors, found.verifier) == (False, None, None, "")
    many = read("https://slsa.dev/verification_summary/v1", {ANCESTORS: [{"name": "a/b"}] * 1000}).summary

    assert many is not None
    assert many.ancestors is None


def test_our_own_statement_is_read_back():
    found = read(
        "https://weighbridge.dev/model-facts/v1",
        {
            "license": {"id": "mit"},
            "baseModels": [{"name": "meta/base", "digest": {"gitCommit": COMMIT}}, {}],
            "datasets": [{"name": "acme/mails"}],
            "evaluations": [{"metric": "accuracy", "value": 0.9, "dataset": "desk"}, {"metric": "x", "value": []}, {}],
        },
    )

    assert found.claims == (
        Claim("license", "mit", None),
        Claim("base_model", "meta/base", COMMIT),
        Claim("dataset", "acme/mails", None),
        Claim("evaluation", "desk accuracy 0.9", None),
    )
    assert read("https://weighbridge.dev/model-facts/v1", {"evaluations": [{"metric": "f1", "value": 1}]}).claims == (
        Claim("evaluation", "f1 1", None),
    )


def test_a_test_result_is_an_evaluation():
    kind = "https://in-toto.io/attestation/test-result/v0.1"

    assert read(kind, {"result": "PASSED", "configuration": [{"name": "suite"}, {}]}).claims == (
        Claim("evaluation", "PASSED suite", None),
    )
    assert read(kind, {}).claims == ()


def test_a_cyclonedx_document_about_a_model_says_what_a_card_says():
    component = {
        "type": "machine-learning-model",
        "licenses": [{"license": {"id": "Apache-2.0"}}, {"expression": "MIT"}, {"license": {"name": "own"}}, {}],
        "pedigree": {
            "ancestors": [
                {"purl": f"pkg:huggingface/meta/base@{COMMIT}"},
                {"group": "acme", "name": "other", "hashes": [{"alg": "SHA-256", "content": SHA256}]},
                {"name": "alone"},
                {},
            ]
        },
        "modelCard": {
            "modelParameters": {"datasets": [{"ref": "d1"}, {"contents": {"url": "hf://datasets/acme/mails"}}]},
            "quantitativeAnalysis": {"performanceMetrics": [{"type": "accuracy", "value": "0.9"}, {"type": "x"}, {}]},
        },
    }
    found = read("https://cyclonedx.org/bom/v1.6", {"components": [{"type": "library"}, component]})

    assert found.kind == "aibom"
    assert found.claims == (
        Claim("license", "Apache-2.0", None),
        Claim("license", "MIT", None),
        Claim("license", "own", None),
        Claim("base_model", "meta/base", COMMIT),
        Claim("base_model", "acme/other", SHA256),
        Claim("base_model", "alone", None),
        Claim("dataset", "d1", None),
        Claim("dataset", "acme/mails", None),
        Claim("evaluation", "accuracy 0.9", None),
    )
    assert read("https://cyclonedx.org/bom", {"metadata": {"component": component}}).kind == "aibom"


def test_a_bill_of_materials_of_software_is_none_of_a_model():
    assert read("https://cyclonedx.org/bom", {"components": [{"type": "library"}]}).kind == "other"


def test_an_spdx_document_about_a_model_says_what_a_card_says():
    def relation(kind, *to, start="model", name="Relationship"):
        return {"type": name, "from": start, "relationshipType": kind, "to": list(to)}

    graph = [
        {"type": "ai_AIPackage", "spdxId": "model", "name": "desk"},
        {"type": "dataset_DatasetPackage", "spdxId": "d", "name": "acme/mails"},
        {"type": "ai_AIPackage", "spdxId": "b", "name": "meta/base"},
        {"type": "simplelicensing_LicenseExpression", "spdxId": "l", "simplelicensing_licenseExpression": "MIT"},
        relation("trainedOn", "d"),
        relation("descendantOf", "b", "nowhere"),
        relation("hasDeclaredLicense", "l"),
        relation("hasVariant", "b"),
        relation("trainedOn", "d", start="other"),
        relation("trainedOn", "d", name="Annotation"),
    ]
    found = read("https://spdx.dev/Document/v3", {"@graph": graph})

    assert found.kind == "aibom"
    assert found.claims == (
        Claim("dataset", "acme/mails", None),
        Claim("base_model", "meta/base", None),
        Claim("license", "MIT", None),
    )


def test_other_statements_are_kept_and_claim_nothing():
    assert read("https://in-toto.io/attestation/scai/v0.3", {"license": {"id": "mit"}}).claims == ()
    assert kind_of("https://slsa.dev/provenance/v1.2") == "provenance"
    assert kind_of("https://slsa.dev/provenance/v10") == "other"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["buildDefinition", "resolvedDependencies", "uri", "digest", "runDetails", "builder", "id", "materials", "license",
         "verifier", "timeVerified", "verifiedLevels", ANCESTORS, "name", "baseModels", "datasets", "evaluations", "metric",
         "value", "result", "configuration", "components", "type", "licenses", "pedigree", "ancestors", "modelCard",
         "@graph", "spdxId", "from", "to", "relationshipType"]), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip
KINDS = ("https://slsa.dev/provenance/v1", "https://slsa.dev/verification_summary/v1", "https://cyclonedx.org/bom",
         "https://spdx.dev/Document/v3", "https://weighbridge.dev/model-facts/v1",
         "https://in-toto.io/attestation/test-result/v0.1", "x")  # fmt: skip


@given(st.sampled_from(KINDS), st.dictionaries(st.text(max_size=20), JSON, max_size=4) | JSON)
def test_no_predicate_crashes_the_reader(kind, predicate):
    value = predicate if isinstance(predicate, dict) else {"buildDefinition": predicate, "@graph": predicate}

    assert len(read(kind, value).claims) <= 200
