from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulators.tables import shipped
from tools.fingerprints import sources, text_of

from weighbridge.cards import ReadCard, read_card
from weighbridge.licenses import Identified, card_statement, file_statement, identify
from weighbridge.model.evidence import License, Place
from weighbridge.model.terms import LicenseStatement

MIT = (
    b"MIT License\n\n"
    + "\n".join(text_of(next(one for one in sources() if one["key"] == "mit")).split("\n")[2:]).encode()
)
LLAMA = (
    b'LLAMA 3.1 COMMUNITY LICENSE AGREEMENT\n\nLlama 3.1 Version Release Date: July 23, 2024\n"Llama Materials" means'
)


def told(text: str, files: Mapping[str, bytes] | None = None) -> Identified:
    table = shipped().licenses
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    statements = [file_statement(path, content, table) for path, content in (files or {}).items()]
    return identify(
        card.front_matter, card.key_lines, card_statement(card.lines, card.images, table), statements, table
    )


def license_of(text: str, files: Mapping[str, bytes] | None = None) -> License:
    found = told(text, files).license
    assert found is not None
    return found


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_text_crashes_identification(front: str, body: str) -> None:
    told(f"---\nlicense: {front}\n---\n{body}\nLicense: {front}")


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_no_metadata_value_crashes_identification(value: object) -> None:
    table = shipped().licenses

    identify({"license": value, "license_name": value}, {}, card_statement((), (), table), (), table)


@pytest.mark.parametrize(
    "piece", ["licensed under ", "License: x\n\n", "a ", "![license-", "## License\nx\n\n", "license "]
)
def test_hostile_text_is_read_in_seconds(piece: str) -> None:
    text = (piece * (250_000 // len(piece)))[:250_000].split("\n")[:20_000]
    begun = time.process_time()

    told("\n".join(text))

    assert time.process_time() - begun < 10


def test_metadata_comes_first() -> None:
    found = told("---\nlicense: apache-2.0\n---\n", {"LICENSE": LLAMA})

    assert found.license == License(
        "apache-2.0", "apache-2.0", "front_matter", label_only=False, custom=False, name=None, also_named=("llama3.1",),
        statements=(
            LicenseStatement("front_matter", "apache-2.0", "apache-2.0", "README.md", 2),
            LicenseStatement("license_file", "llama3.1", "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT", "LICENSE", 1),
        ),
    )  # fmt: skip
    assert found.decided
    assert found.places["license.declared"] == Place("README.md", 2, "license: apache-2.0")
    assert found.places["license.file"] == Place("LICENSE", 1, "LLAMA 3.1 COMMUNITY LICENSE AGREEMENT")


@pytest.mark.parametrize(
    ("metadata", "key", "label_only", "custom"),
    [
        ("license: mit", "mit", False, False),
        ("license: [mit]", "mit", False, False),
        ("license: other\nlicense_name: tongyi-qianwen", "tongyi-qianwen", False, False),
        ("license: other\nlicense_name: acme-terms", None, False, True),
        ("license: other", None, True, False),
        ("license: openrail", None, True, False),
        ("license: unknown", None, True, False),
        ("license: gpl", None, True, False),
        ("license: self", None, False, False),
        ("license: no", None, False, False),
        ("license: 2.0", None, False, False),
        ("license: custom-all-rights-reserved", None, False, True),
        ("license: Beerware", None, False, True),
        ("license: MIT AND CC-BY-4.0", None, False, True),
        ("license: MIT OR CC-BY-4.0", "mit", False, False),
    ],
)
def test_a_metadata_license_is_known_a_label_or_custom(
    metadata: str, key: str | None, *, label_only: bool, custom: bool
) -> None:
    found = license_of(f"---\n{metadata}\n---\n")

    assert (found.id, found.label_only, found.custom, found.source) == (key, label_only, custom, "front_matter")


@pytest.mark.parametrize(
    "metadata", ["x: 1", "license:", "license: none", "license: ''", "license: {a: b}", "license: []", "license: [[a]]"]
)
def test_no_statement_is_no_license(metadata: str) -> None:
    found = told(f"---\n{metadata}\n---\nJust text.\n")

    assert found == Identified(None, decided=False, places={})


def test_an_expression_names_its_parts() -> None:
    assert license_of("---\nlicense: MIT AND CC-BY-4.0\n---\n").also_named == ("mit", "cc-by-4.0")
    assert license_of("---\nlicense: [mit, llama3.1]\n---\n").also_named == ("llama3.1",)


@pytest.mark.parametrize("metadata", ["x: 1", "license: other", "license: other\nlicense_name: acme", "license: self"])
def test_a_known_text_decides_where_metadata_does_not(metadata: str) -> None:
    found = told(f"---\n{metadata}\n---\n", {"LICENSE": MIT, "NOTICE": b"parts under CC0 1.0"})

    assert found.license is not None
    assert (found.license.id, found.license.source, found.license.also_named) == ("mit", "license_file", ("cc0-1.0",))
    assert found.places["license.declared"] == Place("LICENSE", 1, "MIT License") or "license:" in str(found.places)


def test_a_notice_names_licenses_and_states_none() -> None:
    found = told("", {"NOTICE": LLAMA})

    assert found.license is None
    assert "license.file" not in found.places


def test_an_unknown_text_decides_nothing() -> None:
    found = told("", {"LICENSE": b"\n\nBe nice.\n"})

    assert found.license is None
    assert found.places == {"license.file": Place("LICENSE", 1, "Be nice.")}


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("- **License:** llama3", "llama3", 1),
        ("intro\n\n**License**: Apache 2.0", "apache-2.0", 3),
        ("## License\n\nThe weights use the Llama 3.1 Community License.", "llama3.1", 3),
        ("## License\n\n[More Information Needed]\n\nMIT License", "mit", 5),
        ("The model is released under the MIT license.", "mit", 1),
        ("![l](https://img.shields.io/badge/license-Apache--2.0-green)", "apache-2.0", 1),
        ("[![A](https://img.shields.io/badge/License-Apache_2.0-blue.svg?style=x)](u)", "apache-2.0", 1),
        ("| License | MIT |\n|---|---|", "mit", 1),
    ],
)
def test_running_text_speaks_last(text: str, key: str, line: int) -> None:
    found = told(text)

    assert found.license is not None
    assert (found.license.id, found.license.source) == (key, "card_text")
    assert found.places["license.declared"].line == line


