from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.evidence_values import COMMIT, PARENT_COMMIT, evidence, lineage

from weighbridge.model.evidence import (
    Adapter,
    Card,
    Config,
    Edge,
    Evidence,
    File,
    Files,
    Gap,
    GenerationConfig,
    Learning,
    License,
    Node,
    Placeholder,
    Resolved,
    Section,
    Tokenizer,
)
from weighbridge.model.outcomes import Found, Missing, Unknown, Unreadable
from weighbridge.model.scans import Scan, ScannedFile
from weighbridge.model.weights import Dtype, ParentRatio, Weights
from weighbridge.reports.evidence import not_known, render_json, render_terminal

MIT = License("mit", "mit", "front_matter", False, False, None, ())
WEIGHTS = Weights("gguf", "headers", 1, 3, 4_500_000_000, 8_000_000_000, (Dtype("Q4_K", 7), Dtype("F32", 1)), "Q4_K_M", 8_000_000_000, True, 0.281, 4.5, (ParentRatio("org/base", 0.28),))  # fmt: skip


def line(one: Evidence, name: str) -> str:
    return next(text[20:] for text in render_terminal(one).split("\n") if text.startswith(f"  {name} "))


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("resolved", Resolved(COMMIT, None, COMMIT, immutable=True), f"commit {COMMIT}"),
        ("resolved", Resolved(None, "folder:00", "main", immutable=False), "digest folder:00 · named as main, which may move"),
        (
            "card",
            Card("0" * 64, 7, "ok", None, code_readme=False, sections={"license": Section(True, 3, False), "bias": Section(False, 0, False)},
                 placeholders=(Placeholder(None, 1, empties_section=False),)),
            "7 letters, front matter ok · sections license · 1 placeholder",
        ),
        ("card", Card("0" * 64, 7, "none", None, code_readme=False, sections={}, placeholders=()), "7 letters, front matter none · sections none"),
        ("license", replace(MIT, id=None, also_named=("apache-2.0",)), "mit (front_matter) · also names apache-2.0"),
        ("license", replace(MIT, id=None, declared=None, source=None), "not identified (nowhere stated)"),
        ("lineage", replace(lineage(), derived_by=("tag merge",), prose_parents=("llama",)), "0 ancestors · made from another: tag merge · in running text: llama"),
        (
            "lineage",
            replace(lineage(), learnt_from=tuple(Learning(kind, f"a/{kind}", "card_text", "inferred", None, pinned=False) for kind in ("dataset", "teacher"))),
            "0 ancestors · 1 dataset: a/dataset · 1 teacher: a/teacher",
        ),
        ("content_digest", "wb1:00", "wb1:00"),
        ("scan", Scan(done=True, issues=()), "all files scanned · no issues listed"),
        ("scan", Scan(done=False, issues=tuple(ScannedFile(f"f{n}", "unsafe") for n in range(6))),
         "not all files are scanned · f0 unsafe, f1 unsafe, f2 unsafe, f3 unsafe · 2 more"),
        ("files", Files((File("a.py", 1, None, "code", loaded=False),), 2), "2 in all, 1 of weights and code · loaded as nothing"),
        ("weights", WEIGHTS, ("gguf, 1 file, 4.50 GB by headers · 1 of 3 sets · 8.000 B numbers in Q4_K, F32 · Q4_K_M · 4.5 bits a parameter · "
                             "0.281 of what its configuration promises · 0.280 of org/base")),
        ("weights", replace(WEIGHTS, variants=1, parameters=None, dtypes=(), quantization=None, bits=None, ratio=None, ratios_to_parents=(), source="sizes"),
         "gguf, 1 file, 4.50 GB by sizes"),
        ("config", Config((), None, ("x.Y",), None, None, "gptq", None), "no architecture · quantized by gptq · code x.Y"),
        ("config", Config((), "llama", (), None, "bfloat16", None, None), "llama · bfloat16"),
        ("tokenizer", Tokenizer(None, ("x.Y",)), "no class · code x.Y"),
        ("tokenizer", Tokenizer("Fast", ()), "Fast"),
        ("generation_config", GenerationConfig(True, False, 0.6, None, None), "temperature 0.6, top_p None · enables code of the repository"),
        ("generation_config", GenerationConfig(False, False, 0.6, None, None), "temperature 0.6, top_p None"),
        ("adapter", Adapter(None, None, None), "adapter of an unnamed base"),
        ("adapter", Unreadable("adapter_config.json is not JSON"), "unreadable: adapter_config.json is not JSON"),
    ],
)  # fmt: skip
def test_each_fact_has_one_line(name: str, value: object, shown: str) -> None:
    assert line(evidence(**{name: Found(value)}), name) == shown


def test_what_is_missing_or_unknown_says_so() -> None:
    one = evidence(card=Missing("README.md"), files=Unknown("timeout", "hub.example", None, "no answer in 4 s"))

    assert line(one, "card") == "none: README.md"
    assert line(one, "files") == "not known: no answer in 4 s"
    assert not_known(one) == (("files", "no answer in 4 s"),)


def test_lineage_is_a_tree_in_which_circles_end() -> None:
    tree = replace(
        lineage(),
        nodes=(
            Node("org/a", 1, "found", PARENT_COMMIT, (), MIT, None),
            Node("org/b", 1, "missing", None, (), None, None),
            Node("org/c", 2, "not_walked", None, (), None, None),
        ),
        edges=(
            Edge("org/model", "org/a", "finetune", "front_matter", None, pinned=False),
            Edge("org/model", "org/a", "unstated", "config", PARENT_COMMIT, pinned=True),
            Edge("org/model", "org/b", "unstated", "config", None, pinned=False),
            Edge("org/a", "org/c", "merge", "mergekit", None, pinned=False),
            Edge("org/a", "org/model", "unstated", "config", None, pinned=False),
        ),
        unknown=(Gap("org/a", "timeout", "hub.example", None),),
    )

    text = render_terminal(evidence(lineage=Found(tree)))

    assert text[text.index("    org/model") :].split("\n  files")[0].split("\n") == [
        "    org/model",
        "    ├─ org/a  finetune at 0e9e39f20e9…, says front_matter, config, license mit",
        "    │  ├─ org/c  merge, says mergekit, not walked",
        "    │  └─ org/model  parent, says config, written above",
        "    └─ org/b  parent, says config, missing",
    ]
    assert text.endswith(
        "  not known         lineage of org/a: timeout hub.example\n"
        "  not known         lineage of org/c: further up than lineage is walked\n"
    )


def test_without_lineage_there_is_no_tree() -> None:
    one = evidence(lineage=Unknown("timeout", "hub.example"))

    assert "─" not in render_terminal(one)
    assert not_known(one) == (("lineage", "timeout"),)


def test_json_holds_every_fact_as_policies_see_it() -> None:
    document = json.loads(render_json(evidence(weights=Found(WEIGHTS), card=Unknown("timeout", "hub.example"))))

    assert document["version"] == 1
    assert document["model"] == "hf://org/model"
    assert document["facts"]["weights"]["found"]["ratios_to_parents"] == [{"parent": "org/base", "ratio": 0.28}]
    assert document["facts"]["tokenizer"] == {"missing": {"looked_at": "the repository"}}
    assert document["unknown"] == [{"fact": "card", "because": "timeout"}]


def test_names_of_others_cannot_move_the_cursor() -> None:
    assert "\x1b" not in render_terminal(evidence(lineage=Found(lineage("org/\x1b[2J"))))
