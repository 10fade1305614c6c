from __future__ import annotations

import pytest

from weighbridge.model.provenance import Manifest, Present, Resource, Statement, Subject
from weighbridge.provenance import compare
from weighbridge.provenance.binding import Content, coverage, is_about, kind_of_file, names_card
from weighbridge.provenance.places import MOST_BUNDLES, bundles_in, could_be_bundle, place_kind, places

COMMIT, ONE, TWO = "3f9c2e1a" * 5, "a" * 64, "b" * 64
NOTHING = Content(None, None, None, frozenset())


def statement(*digests):
    return Statement("x", tuple(Subject("whatever", one) for one in digests), {})


@pytest.mark.parametrize(
    ("digests", "content"),
    [
        ([{"gitCommit": COMMIT}], Content(COMMIT, None, None, frozenset())),
        ([{"sha1": COMMIT}], Content(COMMIT, None, None, frozenset())),
        ([{"sha256": ONE}], Content(None, f"sha256:{ONE}", None, frozenset())),
        ([{"wb1": ONE}], Content(None, f"wb1:{ONE}", None, frozenset())),
        ([{"sha256": ONE}, {"sha256": TWO}], Content(None, None, None, frozenset({ONE, TWO}))),
        ([{"sha256": ONE}], Content(None, None, None, frozenset(), frozenset({ONE}))),
    ],
)
def test_a_statement_is_about_what_its_digests_say(digests, content):
    assert is_about(statement(*digests), content)


@pytest.mark.parametrize(
    ("digests", "content"),
    [
        ([{"gitCommit": "0" * 40}], Content(COMMIT, None, None, frozenset())),
        ([{"sha256": TWO}], Content(None, f"sha256:{ONE}", None, frozenset())),
        ([{"sha256": ONE}], Content(None, None, None, frozenset({ONE, TWO}))),
        ([{"sha256": ONE}], NOTHING),
        ([{"sha256": ONE}], Content(COMMIT, None, ONE, frozenset())),
    ],
)
def test_part_of_the_weights_a_name_or_the_card_alone_is_not_the_model(digests, content):
    assert not is_about(statement(*digests), content)


def test_a_card_is_covered_by_its_digest_or_by_all_that_holds_it():
    whole = Content(COMMIT, f"sha256:{TWO}", ONE, frozenset())

    assert names_card(statement({"sha256": ONE}), whole, whole=False)
    assert names_card(statement({"gitCommit": COMMIT}), whole, whole=True)
    assert names_card(statement({"sha256": TWO}), whole, whole=True)
    assert not names_card(statement({"gitCommit": COMMIT}), whole, whole=False)
    assert not names_card(statement({"wb1": ONE}), Content(None, f"wb1:{ONE}", None, frozenset()), whole=True)
    assert not names_card(statement({"sha512": ONE}), NOTHING, whole=True)


@pytest.mark.parametrize(
    ("path", "known", "kind"),
    [
        ("a/model.safetensors", "safetensors", "weights"),
        ("modeling.py", "code", "code"),
        ("README.md", None, "card"),
        ("LICENSE.txt", None, "license"),
        ("tokenizer.json", None, "configuration"),
        ("chat_template.jinja", None, "configuration"),
        ("picture.png", None, "other"),
    ],
)
def test_files_are_told_by_what_they_are_to_a_signature(path, known, kind):
    assert kind_of_file(path, known) == kind


def test_of_unsigned_files_those_that_matter_are_named():
    manifest = Manifest("files", "sha256", False, None, (), (Resource("a.json", "sha256", ONE),))
    there = {"a.json": Present("configuration", 1, {"sha256": ONE}), "evil.py": Present("code"), "b.png": Present()}
    found = coverage(compare(manifest, there), {"evil.py"})

    assert (found.signed, found.unsigned, found.code, found.card) == (1, ("evil.py",), False, True)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("model.sig", "signature"),
        ("Desk.OMS.sig", "signature"),
        ("model.safetensors.sig", "maybe"),
        ("slsa.sigstore.json", "attestation"),
        ("attestations/slsa.json", "attestation"),
        ("attestations/deep/slsa.json", None),
        ("folder/model.sig", None),
        ("README.md", None),
    ],
)
def test_signatures_are_looked_for_where_people_put_them(path, kind):
    assert place_kind(path) == kind


def test_the_signature_of_the_model_comes_first():
    assert places(["attestations/a.json", "x.sig", "README.md", "model.sig"]) == (
        "model.sig",
        "x.sig",
        "attestations/a.json",
    )


def test_a_file_holds_one_bundle_or_one_in_each_line():
    assert bundles_in(b'{"a": 1}\n\n{"b": 2}\n') == [b'{"a": 1}', b'{"b": 2}']
    assert bundles_in(b'{\n"a": 1\n}') == [b'{\n"a": 1\n}']
    assert bundles_in(b" \n") == []
    assert len(bundles_in(b"{}\n" * 100)) > MOST_BUNDLES


def test_a_signature_of_another_program_is_told_from_a_bundle():
    assert could_be_bundle(b' {"mediaType": 1}')
    assert not could_be_bundle(b"-----BEGIN PGP SIGNATURE-----")