def test_words_below_other_say_what_it_is() -> None:
    custom = license_of("---\nlicense: other\n---\n## License\n\nCustom.\n")
    named = license_of("---\nlicense: other\n---\n- **License:** Gemma Terms of Use\n")

    assert (custom.id, custom.custom, custom.label_only, custom.declared) == (None, True, True, "other")
    assert (named.id, named.custom, named.label_only, named.source) == ("gemma", False, False, "card_text")


def test_a_license_line_nobody_can_read_is_still_a_statement() -> None:
    found = license_of("- **License:** self\n\n![license-nothing](u)")

    assert (found.declared, found.id, found.custom, found.label_only) == ("self", None, False, False)


def test_a_section_ends_with_the_next_heading() -> None:
    assert told("## License\n\n## Usage\n\nApache 2.0 is the server\n").license is None


def test_template_text_is_no_license() -> None:
    assert told("- **License:** [More Information Needed]\n").license is None


def test_a_text_nobody_knows_is_a_license_of_its_own() -> None:
    terms = license_of("", {"LICENSE": b"House rules of Acme\n" + b"Be nice to each other. " * 20})

    assert (terms.id, terms.custom, terms.declared, terms.source) == (None, True, "House rules of Acme", "license_file")


def test_every_place_that_states_a_license_is_kept() -> None:
    card = "---\nlicense: [llama3, mit]\n---\n![l](https://img.shields.io/badge/license-Apache--2.0-green)\n\n- License: MIT\n"
    found = identified(card, "meta/Llama-3.1-8B")

    assert [(one.source, one.id, one.line) for one in found.statements] == [
        ("front_matter", "llama3", 2),
        ("front_matter", "mit", 2),
        ("card_text", "mit", 6),
        ("badge", "apache-2.0", 4),
        ("model_name", "llama3.1", None),
    ]


def test_a_badge_is_stated_once() -> None:
    found = license_of("![l](https://img.shields.io/badge/license-Apache--2.0-green)")

    assert [(one.source, one.id) for one in found.statements] == [("badge", "apache-2.0")]


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        ("https://acme.example/eula", "url"),
        ("LICENSE", "file"),
        ("./LICENSE", "file"),
        ("EULA.md", "nowhere"),
        ("https://", "nowhere"),
        ("javascript:alert(1)", "nowhere"),
    ],
)
def test_a_link_leads_to_an_address_or_a_file_that_is_there(link: str, leads: str) -> None:
    metadata = f"---\nlicense: other\nlicense_name: acme\nlicense_link: '{link}'\n---\n"
    found = license_of(metadata, {"LICENSE": b"Be nice."})

    assert (found.link, found.link_leads) == (link, leads)


def test_where_a_text_differs_is_kept_as_a_place() -> None:
    found = told("---\nlicense: mit\n---\n", {"LICENSE": MIT.replace(b"including without", b"excluding without")})

    assert found.places["license.difference:LICENSE:1"] == Place("LICENSE", 7, "other words: excluding")


def identified(text: str, model: str) -> License:
    table = shipped().licenses
    card = read_card(text.encode())
    assert isinstance(card, ReadCard)
    found = identify(
        card.front_matter, card.key_lines, card_statement(card.lines, card.images, table), (), table, model
    ).license
    assert found is not None
    return found
