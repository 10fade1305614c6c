from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulators.tables import shipped
from tools.fingerprints import DEBIAN, fingerprint, sources, text_of

from weighbridge.licenses import FileStatement, file_statement
from weighbridge.licenses.fingerprints import shipped as fingerprints
from weighbridge.licenses.shingles import packed, shingles_of, unpacked, words_of

TABLE = shipped().licenses
INSTALLED = [one for one in sources() if "package" in one]
DOCUMENT = Path(__file__).parents[3] / "controller" / "weighbridge" / "licenses" / "fingerprints.json"


def text(key: str) -> str:
    return text_of(next(one for one in INSTALLED if one["key"] == key))


def read(content: str, path: str = "LICENSE") -> FileStatement:
    return file_statement(path, content.encode("utf-8", "surrogatepass"), TABLE)


@pytest.mark.parametrize("source", sources(), ids=lambda one: f"{one['key']}-{one.get('package', 'debian')}")
def test_the_fingerprints_are_those_of_the_texts(source) -> None:
    if "debian" in source and not (DEBIAN / source["debian"]).is_file():
        pytest.skip("this is no Debian machine")
    kept = [one for one in json.loads(DOCUMENT.read_text())["texts"] if one["key"] == source["key"]]

    assert fingerprint(source, TABLE.turning) in kept


@pytest.mark.parametrize("source", INSTALLED, ids=lambda one: f"{one['key']}-{one['package']}")
def test_every_known_text_is_recognized(source) -> None:
    found = read(text_of(source)).text

    assert (found.state, found.id, found.nearest, found.score) == ("match", source["key"], source["key"], 1.0)


def test_the_holder_title_and_wrapping_do_not_matter() -> None:
    mit = text("mit").split("Permission")[1]
    other = "Copyright © 2031 Jane Doe, Research Limited\nAll rights reserved.\n\nPermission" + mit.replace(
        "\n", " \r\n> "
    )

    assert read(other).text.state == "match"


def test_a_name_in_place_of_a_holder_does_not_matter() -> None:
    bsd = text("bsd-3-clause").replace("the copyright holder nor", "Acme Corporation nor")

    assert read(bsd).text.state == "match"


@pytest.mark.parametrize(
    ("was", "becomes", "difference"),
    [
        ("use, copy", "use for non-commercial purposes, copy", "other words: for noncommercial purposes"),
        ("without restriction, ", "", "words are left out here"),
        (
            "MIT License",
            "MIT License, research and personal use only",
            "other words: mit license research and personal use only",
        ),
        ("sell", "give", "other words: give"),
    ],
)
def test_a_word_that_turns_a_permission_makes_another_text(was: str, becomes: str, difference: str) -> None:
    mit = "MIT License\n\n" + "Permission" + text("mit").split("Permission")[1]
    assert was in mit
    changed = mit.replace(was, becomes, 1)
    if was == "sell":
        changed = changed.replace("give", "not give", 1)
        difference = "other words: not give"

    found = read(changed)

    assert (found.text.state, found.text.id, found.text.nearest) == ("modified", None, "mit")
    assert difference in [one.what for one in found.differences]


def test_a_clause_that_is_added_or_left_out_makes_another_text() -> None:
    apache = text("apache-2.0")
    added = read(
        apache
        + "\nYou do not sell what this software does, by itself or as part of a product, to anybody at any time.\n"
    )
    start, end = apache.index("   3. Grant of Patent License"), apache.index("   4. Redistribution")
    shorter = read(apache[:start] + apache[end:])

    assert (added.text.state, added.text.nearest) == ("modified", "apache-2.0")
    assert added.differences[0].what.startswith("other words: do not sell what this software")
    assert shorter.text.state == "modified"
    assert "left out: grant of patent license subject to …" in [one.what for one in shorter.differences]


def test_a_text_nobody_knows_is_not_guessed() -> None:
    found = read("Acme end user license.\n" + "You pay us for every token that you read or write. " * 20)

    assert (found.text.state, found.text.id, found.text.nearest, found.text.score) == ("unknown", None, None, None)
    assert found.differences == ()


def test_a_text_known_by_its_title_has_no_score() -> None:
    found = read("GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3, 19 November 2007\n13. Remote Network Interaction").text

    assert (found.state, found.id, found.score) == ("named", "agpl-3.0", None)


def test_a_notice_file_states_no_license() -> None:
    found = read(text("mit"), "NOTICE.txt").text

    assert (found.state, found.id, found.notice) == ("unknown", None, True)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe" * 500, b"a b", b"\n" * 10_000])
def test_what_is_hardly_a_text_is_unknown(content: bytes) -> None:
    assert file_statement("LICENSE", content, TABLE).text.state == "unknown"


def test_a_binary_file_is_no_text() -> None:
    assert file_statement("LICENSE", b"\x7fELF\0\0", TABLE).text.state == "unreadable"


def test_nothing_hostile_is_shown_as_it_is() -> None:
    mit = text("mit").replace("any person", "any \u202eperson\x1b[31m non commercially")
    found = read("\u202eMIT\x1b]0;x\x07 License\n" + mit, "LICENSE\x1b[2J")
    shown = [found.title, found.text.path, *(one.what for one in found.differences)]

    assert found.text.state == "modified"
    assert [one for one in shown if not one.isprintable()] == []


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_crash_recognition(content: bytes) -> None:
    file_statement("LICENSE", content, TABLE)


@pytest.mark.parametrize(
    "piece", ["permission is hereby granted ", "copyright (c) ", "a\n", "license ", "x" * 64 + " "]
)
def test_a_megabyte_is_read_in_seconds(piece: str) -> None:
    begun = time.process_time()

    read((piece * (1_000_000 // len(piece) + 1))[:1_000_000])

    assert time.process_time() - begun < 10


@settings(deadline=None)
@given(st.sets(st.integers(0, 2**32 - 1), max_size=50))
def test_packed_numbers_come_back(numbers: set[int]) -> None:
    assert unpacked(packed(numbers)) == numbers


def test_a_line_about_the_holder_stays_when_it_says_more() -> None:
    assert words_of("one two three four five six seven eight nine\nCopyright X. Not for sale.", TABLE.turning).words[
        -2:
    ] == ["for", "sale"]
    assert words_of("Copyright 2024 X.", TABLE.turning).words == []
    assert shingles_of(["a", "b"]) == []


def test_texts_have_names_and_sections() -> None:
    assert {one.key for one in fingerprints().texts} <= set(TABLE.licenses)
    assert all(one.origin and one.sections and one.shingles for one in fingerprints().texts)
