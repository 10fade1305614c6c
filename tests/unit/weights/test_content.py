from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.weights import ListedFile, content_digest, content_files, digest_of_content
from weighbridge.weights.content import MOST_CONTENT

SHA = "a" * 64
PATHS = st.text(st.characters(exclude_characters="\0\n", exclude_categories=("Cs",)), min_size=1, max_size=20)


def listed(*paths: str, sha256: str | None = SHA) -> list[ListedFile]:
    return [ListedFile(path, 1, sha256) for path in paths]


def chosen(*paths: str, named: str | None = None) -> list[str]:
    return [one.path for one in content_files(listed(*paths), named)]


def test_the_digest_is_what_sha256sum_says_of_the_sorted_lines() -> None:
    lines = f"b.safetensors\0{SHA}\n" + f"config.json\0{'c' * 64}\n" + f"ü.json\0{'d' * 64}\n"

    digest = content_digest([("ü.json", "d" * 64), ("config.json", "c" * 64), ("b.safetensors", SHA)])

    assert digest == "wb1:" + hashlib.sha256(lines.encode()).hexdigest()


def test_version_one_of_the_digest_stands_for_good() -> None:
    assert (
        content_digest([("config.json", SHA), ("model.safetensors", "b" * 64)])
        == "wb1:96c36d4cb67240508b221e00069fa738905ad879a250e94901b2a59a02cb0401"
    )


@given(st.dictionaries(PATHS, st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}"), max_size=6), st.randoms())
def test_order_does_not_matter(files: dict[str, str], random: object) -> None:
    shuffled = list(files.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert content_digest(shuffled) == content_digest(list(files.items()))


@given(
    st.dictionaries(PATHS, st.sampled_from([SHA, "b" * 64]), max_size=4),
    st.dictionaries(PATHS, st.sampled_from([SHA, "b" * 64]), max_size=4),
)
def test_different_content_has_different_digests(one: dict[str, str], other: dict[str, str]) -> None:
    assert (content_digest(list(one.items())) == content_digest(list(other.items()))) == (one == other)


def test_cards_licenses_and_pictures_are_no_content() -> None:
    assert chosen("README.md", "LICENSE", "a.png", ".gitattributes", "results.csv", "notes.txt") == []


def test_weights_code_configuration_and_tokenizers_are_content_wherever_they_lie() -> None:
    paths = [
        "A.SAFETENSORS",
        "x/y.gguf",
        "modeling.py",
        "config.json",
        "vocab.txt",
        "t/merges.txt",
        "spiece.model",
        "c.jinja",
    ]

    assert chosen(*paths) == paths


def test_a_file_is_configured_by_its_folder_and_those_above() -> None:
    paths = ["config.json", "q/config.json", "q/a.gguf", "q/b.gguf", "r/config.json", "q/r/config.json", "vocab.txt"]

    assert chosen(*paths, "model.safetensors.index.json", named="q/a.gguf") == [
        "config.json",
        "q/config.json",
        "q/a.gguf",
        "vocab.txt",
    ]


def test_nothing_is_missing_and_not_the_digest_of_nothing() -> None:
    assert digest_of_content([], {}, "hub", "a/b@1") == Missing("weights, code and configuration of a/b@1")


def test_files_without_sha256_need_the_weights() -> None:
    outcome = digest_of_content(listed("a.safetensors", sha256=None), {}, "hub", "a/b@1")

    assert isinstance(outcome, Unknown)
    assert (outcome.because, outcome.host, outcome.since) == ("weights_needed", "hub", None)


def test_what_is_unknown_of_one_file_is_unknown_of_all() -> None:
    silent = Unknown("timeout", "hub")

    assert digest_of_content(listed("a.json", sha256=None), {"a.json": silent}, "hub", "a/b@1") == silent


@pytest.mark.parametrize(
    "files",
    [listed("a\nb.json"), listed("a\0b.json"), listed("a.json", "a.json"), listed("a.json") * (MOST_CONTENT + 1)],
)
def test_a_hostile_listing_has_no_digest(files: list[ListedFile]) -> None:
    outcome = digest_of_content(files, {}, "hub", "a/b@1")

    assert isinstance(outcome, Found)
    assert isinstance(outcome.value, Unreadable)
